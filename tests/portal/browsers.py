"""Browsers of tests, and the moment they all live in."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from members.models import Member
from tests import worlds

NOW = worlds.AT + timedelta(hours=1)
"""A Monday, eleven in the morning in Shanghai: what was made in a small world is still fresh."""


def english(member: Member) -> Client:
    """A signed-in browser that asks for English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.user)
    return client
