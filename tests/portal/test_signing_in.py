"""Log-in under attack: tries are counted, codes burn, and nobody learns who is a member."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import CodePause, Member, Message, RefusedSignIn, SignInCode, TryCount, User
from members.rules.limits import PASSWORD_OF_ACCOUNT
from tests import worlds
from tests.portal.browsers import NOW

pytestmark = pytest.mark.django_db
PASSWORD = "well-kept-2026"


@pytest.fixture
def member() -> Member:
    made = worlds.member(points=100)
    made.user.set_password(PASSWORD)
    made.user.save()
    return made


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


def plain(response: Any, *hidden: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    for word in hidden:
        text = text.replace(word, "…")
    return text


# --- Passwords


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


# --- Codes


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


# --- What is written down of it


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


# --- Back to where one was


def test_what_was_typed_when_the_session_ended_is_still_there_after_logging_in(member: Member) -> None:
    mug = worlds.sku(stock=1, price=10)
    second = worlds.address(member)
    path = f"{reverse('redeem', args=[mug.gift.code])}?sku={mug.code}&quantity=1"
    client = browser()
    sent: Any = client.post(path, {"address": str(second.pk), "note": "门口\0"})
    assert sent.status_code == 302
    entered: Any = log_in(client, member.phone, PASSWORD, next=client.get(sent.url).context["next"])
    form = client.get(entered.url).context["form"]
    assert (form["address"].value(), form["note"].value()) == (str(second.pk), "门口")
    assert client.get(entered.url).context["form"]["note"].value() == ""
    assert member.orders.count() == 0


def test_an_address_typed_when_the_session_ended_is_still_there(member: Member) -> None:
    client = browser()
    typed = {"recipient": "李", "phone": "138", "province": "310000", "detail": "1", "next": "/points/"}
    sent: Any = client.post(reverse("address-new"), typed)
    log_in(client, member.phone, PASSWORD)
    page = client.get(reverse("address-new"))
    assert sent.url == f"{reverse('log-in')}?next={reverse('address-new')}"
    assert (page.context["form"]["recipient"].value(), page.context["next"]) == ("李", "/points/")


def test_a_button_comes_back_to_the_page_it_stood_on(member: Member) -> None:
    order = worlds.delivered(member, (worlds.sku(stock=1, price=10), 1))
    page = reverse("order", args=[order.number])
    sent: Any = browser().post(
        reverse("order-confirm", args=[order.number]),
        headers={"referer": f"http://testserver{page}?placed=1"},
    )
    assert sent.url == f"{reverse('log-in')}?next={page}%3Fplaced%3D1"
    foreign: Any = browser().post(
        reverse("order-confirm", args=[order.number]), headers={"referer": "http://evil.example/x"}
    )
    assert "evil" not in foreign.url
