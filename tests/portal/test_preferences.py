"""The preferences page: one form, one save, answers beside the field."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members import services
from members.forms.preferences import PreferencesForm
from members.models import Member, QuietHours, Unsubscription
from members.services.messages import unsubscribe_token
from tests import worlds
from tests.portal.browsers import english
from tests.worlds import AT

pytestmark = pytest.mark.django_db

EVENTS = {
    "order": {
        "order.confirmed": "inbox mail",
        "order.sent_to_review": "inbox mail",
        "order.approved": "inbox mail",
        "order.rejected": "sms mail",
        "order.cancelled": "sms mail",
        "order.units_cancelled": "sms mail",
        "order.expired": "mail",
    },
    "delivery": {
        "order.issued": "inbox sms mail",
        "order.shipped": "inbox sms mail",
        "order.delivered": "inbox sms mail",
        "order.signed": "inbox mail",
    },
    "aftersales": {"order.refunded": "sms mail", "refund.rejected": "mail", "complaint.answered": "mail"},
    "points": {},
}
TOPICS = {
    "order": "inbox sms mail",
    "delivery": "inbox sms mail",
    "aftersales": "sms mail",
    "points": "inbox mail",
}
EVERYTHING = {
    f"{subject}-{channel}": "on"
    for topic, events in EVENTS.items()
    for subject, channels in {topic: TOPICS[topic], **events}.items()
    for channel in channels.split()
}
EDITION = str(PreferencesForm().fields["edition"].initial)
HOURS = {"language": "en", "quiet": "night", "begins": "22:00", "ends": "08:00", "edition": EDITION}


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
    assert [rows.is_mixed for rows in form.topics()] == [False] * 4
    assert "always stays in your inbox" in page.content.decode()


def test_what_stays_in_the_inbox_is_shown_as_such_and_what_is_never_said_as_never(browser: Client) -> None:
    form = browser.get(reverse("preferences")).context["form"]
    shown = {
        row.label: ["box" if cell.box else "always" if cell.is_always else "never" for cell in row.cells]
        for rows in form.topics()
        for row in rows.events
    }
    assert shown["Order confirmed"] == ["box", "never", "box"]
    assert shown["Order not accepted"] == ["always", "box", "box"]
    assert shown["We have answered you"] == ["always", "never", "box"]
    assert shown["Your gift is on its way"] == ["box", "box", "box"]
    page = browser.get(reverse("preferences")).content.decode()
    assert "Order not accepted: inbox, always" in page
    assert "Order confirmed: SMS, never" in page


def test_a_topic_unfolds_where_one_of_its_events_is_declined(browser: Client, member: Member) -> None:
    unwanted = frozenset({("order.shipped", "inbox"), ("aftersales", "sms")})
    services.save_wishes(member.pk, services.Wishes(unwanted), language="en", at=AT)
    form = browser.get(reverse("preferences")).context["form"]
    assert [rows.is_mixed for rows in form.topics()] == [False, True, False, False]
    assert (form["order.shipped-inbox"].value(), form["order.refunded-sms"].value()) == (False, True)
    assert form["aftersales-sms"].value() is False


def test_single_events_are_declined_by_channel(browser: Client, member: Member) -> None:
    save(browser, **{"order.shipped-inbox": "", "order.rejected-sms": "", "aftersales-mail": ""})
    unwanted = frozenset({("order.shipped", "inbox"), ("order.rejected", "sms"), ("aftersales", "mail")})
    wishes = services.wishes_of(Member.objects.get(pk=member.pk))
    assert wishes.unwanted == unwanted
    rows = Unsubscription.objects.order_by("topic", "event").values_list("topic", "event", "channel")
    assert list(rows) == [
        ("", "order.rejected", "sms"),
        ("", "order.shipped", "inbox"),
        ("aftersales", "", "mail"),
    ]


def test_what_stays_cannot_be_declined_by_a_form_of_ones_own(browser: Client) -> None:
    save(browser, **{"order.rejected-inbox": "", "sign_in.code-sms": "", "account.password_changed-mail": ""})
    assert Unsubscription.objects.count() == 0


@pytest.mark.parametrize("edition", ["", "0" * 12, "x\x00", "=1+1", "9" * 10_000])
def test_a_page_that_showed_other_boxes_saves_nothing(browser: Client, edition: str) -> None:
    answer = save(browser, edition=edition, quiet="never", **dict.fromkeys(EVERYTHING, ""))
    assert (answer.status_code, Unsubscription.objects.count(), QuietHours.objects.count()) == (409, 0, 0)
    page = answer.content.decode()
    assert "This page has changed since you opened it" in page
    assert f'value="{EDITION}"' in page  # what is saved next is today's
    assert answer.context["form"]["order-mail"].value() is True


def test_what_a_mails_link_stopped_is_shown_so_and_stays_so_when_something_else_is_saved(
    browser: Client, member: Member
) -> None:
    link = reverse("unsubscribe", args=[unsubscribe_token(member.pk, "points.expiring")])
    Client().post(link, {"List-Unsubscribe": "One-Click"})

    form = browser.get(reverse("preferences")).context["form"]
    shown = {name: "on" for name in form.boxes if form[name].value()}
    browser.post(reverse("preferences"), shown | HOURS | {"ends": "09:00"})

    assert "points-mail" not in shown
    assert not services.wishes_of(Member.objects.get(pk=member.pk)).wants("points.expiring", "mail")


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
