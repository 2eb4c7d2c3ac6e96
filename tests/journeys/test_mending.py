"""What members mend in a real browser before an order is sent: the address, one unit, the whole order."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from inventory.models import Sku
from members import services as members
from members.models import Member
from orders.models import Order
from tests import worlds
from tests.journeys.conftest import WINDOWS, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
EVERY_WINDOW = pytest.mark.parametrize("window", WINDOWS)


@EVERY_WINDOW
def test_a_wrong_address_is_changed_in_time(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.placed(member, (vase, 1))
    right = members.add_address(
        member.pk, recipient="王芳", phone="13900001234", region_code="310104", detail="肇嘉浜路 736 号",
        is_default=False, at=worlds.AT,
    )  # fmt: skip
    page = visit(member, **window)
    page.goto(f"/orders/{order.number}/")
    page.click("main .actions >> text=修改地址")
    page.check(f"[name=address][value='{right.pk}']")
    page.click("button:has-text('下一步')")
    expect(page.locator(".from-to")).to_contain_text("漕溪北路 1 号")
    expect(page.locator(".from-to")).to_contain_text("肇嘉浜路 736 号")
    assert Order.objects.get().recipient == order.recipient
    page.click("button:has-text('确认修改')")
    expect(page.locator("#about + p, section:has(#about)").first).to_contain_text("肇嘉浜路 736 号")
    assert (Order.objects.get().recipient, Order.objects.get().address_detail) == ("王芳", "肇嘉浜路 736 号")


@EVERY_WINDOW
def test_too_late_for_another_address_it_says_why(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.shipped(member, (vase, 1))
    page = visit(member, **window)
    page.goto(f"/orders/{order.number}/")
    page.click("summary:has-text('为什么不能修改地址')")
    expect(page.locator(".whys details[open] p")).to_be_visible()
    page.goto(f"/orders/{order.number}/address/")
    expect(page.locator("[name=address]")).to_have_count(0)


@EVERY_WINDOW
def test_cancelling_late_costs_a_fee_that_is_shown_before(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.picking(member, (vase, 1))
    page = visit(member, **window)
    page.goto(f"/orders/{order.number}/")
    page.click("main .actions >> text=取消订单")
    expect(page.locator(".sums")).to_contain_text("−300")
    expect(page.locator(".sums .total dd")).to_have_text("5,700")
    page.select_option("[name=reason]", "changed-mind")
    page.click("button:has-text('确认取消')")
    expect(page.locator("#state")).to_have_text("订单已取消")
    expect(page.locator(".status")).to_contain_text("已退回 5,700 积分")
    assert worlds.points_of(member) == (19_700, 0)


@EVERY_WINDOW
def test_a_single_unit_is_cancelled_and_the_rest_goes_on(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.placed(member, (vase, 2))
    page = visit(member, **window)
    page.goto(f"/orders/{order.number}/")
    page.click("main .actions >> text=取消部分礼品")
    page.fill(f"[name=line-{order.lines.get().pk}]", "1")
    page.click("button:has-text('下一步')")
    expect(page.locator(".sums .total dd")).to_have_text("6,000")
    assert worlds.points_of(member) == (8_000, 0)
    page.click("button:has-text('确认取消')")
    expect(page.locator("#state")).to_have_text("订单已确认")
    assert (worlds.points_of(member), Order.objects.get().status) == ((14_000, 0), "ready")
