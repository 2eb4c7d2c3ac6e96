"""One order at the operators' desk, in real browsers, with the real protocol of the carriers' aggregator."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from aftersales import services as aftersales
from desk import services as desk
from inventory.models import Sku
from logistics import services as logistics
from logistics.models import PickTask
from members.models import Member, User
from orders import events
from orders.models import Order
from simulators.front import Front
from simulators.world import Choices, running
from tests import worlds
from tests.desk.operators import page, user
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE
from tests.portal.browsers import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
Visitor = Callable[..., Page]


@pytest.fixture
def outside(live_server: LiveServer, settings: Any) -> Iterator[Front]:
    """The aggregator, which knows where the mall takes its callbacks."""
    with running(Choices()) as front:
        front.clock.stand_at(NOW)
        settings.KDNIAO_URL = front.url
        tell(front, "callback", url=live_server.url + reverse("kdniao-push"))
        yield front


def tell(front: Front, what: str, **wish: object) -> Any:
    """Move the outside world by hand."""
    request = urllib.request.Request(f"{front.url}/control/kdniao/{what}", json.dumps(wish).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def work() -> None:
    """Do what the workers do when beat wakes them."""
    while events.deliver_waiting(at=NOW):
        pass


def sign_in(window: Page, role: str) -> Page:
    """Sign an operator in by hand."""
    operator = User.objects.filter(username=role).first() or user(role)
    operator.set_password(PASSWORD)
    operator.save()
    window.goto(reverse("admin:index"))
    window.fill("#id_username", role)
    window.fill("#id_password", PASSWORD)
    window.press("#id_password", "Enter")
    window.wait_for_url("**" + reverse("admin:index"))
    return window


def open_queue(window: Page, label: str) -> None:
    """Go from the front page to a queue."""
    window.goto(reverse("admin:index"))
    window.click(f".queue:has-text('{label}')")


@pytest.fixture
def member() -> Member:
    return worlds.member(points=5_000)


@pytest.fixture
def mug() -> Sku:
    worlds.carrier_service()
    return worlds.sku(stock=9, price=700)


def test_an_order_from_its_review_to_its_refund(
    member: Member, mug: Sku, visit: Visitor, outside: Front
) -> None:
    order = worlds.under_review(member, (mug, 2))
    english = {"locale": "en-GB", "viewport": DESKTOP}

    approve(sign_in(visit(**english), "reviewer"), order)
    work()
    task = PickTask.objects.get(order=order)
    handheld = sign_in(visit(javascript=False, locale="en-GB", viewport=PHONE), "warehouse")
    pick_by_scanner(handheld, task, mug)
    pack(handheld)

    logistics.request_waybills(at=NOW)
    waybill = worlds.waybill_of(order)
    desktop = sign_in(visit(**english), "warehouse")
    ship(desktop, order)
    expect(desktop.locator(".panels")).to_contain_text(waybill.number)

    work()
    logistics.poll_tracking(at=NOW)  # the first poll subscribes to pushes
    pushed = tell(outside, "step", count="all")
    assert {step["push"]["accepted"] for step in pushed[waybill.number]} == {True}
    logistics.apply_pushes(at=NOW)
    desktop.reload()
    expect(desktop.locator(".heading")).to_contain_text("delivered")

    aftersales.request_refund(order.pk, None, reason="chipped", at=NOW, by=f"member:{member.number}")
    refund(sign_in(visit(**english), "service_desk"), order)
    work()
    assert (worlds.points_of(member), worlds.stock_of(mug)) == ((5_000, 0), (7, 0))
    assert [finding.law.code for finding in desk.read_laws(at=NOW) if finding.violations] == []


def approve(window: Page, order: Order) -> None:
    open_queue(window, "To review")
    expect(window.locator("#result_list tbody tr")).to_have_count(1)
    window.click(f"a:has-text('{order.number}')")
    expect(window.locator(".panels")).to_contain_text("This is the member's first order.")
    window.click("#deed-reject button")  # the browser itself asks for the reason
    expect(window.locator("#deed-reject textarea")).to_be_focused()
    window.click("#deed-approve button")
    expect(window.locator(".messagelist")).to_contain_text(f"Order {order.number} goes to the warehouse.")


def pick_by_scanner(window: Page, task: PickTask, mug: Sku) -> None:
    """Scan as a keyboard-wedge scanner does: into the field that has the focus, with Enter, without JavaScript."""
    open_queue(window, "To pick")
    window.click(f"a:has-text('{task.order.number}')")
    window.click("#deed-start button")
    expect(window.locator("#barcode")).to_be_focused()
    window.keyboard.type("4006381333931\n")
    expect(window.locator(".scan-error")).to_contain_text("not on the pick list")
    for taken in ("1 / 2", "2 / 2"):
        window.keyboard.type(f"{mug.barcode}\n")
        expect(window.locator(".scan-success")).to_contain_text(taken)
    assert window.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    window.click("a:has-text('Everything is picked')")


def pack(window: Page) -> None:
    expect(window.locator("[name=box1-weight_g]")).to_have_value("1000")
    window.fill("[name=box1-weight_g]", "900000")
    window.click("#pack > button")
    expect(window.locator(".refusal")).to_contain_text("No carrier takes this parcel")
    window.fill("[name=box1-weight_g]", "1150")
    window.click("#pack > button")
    expect(window.locator(".panels")).to_contain_text("A worker is asking the carrier")


def ship(window: Page, order: Order) -> None:
    open_queue(window, "To ship")
    window.click(f"a:has-text('{order.number}')")
    window.click("#deed-ship button")
    expect(window.locator(".messagelist")).to_contain_text("is on its way")


def refund(window: Page, order: Order) -> None:
    open_queue(window, "Refunds to decide")
    window.click(f"a:has-text('{order.number}')")
    expect(window.locator(".panels")).to_contain_text("chipped")
    window.select_option("#deed-approve select", "write_off")
    window.click("#deed-approve button")
    expect(window.locator(".messagelist")).to_contain_text("the points are back with the member")


def test_a_role_meets_no_door_that_is_not_its_own(visit: Visitor) -> None:
    window = sign_in(visit(locale="en-GB", viewport=DESKTOP), "warehouse")
    expect(window.locator("#nav-sidebar")).not_to_contain_text("Points transactions")
    answer = window.goto(page("members.pointstransaction"))
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_show_the_fields_that_a_rule_uses(visit: Visitor, scheme: str) -> None:
    window = sign_in(visit(locale="en-GB", viewport=DESKTOP, color_scheme=scheme), "manager")
    window.goto(page("orders.redemptionrule", "add"))
    window.select_option("#id_kind", "max_per_period")
    expect(window.locator(".field-period")).to_be_visible()
    expect(window.locator(".field-tier")).to_be_hidden()
    window.select_option("#id_kind", "tier_at_least")
    expect(window.locator(".field-tier")).to_be_visible()
    expect(window.locator(".field-period")).to_be_hidden()
    window.click(".field-gift .select2-selection")
    expect(window.locator(".select2-results")).to_be_visible()
