"""The strip of tabs above a list: the chosen one is in view, and the page stays where it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from members.models import Member
from tests import worlds
from tests.journeys.conftest import PHONE, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = """() => {
    const chosen = document.querySelector(".chips [aria-current]").getBoundingClientRect();
    const strip = document.querySelector(".chips").getBoundingClientRect();
    return {is_seen: chosen.left >= strip.left && chosen.right <= strip.right, scrolled: window.scrollY,
            left: document.querySelector(".chips").scrollLeft};
}"""
SHIFTED = """() => new Promise((told) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => told(sum), 100);
})"""


def chosen(visit: Visitor, member: Member, tab: str, **options: Any) -> tuple[dict[str, Any], float]:
    page = visit(member, viewport=PHONE, **options)
    page.goto(reverse("my-orders") + f"?tab={tab}")
    page.wait_for_load_state("networkidle")
    return page.evaluate(CHOSEN), page.evaluate(SHIFTED)


@pytest.fixture
def shopper(member: Member) -> Member:
    """Somebody whose tabs all say how many."""
    mug = worlds.sku(stock=10, price=100)
    for make in (worlds.placed, worlds.shipped, worlds.signed):
        make(member, (mug, 1))
    return member


@pytest.mark.parametrize("tab", ["completed", "after_sale"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_later_tab_is_in_view_and_nothing_else_moves(
    visit: Visitor, shopper: Member, tab: str, language: str
) -> None:
    seen, shifted = chosen(visit, shopper, tab, locale=language)
    assert (seen["is_seen"], seen["scrolled"], shifted) == (True, 0, 0)
    assert seen["left"] > 0


def test_the_first_tab_leaves_the_strip_at_its_beginning(visit: Visitor, shopper: Member) -> None:
    seen, _shifted = chosen(visit, shopper, "")
    assert seen == {"is_seen": True, "scrolled": 0, "left": 0}


def test_it_is_there_at_once_for_whoever_wants_no_motion(visit: Visitor, shopper: Member) -> None:
    page = visit(shopper, viewport=PHONE, reduced_motion="reduce")
    page.goto(reverse("my-orders") + "?tab=after_sale", wait_until="domcontentloaded")
    assert page.evaluate(CHOSEN)["is_seen"]


def test_without_javascript_the_chosen_tab_can_be_scrolled_to(visit: Visitor, shopper: Member) -> None:
    page = visit(shopper, viewport=PHONE, javascript=False)
    page.goto(reverse("my-orders") + "?tab=after_sale")
    tab = page.locator(".chips [aria-current]")
    tab.scroll_into_view_if_needed()
    box = tab.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
