"""Browsers of tests, and the moment they all live in."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from members.models import Member
from members.views.staying import SEEN
from tests import worlds

NOW = worlds.AT + timedelta(hours=1)
"""A Monday, eleven in the morning in Shanghai: what was made in a small world is still fresh."""


def english(member: Member) -> Client:
    """A signed-in browser that asks for English, noted a moment ago: pages cost what they cost most of the time."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.user)
    session = client.session
    session[SEEN] = int(NOW.timestamp())
    session.save()
    return client
