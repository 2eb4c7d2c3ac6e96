"""Devices, the password, the mail address: what a member can do when somebody else might be in their account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import Device, Letter, MailChange, Member, Message, User
from tests import worlds
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db
PASSWORD = "well-kept-2026"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"


@pytest.fixture
def member() -> Member:
    made = worlds.member(points=100)
    made.user.set_password(PASSWORD)
    made.user.save()
    return made


def signed_in(member: Member, agent: str = ANDROID, address: str = "1.2.3.4", **more: str) -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": agent}, REMOTE_ADDR=address)
    entered = client.post(reverse("log-in"), {"login": member.phone, "password": PASSWORD, **more})
    assert entered.status_code == 302
    return client


def devices(client: Client) -> list[tuple[str, str, str, bool]]:
    shown = client.get(reverse("devices")).context["shown"]
    return [(r["device"].browser, r["device"].system, r["device"].address, r["is_here"]) for r in shown]


def is_in(client: Client) -> bool:
    return client.get(reverse("points")).status_code == 200


def later(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(**time))


# --- Sessions


def test_each_sign_in_is_listed_this_device_first(member: Member) -> None:
    phone = signed_in(member)
    tablet = signed_in(member, IPHONE, "2001:db8:1:2::9")
    assert devices(phone) == [
        ("Chrome", "Android", "1.2.*.*", True),
        ("Safari", "iPhone", "2001:db8:*", False),
    ]
    page = tablet.get(reverse("devices")).content.decode()
    assert "Chrome on Android" in page
    assert "1.2.3.4" not in page


def test_one_device_is_signed_out(member: Member) -> None:
    phone, lost = signed_in(member), signed_in(member, IPHONE)
    other = Device.objects.get(system="iPhone")
    assert phone.post(reverse("device-sign-out", args=[other.pk])).status_code == 302
    assert (is_in(phone), is_in(lost)) == (True, False)
    assert len(devices(phone)) == 1


def test_a_foreign_device_answers_as_a_missing_one(member: Member) -> None:
    mine, theirs = signed_in(member), Device.objects.get()
    stranger = english(worlds.member())
    answers = [stranger.post(reverse("device-sign-out", args=[pk])).status_code for pk in (theirs.pk, 10**9)]
    assert (answers, is_in(mine)) == ([404, 404], True)


def test_signing_out_everywhere_ends_sessions_and_tokens(member: Member) -> None:
    phone, tablet = signed_in(member), signed_in(member, IPHONE)
    token, _expires = services.sign_token(Member.objects.select_related("user").get(pk=member.pk), at=NOW)
    assert "Sign out everywhere?" in phone.get(reverse("sign-out-everywhere")).content.decode()
    assert (is_in(phone), is_in(tablet)) == (True, True)
    assert phone.post(reverse("sign-out-everywhere")).status_code == 302
    assert (is_in(phone), is_in(tablet), Device.objects.count()) == (False, False, 0)
    assert not services.token_stands(services.read_token(token, at=NOW))


def test_logging_out_takes_the_device_from_the_list(member: Member) -> None:
    phone, tablet = signed_in(member), signed_in(member, IPHONE)
    tablet.post(reverse("log-out"))
    assert (len(devices(phone)), Device.objects.count()) == (1, 1)


def test_a_session_ends_when_nothing_was_opened_for_half_an_hour(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = signed_in(member)
    for minutes in (29, 58, 87):
        later(monkeypatch, minutes=minutes)
        assert is_in(phone)
    later(monkeypatch, minutes=87 + 30)
    assert not is_in(phone)


def test_no_session_outlives_twelve_hours(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = signed_in(member)
    for minutes in range(25, 12 * 60, 25):
        later(monkeypatch, minutes=minutes)
        assert is_in(phone)
    later(monkeypatch, hours=12, seconds=1)
    assert not is_in(phone)


def test_a_remembered_device_stays_for_weeks_an_operators_never(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = signed_in(member, remember="on")
    User.objects.create_user("lin", password=PASSWORD, is_staff=True)
    desk = Client()
    desk.post(reverse("log-in"), {"login": "lin", "password": PASSWORD, "remember": "on"})
    assert desk.get(reverse("admin:index")).status_code == 200
    later(monkeypatch, days=29)
    assert is_in(phone)
    assert desk.get(reverse("admin:index")).status_code == 302


def test_what_a_page_asks_by_itself_prolongs_nothing(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = signed_in(member)
    later(monkeypatch, minutes=20)
    phone.get(reverse("points"), headers={"hx-request": "true"})
    later(monkeypatch, minutes=31)
    assert not is_in(phone)


def test_being_seen_is_written_down_every_few_minutes_only(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = signed_in(member)
    costs = []
    for minutes in (1, 2, 4, 5):
        later(monkeypatch, minutes=minutes)
        with CaptureQueriesContext(connection) as asked:
            phone.get(reverse("profile"))
        costs.append(sum("members_device" in query["sql"] for query in asked))
    assert costs == [0, 0, 1, 0]
    assert Device.objects.get().last_seen_at == NOW + timedelta(minutes=4)


def test_tidying_ends_what_is_over_and_nothing_else(member: Member) -> None:
    phone = signed_in(member)
    services.tidy(at=NOW + timedelta(minutes=29))
    assert is_in(phone)
    services.tidy(at=NOW + timedelta(minutes=31))
    assert (is_in(phone), Device.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    "agent", ["", "x" * 5000, "<script>", "\u202e", "Mozilla/5.0 (X11; Linux) Firefox/120"]
)
def test_any_agent_is_shown_harmlessly(member: Member, agent: str) -> None:
    page = signed_in(member, agent.encode("ascii", "replace").decode()).get(reverse("devices"))
    assert (page.status_code, "<script>" in page.content.decode()) == (200, False)


# --- The password


def change(client: Client, **typed: str) -> Any:
    fields = {"old": PASSWORD, "new": "better-kept-2027", "again": "better-kept-2027"}
    return client.post(reverse("password"), {**fields, **typed})


def test_a_new_password_signs_others_out_and_is_told(member: Member) -> None:
    phone, thief = signed_in(member), signed_in(member, IPHONE)
    assert change(phone).status_code == 302
    assert (is_in(phone), is_in(thief)) == (True, False)
    assert User.objects.get(pk=member.user_id).check_password("better-kept-2027")
    told = Message.objects.filter(member=member, template="account.password_changed")
    assert "inbox" in set(told.values_list("channel", flat=True))


@pytest.mark.parametrize(
    ("typed", "field", "complaint"),
    [
        ({"old": "wrong"}, "old", "This is not your current password."),
        ({"old": ""}, "old", "Enter your current password."),
        ({"new": "short", "again": "short"}, "new", "8 characters"),
        ({"new": "12345678901", "again": "12345678901"}, "new", "entirely numeric"),
        ({"again": "another-2027"}, "again", "This is not the same as above."),
        ({"new": "a\0bcdefghij", "again": "a\0bcdefghij"}, "new", "Null characters"),
        ({"new": "x" * 10_000, "again": "x" * 10_000}, "new", "128"),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_its_field(
    member: Member, typed: dict[str, str], field: str, complaint: str
) -> None:
    refused = change(english(member), **typed)
    assert refused.status_code == 422
    assert complaint in str(refused.context["form"].errors[field])
    assert User.objects.get(pk=member.user_id).check_password(PASSWORD)


def test_the_members_phone_makes_no_password(member: Member) -> None:
    refused = change(english(member), new=f"a{member.phone}", again=f"a{member.phone}")
    assert "too similar" in str(refused.context["form"].errors["new"])


def test_the_old_password_is_guessed_five_times_at_most(member: Member) -> None:
    client = english(member)
    assert [change(client, old="wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert change(client).status_code == 429


def test_who_never_had_a_password_chooses_one(member: Member) -> None:
    member.user.set_unusable_password()
    member.user.save()
    client = english(member)
    assert 'name="old"' not in client.get(reverse("password")).content.decode()
    assert change(client).status_code == 302


# --- The mail address


def link_in(letter: Any) -> str:
    return str(next(word for word in letter.body.split() if word.startswith("http://testserver/")))


def test_a_new_address_is_confirmed_by_a_link_and_told_to_the_old(member: Member) -> None:
    client = english(member)
    old = member.email
    assert client.post(reverse("mail"), {"address": "new@example.com"}).status_code == 302
    services.deliver_letters(at=NOW)
    asked = mail.outbox[0]
    assert (asked.to, Member.objects.get(pk=member.pk).email) == (["new@example.com"], old)
    visitor = Client(headers={"accept-language": "en"})
    page = visitor.get(link_in(asked))
    assert "new@example.com" in page.content.decode()
    assert Member.objects.get(pk=member.pk).email == old  # a scanner that follows links confirms nothing
    assert visitor.post(link_in(asked)).status_code == 302
    services.deliver_letters(at=NOW)
    assert Member.objects.get(pk=member.pk).email == "new@example.com"
    assert (mail.outbox[1].to, "new@example.com" in mail.outbox[1].body) == ([old], False)
    assert visitor.post(link_in(asked)).status_code == 410
    assert set(Letter.objects.values_list("address", "link")) == {("", "")}


def test_a_link_is_good_for_a_day_and_until_the_next(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    client = english(member)
    for name in ("first", "second"):
        client.post(reverse("mail"), {"address": f"{name}@example.com"})
        services.deliver_letters(at=NOW)
    first, second = (link_in(letter) for letter in mail.outbox)
    assert client.post(first).status_code == 410
    later(monkeypatch, days=1)
    assert client.post(second).status_code == 410
    assert Member.objects.get(pk=member.pk).email == member.email
    services.tidy(at=NOW + timedelta(days=2))
    assert not MailChange.objects.exists()


@pytest.mark.parametrize("typed", ["", "x", "a@b", "a\0@example.com", f"{'x' * 10_000}@example.com", "=1+1"])
def test_what_is_no_address_is_told_beside_its_field(member: Member, typed: str) -> None:
    refused = english(member).post(reverse("mail"), {"address": typed})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"address"})
    assert not Letter.objects.exists()


def test_a_member_asks_for_five_links_a_day(member: Member) -> None:
    client = english(member)
    answers = [client.post(reverse("mail"), {"address": f"n{n}@example.com"}).status_code for n in range(6)]
    assert answers == [302] * 5 + [429]


def test_a_letter_that_cannot_be_sent_is_tried_again_and_given_up(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    english(member).post(reverse("mail"), {"address": "new@example.com"})

    def broken(*_args: object, **_more: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("members.services.letters.send_mail", broken)
    at = NOW
    for _ in range(8):
        assert services.deliver_letters(at=at) == 1
        at += timedelta(hours=1)
    letter = Letter.objects.get()
    assert (letter.attempts, letter.last_error, letter.dead_at is not None) == (
        8,
        "ConnectionRefusedError",
        True,
    )
    assert services.deliver_letters(at=at) == 0


@pytest.mark.parametrize("token", ["x", "😀", "x" * 500])
def test_any_token_is_answered_as_one_that_is_over(member: Member, token: str) -> None:
    assert english(member).get(f"/me/mail/confirm/{token}/").status_code == 410
