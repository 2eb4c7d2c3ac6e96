"""The preferences page: one form, one save, answers beside the field."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members import services
from members.models import Member, QuietHours, Unsubscription
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "order-sms": "on",
    "order-mail": "on",
    "delivery-sms": "on",
    "delivery-mail": "on",
    "aftersales-sms": "on",
    "aftersales-mail": "on",
    "points-mail": "on",
}
HOURS = {"language": "en", "quiet": "night", "begins": "22:00", "ends": "08:00"}


@pytest.fixture
def member() -> Member:
    made = worlds.member()
    Member.objects.filter(pk=made.pk).update(language="en")
    return made


@pytest.fixture
def browser(member: Member) -> Client:
    return english(member)


def save(browser: Client, **changes: str) -> Any:
    values = {name: value for name, value in (EVERYTHING | HOURS | changes).items() if value}
    return browser.post(reverse("preferences"), values)


def test_the_page_shows_what_holds_and_offers_what_there_is(browser: Client) -> None:
    page = browser.get(reverse("preferences"))
    form = page.context["form"]
    assert {name for name in form.fields if "-" in name} == set(EVERYTHING)
    assert {name: form[name].value() for name in EVERYTHING} == dict.fromkeys(EVERYTHING, True)
    assert (form["quiet"].value(), form["begins"].value(), form["language"].value()) == (
        "night",
        time(22),
        "en",
    )
    assert "cannot be switched off" in page.content.decode()


def test_the_page_costs_as_many_statements_as_ever(browser: Client, django_assert_num_queries: Any) -> None:
    browser.get(reverse("preferences"))
    with django_assert_num_queries(4):  # session, member, quiet hours, unsubscriptions
        browser.get(reverse("preferences"))


def test_one_save_keeps_everything(browser: Client, member: Member) -> None:
    saved = save(
        browser, language="zh-hans", **{"order-sms": "", "points-mail": ""}, begins="23:30", ends="07:00"
    )
    assert (saved.status_code, saved.url) == (302, reverse("preferences"))
    assert saved.cookies["django_language"].value == "zh-hans"
    member = Member.objects.get(pk=member.pk)
    wishes = services.Wishes(frozenset({("order", "sms"), ("points", "mail")}), (time(23, 30), time(7)))
    assert (member.language, services.wishes_of(member)) == ("zh-hans", wishes)
    assert "偏好" in browser.get(reverse("preferences")).content.decode()


def test_quiet_hours_can_be_none(browser: Client) -> None:
    save(browser, quiet="never", begins="", ends="")
    assert list(QuietHours.objects.values_list("begins", "ends")) == [(None, None)]
    assert browser.get(reverse("preferences")).context["form"]["quiet"].value() == "never"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"begins": ""}, "begins", "Enter a time such as 22:00."),
        ({"ends": "25:00"}, "ends", "Enter a time such as 08:00."),
        ({"begins": "x\x00"}, "begins", "Enter a time such as 22:00."),
        ({"ends": "22:00"}, "ends", "These hours end as they begin."),
        ({"language": "fr"}, "language", "Choose a language."),
        ({"language": ""}, "language", "Choose a language."),
        ({"quiet": "=HYPERLINK()"}, "quiet", "Choose one of the two."),
        ({"begins": "9" * 10_000}, "begins", "Enter a time such as 22:00."),
    ],
)
def test_what_makes_no_sense_is_answered_beside_its_field_and_keeps_the_rest(
    browser: Client, changes: dict[str, str], field: str, said: str
) -> None:
    answer = save(browser, **{"order-sms": ""}, **changes)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert form.errors[field][0].startswith(said)
    assert (form["order-sms"].value(), form["order-mail"].value()) == (False, True)
    assert (Unsubscription.objects.count(), QuietHours.objects.count()) == (0, 0)


def test_the_page_is_for_members(client: Client) -> None:
    answer = client.get(reverse("preferences"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/log-in/?next=/me/preferences/")
