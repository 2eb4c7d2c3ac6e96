"""A real Chromium before a mall that answers over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from inventory.models import Category, Gift, Sku
from logistics import services as logistics
from members.models import Member
from orders import events
from orders.models import Order
from tests import worlds
from tests.answering import wait_until_quiet
from tests.portal.browsers import NOW, english

PASSWORD = "well-kept-2026"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
WINDOWS = [
    pytest.param({"viewport": PHONE}, id="phone"),
    pytest.param({"viewport": DESKTOP}, id="desktop"),
    pytest.param({"viewport": PHONE, "javascript": False}, id="phone-no-js"),
]
"""How a journey is made; without JavaScript the layout is the same, so the phone's stands for both."""


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server reads the time at its edge; what the test's small world holds stays fresh."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


Visitor = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Open a browser window of its own, signed in when a member is given.

    At the end nothing may have been complained of in its console: a broken script, a picture that is missing, what
    the Content-Security-Policy refuses.
    """
    complaints: list[str] = []
    contexts = []

    def open_window(member: Member | None = None, *, javascript: bool = True, **options: Any) -> Page:
        options = {"locale": "zh-CN", "viewport": PHONE, **options}
        context = chromium.new_context(base_url=live_server.url, java_script_enabled=javascript, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        if member is not None:
            cookie = english(member).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    yield open_window
    for context in contexts:
        context.close()
    wait_until_quiet()
    assert [said for said in complaints if "status of 4" not in said] == []


def log_in_by_hand(page: Page, member: Member) -> None:
    """Fill in the log-in page that is open."""
    member.user.set_password(PASSWORD)
    member.user.save()
    page.fill("[name=login]", member.phone)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")


# --- What journeys begin with, and what the house does meanwhile


@pytest.fixture
def member() -> Member:
    return worlds.member(points=20_000)


@pytest.fixture
def vase() -> Sku:
    """A vase in two sizes, the smaller one first."""
    category, _ = Category.objects.get_or_create(code="home", defaults={"name": "家居", "name_en": "Home"})
    gift = Gift.objects.create(
        code="vase",
        category=category,
        name="双色釉手工陶瓷花瓶",
        name_en="Two-glaze ceramic vase",
        picture="gifts/HM102.svg",
    )
    worlds.sku(
        stock=9, price=9_000, gift=gift, specification="高 30 厘米", specification_en="30 cm", position=2
    )
    return worlds.sku(
        stock=9, price=6_000, gift=gift, specification="高 22 厘米", specification_en="22 cm", position=1
    )


def work() -> None:
    """Do what the workers do when beat wakes them."""
    while events.deliver_waiting(at=NOW):
        pass


def arrive(order: Order) -> None:
    """Let the warehouse and the carrier do their part."""
    worlds.carrier_service()
    task = logistics.TaskMove(worlds.pick_task(order).pk, NOW, "operator:wang")
    logistics.start_picking([task])
    logistics.pick_all([task])
    box = logistics.Box(1_200, waybill=f"SF{order.number}")
    logistics.pack([logistics.Packing(task.task_id, (box,), NOW, "operator:wang")])
    logistics.ship([worlds.move(order, at=NOW)])
    report = logistics.Report(worlds.waybill_of(order).pk, (worlds.track(at=NOW),), NOW, "carrier:SF")
    logistics.record_tracking([report])
