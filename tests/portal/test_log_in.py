"""Logging in to the portal: one answer for everything that is wrong, and back to where one was."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member, User
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    made = worlds.member(points=100)
    made.user.set_password("well-kept-2026")
    made.user.save()
    return made


def log_in(login: str, password: str, **more: str) -> tuple[int, str]:
    """Try to log in; return the status, and where it leads to or what the page complains of."""
    client = Client(headers={"accept-language": "en"})
    response = client.post(reverse("log-in"), {"login": login, "password": password, **more})
    if response.status_code == 302:
        return 302, response["Location"]
    form = response.context["form"]
    return response.status_code, " ".join(error for errors in form.errors.values() for error in errors)


def test_a_member_logs_in_by_phone_or_member_number(member: Member) -> None:
    assert log_in(member.phone, "well-kept-2026") == (302, "/")
    assert log_in(member.number, "well-kept-2026") == (302, "/")
    assert log_in(f"  {member.phone} ", "well-kept-2026") == (302, "/")


def test_unknown_and_wrong_get_the_same_answer(member: Member) -> None:
    same = (401, "The log-in name or the password is wrong.")
    assert log_in(member.phone, "wrong") == same
    assert log_in("13000000000", "well-kept-2026") == same
    member.user.is_active = False
    member.user.save()
    assert log_in(member.phone, "well-kept-2026") == same


def test_a_closed_member_is_out_at_the_next_request(member: Member) -> None:
    client = english(member)
    assert client.get(reverse("points")).status_code == 200
    Member.objects.filter(pk=member.pk).update(status=Member.Status.CLOSED)
    assert client.get(reverse("points")).status_code == 302
    assert log_in(member.phone, "well-kept-2026") == (401, "The log-in name or the password is wrong.")


def test_empty_fields_are_named(member: Member) -> None:
    assert log_in("", "") == (401, "Enter your phone or member number. Enter your password.")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\\\evil.example",
        " //evil.example",
        "nowhere",
        "orders",
    ],
)
def test_next_never_leads_out_of_the_house(member: Member, elsewhere: str) -> None:
    assert log_in(member.phone, "well-kept-2026", next=elsewhere) == (302, "/")


def test_a_session_that_ended_comes_back_to_where_it_was(member: Member) -> None:
    mug = worlds.sku(stock=1, price=10)
    path = f"{reverse('redeem', args=[mug.gift.code])}?sku={mug.code}&quantity=1"
    visitor = Client()
    sent = visitor.post(path, {"address": "1"})
    assert sent.status_code == 302
    back = visitor.get(sent["Location"]).context["next"]
    assert back == path
    assert log_in(member.phone, "well-kept-2026", next=back) == (302, path)


def test_an_operator_goes_on_to_the_desk() -> None:
    User.objects.create_user("lin", password="well-kept-2026", is_staff=True)
    assert log_in("lin", "well-kept-2026") == (302, reverse("admin:index"))


def test_log_in_makes_a_new_session(member: Member) -> None:
    client = Client()
    client.get(reverse("home"))
    session = client.session
    session["seen"] = "as a visitor"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)
    client.post(reverse("log-in"), {"login": member.phone, "password": "well-kept-2026"})
    assert client.session.session_key != before


def test_log_out_wants_a_post_and_ends_the_session(member: Member) -> None:
    client = english(member)
    assert client.get(reverse("log-out")).status_code == 405
    assert client.get(reverse("points")).status_code == 200
    assert client.post(reverse("log-out")).status_code == 302
    assert client.get(reverse("points")).status_code == 302
