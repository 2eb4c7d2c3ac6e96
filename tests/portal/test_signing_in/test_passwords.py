"""Wrong passwords are counted by account and by network, and keep no owner out for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from members import services
from members.models import Member, User
from members.rules.limits import PASSWORD_OF_ACCOUNT
from tests import worlds
from tests.portal.browsers import NOW
from tests.portal.test_signing_in.strangers import PASSWORD, at, browser, log_in

pytestmark = pytest.mark.django_db


def test_five_wrong_passwords_close_the_account_to_that_network_only(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = browser()
    assert [log_in(stranger, member.phone, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    refused = log_in(stranger, member.number, PASSWORD)  # the right one, by the account's other name
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Too many tries. You can try again at 11:15." in refused.content.decode()
    assert log_in(browser("10.0.0.2"), member.phone, PASSWORD).status_code == 302
    assert log_in(stranger, worlds.member().phone, "wrong").status_code == 401


def test_a_lock_ends_by_itself_and_trying_on_does_not_prolong_it(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = browser()
    for _ in range(6):
        log_in(stranger, member.phone, "wrong")
    at(monkeypatch, NOW + timedelta(minutes=14))
    assert log_in(stranger, member.phone, PASSWORD)["Retry-After"] == "60"
    at(monkeypatch, NOW + timedelta(minutes=15))
    assert log_in(stranger, member.phone, PASSWORD).status_code == 302


def test_a_right_password_takes_the_wrong_ones_back(member: Member) -> None:
    for _ in range(3):
        for _ in range(4):
            log_in(browser(), member.phone, "wrong")
        assert log_in(browser(), member.phone, PASSWORD).status_code == 302


def test_strangers_from_everywhere_do_not_keep_the_owner_from_a_known_device(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "members.rules.limits.PASSWORD_OF_ACCOUNT", services_limit("password.account", 3, minutes=60)
    )
    home = browser("10.9.9.9")
    assert log_in(home, member.phone, PASSWORD).status_code == 302
    home.post(reverse("log-out"))
    answers = [log_in(browser(f"10.1.0.{n}"), member.phone, "wrong").status_code for n in range(5)]
    assert answers == [401] * 3 + [429] * 2
    assert log_in(browser("10.2.0.1"), member.phone, PASSWORD).status_code == 429
    assert log_in(home, member.phone, PASSWORD).status_code == 302


def services_limit(scope: str, most: int, *, minutes: int) -> Any:
    from members.rules.limits import Limit

    return Limit(scope, most, timedelta(minutes=minutes))


def test_an_account_is_closed_to_strangers_for_a_quarter_of_an_hour(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = PASSWORD_OF_ACCOUNT.most
    for _ in range(most):
        services.limits.take([services.Use(PASSWORD_OF_ACCOUNT, f"user:{member.user_id}")], at=NOW)
    refused = log_in(browser(), member.phone, PASSWORD)
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    at(monkeypatch, NOW + timedelta(minutes=15))
    assert log_in(browser(), member.phone, PASSWORD).status_code == 302


def test_a_network_has_tries_for_all_accounts_together(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "members.rules.limits.SIGN_IN_FROM_NETWORK", services_limit("sign-in.network", 3, minutes=15)
    )
    answers = [log_in(browser(), f"1300000000{n}", "wrong").status_code for n in range(4)]
    assert answers == [401, 401, 401, 429]
    assert log_in(browser("10.0.0.2"), member.phone, PASSWORD).status_code == 302


def test_a_written_forwarded_for_changes_nothing_without_a_trusted_proxy(member: Member) -> None:
    for n in range(5):
        browser().post(
            reverse("log-in"),
            {"login": member.phone, "password": "wrong"},
            headers={"x-forwarded-for": f"1.1.1.{n}"},
        )
    assert log_in(browser(), member.phone, PASSWORD).status_code == 429


def test_programs_and_operators_are_counted_the_same_way(member: Member) -> None:
    typed = {"login": member.phone, "password": "wrong"}
    answers = [browser().post("/api/v1/tokens", typed, content_type="application/json") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert (answers[5].json()["code"], answers[5]["Retry-After"]) == ("too_many_tries", "900")
    assert log_in(browser(), member.phone, PASSWORD).status_code == 429

    User.objects.create_user("lin", password=PASSWORD, is_staff=True)
    login = reverse("admin:login")
    statuses = [browser().post(login, {"username": "lin", "password": "wrong"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    refused = browser().post(login, {"username": "lin", "password": PASSWORD})
    assert "Too many tries" in refused.content.decode()
    right = browser("10.0.0.2").post(login, {"username": "lin", "password": PASSWORD})
    assert right.status_code == 302


def test_the_desk_still_turns_away_who_does_not_work_there(member: Member) -> None:
    refused = browser().post(reverse("admin:login"), {"username": member.number, "password": PASSWORD})
    assert (refused.status_code, "_auth_user_id" in refused.wsgi_request.session) == (200, False)


@pytest.mark.parametrize("login", ["a\0b", "x" * 60, "😀", "\u202e13800000000", "=HYPERLINK(1)"])
def test_any_name_is_answered_like_an_unknown_one(member: Member, login: str) -> None:
    assert log_in(browser(), login, "wrong" * 30).status_code == 401
