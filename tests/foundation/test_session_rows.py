"""Sessions are read by a statement of ours; all else is Django's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from foundation.session_rows import SessionStore

pytestmark = pytest.mark.django_db


def _kept(**values: object) -> str:
    session = SessionStore()
    session.update(values)
    session.save()
    assert session.session_key is not None
    return session.session_key


def test_a_session_holds_what_was_put_there() -> None:
    key = _kept(cart={"SKU 1": 2}, words="礼品 'x'")

    found = SessionStore(key)

    assert (found["cart"], found["words"], found.session_key) == ({"SKU 1": 2}, "礼品 'x'", key)


def test_a_session_that_is_over_holds_nothing_and_loses_its_key() -> None:
    key = _kept(cart=1)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    found = SessionStore(key)

    assert (found.get("cart"), found.session_key) == (None, None)


def test_a_key_that_nobody_was_given_opens_nothing_and_is_not_taken_over() -> None:
    found = SessionStore("a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4")

    assert (found.get("cart"), found.session_key) == (None, None)


@pytest.mark.parametrize("cookie", ['"abc\\000defgh"', '"\\377\\376abcdefgh"', "' OR ''=''", "x" * 5000])
def test_a_cookie_that_is_no_key_is_nobody(client: Client, cookie: str) -> None:
    answer = client.get("/me/", headers={"Cookie": f"sessionid={cookie}"})

    assert answer.status_code == 302
