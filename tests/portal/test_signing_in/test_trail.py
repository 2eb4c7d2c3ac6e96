"""What is written down of refused tries, and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from members import services
from members.models import Member, RefusedSignIn, SignInCode, TryCount, User
from tests.portal.browsers import NOW
from tests.portal.test_signing_in.strangers import PASSWORD, ask, browser, code_sent, log_in

pytestmark = pytest.mark.django_db


def trail() -> list[tuple[object, ...]]:
    return list(
        RefusedSignIn.objects.order_by("pk").values_list("action", "way", "user_id", "network", "limit")
    )


def test_each_wrong_password_and_each_used_up_limit_is_written_down_once(member: Member) -> None:
    stranger = browser()
    for _ in range(9):
        log_in(stranger, member.phone, "wrong")
    failed = ("auth.failed", "password", member.user_id, "10.0.0.1", "")
    assert trail() == [failed] * 5 + [("auth.throttled", *failed[1:4], "password.network")]
    last = RefusedSignIn.objects.last()
    assert last is not None
    assert last.until == NOW + timedelta(minutes=15)
    log_in(browser("10.0.0.2"), member.phone, PASSWORD)
    assert len(trail()) == 6


def test_operators_and_names_that_nobody_has_are_written_down_too(member: Member) -> None:
    lin = User.objects.create_user("lin", password=PASSWORD, is_staff=True)
    browser().post(reverse("admin:login"), {"username": "lin", "password": "wrong"})
    log_in(browser(), "my-secret-password", "wrong")
    assert trail() == [
        ("auth.failed", "password", lin.pk, "10.0.0.1", ""),
        ("auth.failed", "password", None, "10.0.0.1", ""),
    ]
    digests = list(RefusedSignIn.objects.order_by("pk").values_list("name_digest", flat=True))
    assert (digests[0], len(digests[1])) == ("", 64)
    assert "my-secret-password" not in str(list(RefusedSignIn.objects.values()))


def test_wrong_codes_are_written_down_alike_for_any_number(member: Member) -> None:
    for number in (member.phone, "19900001234"):
        client = browser()
        ask(client, number)
        client.post(reverse("log-in-code"), {"code": "000000"})
    assert trail() == [
        ("auth.failed", "code", member.user_id, "10.0.0.1", ""),
        ("auth.failed", "code", None, "10.0.0.1", ""),
    ]


def test_nothing_says_whose_tries_are_counted(member: Member) -> None:
    log_in(browser(), member.phone, "wrong")
    ask(browser(), member.phone)
    kept = str([*TryCount.objects.values(), *SignInCode.objects.values("number_digest", "code_digest")])
    for word in (member.phone, member.number, "10.0.0.1", code_sent(member)):
        assert word not in kept


def test_what_is_over_is_tidied_away(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    log_in(client, member.phone, "wrong")
    ask(client, member.phone)
    services.tidy(at=NOW + timedelta(minutes=4))
    assert (SignInCode.objects.count(), TryCount.objects.count() > 0) == (1, True)
    services.tidy(at=NOW + timedelta(days=2))
    assert (SignInCode.objects.count(), TryCount.objects.count()) == (0, 0)
