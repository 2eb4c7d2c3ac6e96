"""Whoever tries to log in: browsers by their network, and what they type."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Member, Message

PASSWORD = "well-kept-2026"


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def browser(address: str = "10.0.0.1") -> Client:
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def log_in(client: Client, login: str, password: str, **more: str) -> Any:
    return client.post(reverse("log-in"), {"login": login, "password": password, **more})


def ask(client: Client, number: str) -> Any:
    return client.post(reverse("log-in-code"), {"number": number})


def code_sent(member: Member) -> str:
    return str(Message.objects.filter(member=member, template="sign_in.code").latest("pk").context["code"])
