"""No page keeps anybody out: axe-core on every page, light and dark; sizes of what fingers tap; nothing shifts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from aftersales import services as aftersales
from inventory.models import Category, Gift, Sku
from logistics.models import Parcel
from members import services as members
from members.models import Member
from orders import services as orders
from tests import worlds
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": WCAG}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
Visitor = Callable[..., Page]


@pytest.fixture
def member() -> Member:
    return worlds.member(points=200_000)


@pytest.fixture
def pages(member: Member) -> list[str]:
    """A lived-in member's pages, every kind of them."""
    category = Category.objects.create(code="home", name="家居", name_en="Home")
    gift = Gift.objects.create(
        code="vase",
        category=category,
        name="双色釉手工陶瓷花瓶",
        name_en="Two-glaze ceramic vase",
        summary="一枝便有风景。",
        description="手工拉坯。",
        picture="gifts/HM102.svg",
    )
    vase: Sku = worlds.sku(stock=90, price=6_000, gift=gift, specification="高 22 厘米")
    worlds.sku(stock=0, price=9_000, gift=gift, specification="高 30 厘米")
    gone = worlds.sku(stock=0)
    fresh = worlds.placed(member, (vase, 2))
    cancelled = worlds.placed(member, (vase, 1))
    orders.cancel_orders([worlds.move(cancelled)])
    arrived = worlds.delivered(member, (vase, 1))
    refunding = worlds.delivered(member, (vase, 1))
    aftersales.request_refund(refunding.pk, None, reason="破损", at=worlds.AT, by=f"member:{member.number}")
    worlds.under_review(member, (vase, 1))
    members.send_notices(
        [
            members.Notice(
                member.pk, "order.confirmed", "x", worlds.AT, {"number": fresh.number, "points": 12_000}
            )
        ]
    )
    address = worlds.address(member)
    return [
        "/",
        "/gifts/",
        "/gifts/?q=nothing-like-it",
        "/gifts/vase/",
        f"/gifts/{gone.gift.code}/",
        f"/gifts/vase/redeem/?sku={vase.code}&quantity=1",
        f"/gifts/vase/redeem/?sku={vase.code}&quantity=0",
        "/orders/",
        "/orders/?q=no&since=2026-01-01",
        "/orders/?tab=to_pay",
        f"/orders/{fresh.number}/placed/",
        "/cart/",
        f"/cart/redeem/?line=1×{vase.code}",
        f"/orders/{fresh.number}/cancel/",
        f"/orders/{arrived.number}/",
        f"/orders/{arrived.number}/confirm/",
        f"/orders/{arrived.number}/cancel/",
        f"/orders/{arrived.number}/refund/",
        f"/orders/{refunding.number}/",
        f"/orders/{refunding.number}/refunds/",
        f"/orders/{cancelled.number}/",
        f"/parcels/{Parcel.objects.filter(order=arrived).get().number}/",
        "/points/",
        "/inbox/",
        "/me/",
        "/me/addresses/new/",
        f"/me/addresses/{address.pk}/change/",
        f"/me/addresses/{address.pk}/remove/",
        "/nowhere",
    ]


def violations(page: Page) -> list[str]:
    """What axe-core finds, with the places: everything in the light, and in the dark what colours can spoil.

    Its script is handed to the page past the policy that guards members.
    """
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    found = page.evaluate("rules => axe.run(document, rules)", EVERYTHING)["violations"]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate("rules => axe.run(document, rules)", COLOURS)["violations"]
    return [
        f"{one['id']}: {node['html'][:140]}: {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_light_and_dark(
    visit: Visitor, member: Member, pages: list[str], size: dict[str, int]
) -> None:
    page = visit(member, viewport=size)
    found = {}
    for path in pages:
        page.goto(path)
        found[path] = violations(page)
    signed_out = visit(viewport=size)
    for path in ("/", "/log-in/"):
        signed_out.goto(path)
        found[f"{path} signed out"] = violations(signed_out)
    signed_out.click("main button")
    found["log-in refused"] = violations(signed_out)
    assert {path: what for path, what in found.items() if what} == {}


SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.matches(".skip, [type=hidden]"))
    .map(one => one.matches("[type=radio], [type=checkbox]") ? one.closest("label") : one)
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height < 44 && !one.closest("p:not(.actions, .crumbs, .hero-links)"))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${Math.round(box.height)} px high`)"""
SHIFT = """() => new Promise(tell => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
    }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => setTimeout(() => tell(sum), 50));
})"""


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_fingers_find_their_aim_and_nothing_moves_or_hangs_over(
    visit: Visitor, member: Member, pages: list[str], language: str
) -> None:
    page = visit(member, locale=language)
    found = {}
    for path in pages:
        page.goto(path, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[path] = (page.evaluate(SMALL), page.evaluate(SHIFT), wide)
    assert found == dict.fromkeys(pages, ([], 0, PHONE["width"]))


def test_a_first_view_is_light(visit: Visitor, member: Member, pages: list[str]) -> None:
    page = visit(member)
    seen: list[int] = []
    page.on("response", lambda answer: seen.append(weight(answer)))
    weights = {}
    for path in pages:
        seen.clear()
        page.goto(path, wait_until="networkidle")
        weights[path] = sum(seen)
    assert {path: total for path, total in weights.items() if total > 100_000} == {}


def weight(answer: Any) -> int:
    """Bytes of an answer that is no picture."""
    is_picture = "image" in answer.headers.get("content-type", "")
    return 0 if is_picture else len(answer.body())
