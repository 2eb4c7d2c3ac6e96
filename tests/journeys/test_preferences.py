"""Choosing what to hear of: folded and unfolded, by keyboard, and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from members.models import Member, Unsubscription
from tests.journeys.conftest import DESKTOP, PHONE, WINDOWS, Visitor
from tests.journeys.test_accessibility import HANGS, SMALL, WIDE, violations

pytestmark = pytest.mark.django_db(transaction=True)


def noes() -> list[tuple[str, str, str]]:
    return sorted(Unsubscription.objects.values_list("topic", "event", "channel"))


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize(
    "viewport", [{"width": 320, "height": 700}, PHONE, DESKTOP], ids=["narrow", "phone", "desktop"]
)
def test_every_message_is_for_everybody_when_unfolded(
    visit: Visitor, member: Member, viewport: Any, locale: str
) -> None:
    page = visit(member, viewport=viewport, locale=locale)
    page.goto(reverse("preferences"))
    for summary in page.locator("summary").all():
        summary.click()
    tall = {"width": viewport["width"], "height": 4_000}  # nothing lies half under the bar at the bottom
    page.set_viewport_size(tall)  # type: ignore[arg-type]
    faults = violations(page, in_the_dark=viewport == PHONE)
    assert faults + page.evaluate(SMALL) + page.evaluate(HANGS) == []
    assert page.evaluate(WIDE) == 0


@pytest.mark.parametrize("window", WINDOWS)
def test_a_kind_and_a_single_message_are_switched_off(
    visit: Visitor, member: Member, window: dict[str, Any]
) -> None:
    page = visit(member, **window)
    page.goto(reverse("preferences"))
    page.uncheck("[name='delivery-sms']")
    page.locator("summary").first.click()
    page.uncheck("[name='order.confirmed-inbox']")
    with page.expect_navigation():
        page.click("form.preferences button.wide")
    assert noes() == [("", "order.confirmed", "inbox"), ("delivery", "", "sms")]
    assert not page.is_checked("[name='delivery-sms']")
    assert page.is_visible("[name='order.confirmed-inbox']")  # what was chosen is not folded away
    assert not page.is_checked("[name='order.confirmed-inbox']")


def test_the_keyboard_alone_unfolds_and_declines(visit: Visitor, member: Member) -> None:
    page = visit(member)
    page.goto(reverse("preferences"))
    page.focus("[name='order-mail']")
    page.keyboard.press("Tab")  # the fold
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "order.confirmed-inbox"
    page.keyboard.press("Space")
    page.focus("form.preferences button.wide")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert noes() == [("", "order.confirmed", "inbox")]
