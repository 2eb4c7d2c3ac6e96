"""Operators of tests: browsers signed in with a role, and what they read."""

from __future__ import annotations

import re
from html import unescape

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk import services
from members.models import User
from members.views.staying import SEEN
from tests.answers import Answer


def user(role: str = "", *, name: str | None = None) -> User:
    """An operator with one role; without any, an administrator."""
    made = User.objects.create(username=name or role or "root", is_staff=True, is_superuser=not role)
    if role:
        services.load_roles()
        made.groups.add(Group.objects.get(name=role))
    return made


def browser(role: str = "", *, name: str | None = None, language: str = "en") -> Client:
    """A browser in which that operator is signed in."""
    client = Client(headers={"accept-language": language})
    client.force_login(user(role, name=name))
    session = client.session
    session[SEEN] = int(
        timezone.now().timestamp()
    )  # noted a moment ago: pages cost what they cost most of the time
    session.save()
    return client


def page(model: str, verb: str = "changelist", *ids: object) -> str:
    """The address of an admin page, such as ``page("orders.order", "change", 7)``."""
    return reverse(f"admin:{model.replace('.', '_')}_{verb}", args=ids)


def refusals(response: Answer) -> list[str]:
    """What a page says that it refuses."""
    text = response.content.decode()
    found = re.findall(r'class="refusal"[^>]*>(.*?)</(?:p|div)>', text, flags=re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in found]


def told(response: Answer) -> list[str]:
    """The messages a page shows at its top."""
    return [str(message) for message in response.context["messages"]]
