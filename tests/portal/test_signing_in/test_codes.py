"""Codes: sent, burnt, limited, and never telling who is a member."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members import services
from members.models import CodePause, Member, Message, SignInCode
from tests import worlds
from tests.portal.browsers import NOW
from tests.portal.test_signing_in.strangers import PASSWORD, ask, at, browser, code_sent, log_in

pytestmark = pytest.mark.django_db


def plain(response: Any, *hidden: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    for word in hidden:
        text = text.replace(word, "…")
    return text


def test_a_member_logs_in_with_the_code_they_were_sent(member: Member) -> None:
    client = browser()
    path = f"{reverse('log-in-code')}?next=/points/"
    page = client.get(path)
    assert page.context["next"] == "/points/"
    sent: Any = client.post(
        reverse("log-in-code"), {"number": f"+86 {member.phone[:3]} {member.phone[3:]}", "next": "/points/"}
    )
    assert sent.status_code == 302
    shown = client.get(sent.url)
    assert f"{member.phone[:3]}****{member.phone[-4:]}" in shown.content.decode()
    before = client.session.session_key
    code = code_sent(member)
    entered: Any = client.post(reverse("log-in-code"), {"code": f"{code[:3]} {code[3:]}", "next": "/points/"})
    assert (entered.status_code, entered.url) == (302, "/points/")
    assert client.session.session_key != before
    assert client.get(reverse("points")).status_code == 200
    assert SignInCode.objects.get().ended_at == NOW


def test_a_known_and_an_unknown_number_are_told_the_same(member: Member) -> None:
    pages = []
    for number in (member.phone, "19900001234"):
        client = browser()
        sent: Any = ask(client, number)
        masked = f"{number[:3]}****{number[-4:]}"
        wrong: Any = client.post(reverse("log-in-code"), {"code": "000000"})
        again: Any = ask(client, number)
        pages.append(
            [
                (page.status_code, plain(page, number, masked))
                for page in (sent, client.get(sent.url), wrong, again)
            ]
        )
    assert pages[0] == pages[1]
    assert [status for status, _text in pages[0]] == [302, 200, 401, 429]
    assert Message.objects.filter(template="sign_in.code").count() == 1


def test_a_closed_member_is_sent_no_code(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(status=Member.Status.CLOSED)
    assert ask(browser(), member.phone).status_code == 302
    assert not Message.objects.filter(template="sign_in.code").exists()


def test_five_wrong_codes_burn_it(member: Member) -> None:
    client = browser()
    ask(client, member.phone)
    right = code_sent(member)
    wrong: Any = f"{(int(right) + 1) % 10**6:06d}"
    answers = [client.post(reverse("log-in-code"), {"code": wrong}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert "This is not the code we sent." in answers[3].content.decode()
    assert "This code is no longer good." in answers[4].content.decode()
    assert "no longer good" in client.post(reverse("log-in-code"), {"code": right}).content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_for_five_minutes_once_and_until_the_next(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    ask(client, member.phone)
    first = code_sent(member)
    at(monkeypatch, NOW + timedelta(minutes=5))
    assert client.post(reverse("log-in-code"), {"code": first}).status_code == 401
    ask(client, member.phone)
    second = code_sent(member)
    thief = browser()
    session = thief.session
    session["code"] = dict(client.session["code"])
    session.save()
    thief.cookies["sessionid"] = str(session.session_key)
    assert client.post(reverse("log-in-code"), {"code": second}).status_code == 302
    assert thief.post(reverse("log-in-code"), {"code": second}).status_code == 401
    assert SignInCode.objects.filter(ended_at=None).count() == 0


def test_a_number_gets_one_code_a_minute_five_an_hour_ten_a_day(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = []
    for minute in range(0, 24 * 60, 5):
        at(monkeypatch, NOW + timedelta(minutes=minute))
        sent: Any = [ask(browser(f"10.{minute // 250}.{minute % 250}.{n}"), member.phone) for n in range(2)]
        got.append([answer.status_code for answer in sent])
    assert got[:6] == [[302, 429]] * 5 + [[429, 429]]
    assert Message.objects.filter(template="sign_in.code").count() == 10
    at(monkeypatch, NOW + timedelta(days=1))
    assert ask(browser("10.99.0.1"), member.phone).status_code == 302


def test_a_stranger_ends_no_code_of_somebody_elses_browser(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, stranger = browser(), browser("10.0.0.2")
    ask(client, member.phone)
    mine = code_sent(member)
    at(monkeypatch, NOW + timedelta(minutes=1))
    assert ask(stranger, member.phone).status_code == 302
    wrong = f"{(int(code_sent(member)) + 1) % 10**6:06d}"
    for _ in range(6):
        assert stranger.post(reverse("log-in-code"), {"code": wrong}).status_code == 401
    assert stranger.post(reverse("log-in-code"), {"code": mine}).status_code == 401
    assert client.post(reverse("log-in-code"), {"code": mine}).status_code == 302


def test_one_network_does_not_use_up_the_codes_of_a_number(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = []
    for minute in range(4):
        at(monkeypatch, NOW + timedelta(minutes=minute))
        got.append(ask(browser(), member.phone).status_code)
    assert got == [302, 302, 302, 429]
    assert ask(browser("10.0.0.2"), member.phone).status_code == 302


def test_strangers_use_up_no_code_of_a_browser_that_knows_the_account(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = browser("10.9.9.9")
    log_in(home, member.phone, PASSWORD)
    home.post(reverse("log-out"))
    for minute in range(5):
        at(monkeypatch, NOW + timedelta(minutes=minute))
        assert ask(browser(f"10.1.0.{minute}"), member.phone).status_code == 302
    assert ask(browser("10.1.0.9"), member.phone).status_code == 429
    assert ask(home, member.phone).status_code == 302
    assert ask(home, member.phone).status_code == 429  # once a minute, all the same
    entered = home.post(reverse("log-in-code"), {"code": code_sent(member)})
    assert entered.status_code == 302
    other = worlds.member()
    for minute in range(5, 9):  # the mark is worth nothing for another account
        at(monkeypatch, NOW + timedelta(minutes=minute))
        status = ask(browser_like(home), other.phone).status_code
    assert status == 429


def browser_like(other: Client) -> Client:
    """A browser with another's mark, from the same network, that is signed in nowhere."""
    client = browser("10.9.9.9")
    client.cookies["device"] = other.cookies["device"].value
    return client


def test_a_network_asks_for_twenty_codes_an_hour(member: Member) -> None:
    answers = [ask(browser(), f"199000010{n:02d}").status_code for n in range(21)]
    assert answers == [302] * 20 + [429]
    assert ask(browser("10.0.0.2"), member.phone).status_code == 302


def test_the_hours_budget_pauses_codes_in_sight_of_operators(member: Member, settings: Any) -> None:
    settings.SMS_CODES_PER_HOUR = 2
    for n in range(2):
        assert ask(browser(f"10.0.1.{n}"), worlds.member().phone).status_code == 302
    pause = CodePause.objects.get()
    assert (pause.sent, pause.ends_at) == (2, NOW + timedelta(hours=1))
    for number in (member.phone, "19900001234"):
        refused = ask(browser("10.0.2.1"), number)
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
        assert "No codes are sent at the moment." in refused.content.decode()
    assert Message.objects.filter(template="sign_in.code").count() == 2
    services.see_pause(pause.pk, at=NOW, by="operator:lin")
    assert ask(browser("10.0.2.2"), member.phone).status_code == 302


@pytest.mark.parametrize("number", ["", "123", "abc", "1380000000a", "x" * 10_000, "1\x0038", "=1+1", "😀"])
def test_what_is_no_number_is_told_beside_its_field(member: Member, number: str) -> None:
    refused = ask(browser(), number)
    assert (refused.status_code, set(refused.context["number_form"].errors)) == (422, {"number"})
    assert not SignInCode.objects.exists()


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1" * 500, "1\x0023456", "１２３４５６７"])
def test_what_is_no_code_costs_no_try(member: Member, code: str) -> None:
    client = browser()
    ask(client, member.phone)
    refused = client.post(reverse("log-in-code"), {"code": code})
    assert (refused.status_code, set(refused.context["form"].errors)) == (401, {"code"})
    assert SignInCode.objects.get().tries == 0
