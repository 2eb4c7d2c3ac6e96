"""Members in a real browser: from the shelf to the confirmed receipt, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inventory.models import Category, Gift, Sku
from logistics import services as logistics
from members.models import Member, Region
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.journeys.conftest import DESKTOP

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
Visitor = Callable[..., Page]
WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@pytest.fixture
def member() -> Member:
    return worlds.member(points=20_000)


@pytest.fixture
def vase() -> Sku:
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


def arrive(order: Order) -> None:
    """Let the warehouse and the carrier do their part."""
    worlds.carrier_service()
    task = logistics.TaskMove(worlds.pick_task(order).pk, worlds.AT, "operator:wang")
    logistics.start_picking([task])
    logistics.pick_all([task])
    box = logistics.Box(1_200, waybill=f"SF{order.number}")
    logistics.pack([logistics.Packing(task.task_id, (box,), worlds.AT, "operator:wang")])
    logistics.ship([worlds.move(order)])
    report = logistics.Report(worlds.waybill_of(order).pk, (worlds.track(),), worlds.AT, "carrier:SF")
    logistics.record_tracking([report])


@WITH_AND_WITHOUT
@pytest.mark.parametrize("size", [None, DESKTOP], ids=["phone", "desktop"])
def test_redeem_follow_and_confirm(
    visit: Visitor, member: Member, vase: Sku, javascript: bool, size: dict[str, int] | None
) -> None:
    page = visit(member, javascript=javascript, **({"viewport": size} if size else {}))
    page.fill("main [name=q]", "陶瓷")
    page.click("main .search button")
    page.click("text=双色釉手工陶瓷花瓶")
    page.check("input[value=" + vase.code + "]")
    page.fill("[name=quantity]", "2")
    page.click("text=立即兑换")
    expect(page.locator(".sums .total dd")).to_have_text("8,000")
    page.fill("[name=note]", "放前台")
    page.click("button:has-text('确认兑换')")
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()
    order = Order.objects.get()
    assert (order.points_total, order.note, order.member) == (12_000, "放前台", member)

    arrive(order)
    page.goto("/orders/")
    page.click(f"text={order.number}")
    expect(page.locator("#state")).to_have_text("礼品已送达")
    page.click("main .actions >> text=确认收货")
    page.click("button:has-text('确认收货')")
    expect(page.locator("#state")).to_have_text("您已确认收货")
    order.refresh_from_db()
    assert order.status == "signed"


@WITH_AND_WITHOUT
def test_three_clicks_make_one_order(visit: Visitor, member: Member, vase: Sku, javascript: bool) -> None:
    page = visit(member, javascript=javascript)
    page.goto(f"/gifts/vase/redeem/?sku={vase.code}&quantity=1")
    button = page.locator("button:has-text('确认兑换')")
    button.click(click_count=3, delay=5, no_wait_after=True)
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()
    assert Order.objects.count() == 1
    page.go_back()
    page.locator("button:has-text('确认兑换')").wait_for()


@WITH_AND_WITHOUT
def test_cancel_and_see_the_points_come_back(
    visit: Visitor, member: Member, vase: Sku, javascript: bool
) -> None:
    order = worlds.picking(member, (vase, 1))
    page = visit(member, javascript=javascript)
    page.goto(f"/orders/{order.number}/")
    page.click("text=取消订单")
    expect(page.locator(".sums")).to_contain_text("−300")
    expect(page.locator(".sums .total dd")).to_have_text("5,700")
    page.select_option("[name=reason]", "changed-mind")
    page.click("button:has-text('确认取消')")
    expect(page.locator("#state")).to_have_text("订单已取消")
    expect(page.locator(".status")).to_contain_text("已退回 5,700 积分")
    assert worlds.points_of(member) == (19_700, 0)


@WITH_AND_WITHOUT
def test_a_new_address_on_the_way_to_the_order(
    visit: Visitor, member: Member, vase: Sku, javascript: bool
) -> None:
    province = Region.objects.create(code="320000", name="江苏省")
    city = Region.objects.create(code="320500", name="苏州市", parent=province)
    Region.objects.create(code="320100", name="南京市", parent=province)
    Region.objects.create(code="320508", name="姑苏区", parent=city)
    Region.objects.create(code="320506", name="吴中区", parent=city)
    page = visit(member, javascript=javascript)
    page.goto(f"/gifts/vase/redeem/?sku={vase.code}&quantity=1")
    page.fill("[name=note]", "周末送")
    page.click("text=新增地址")
    page.fill("[name=recipient]", "王芳")
    page.fill("[name=phone]", "139 0000 1234")
    for name, label in (("province", "江苏省"), ("city", "苏州市"), ("county", "姑苏区")):
        page.select_option(f"[name={name}]", label=label)
        if not javascript and name != "county":
            page.click("[name=choose]")  # Playwright finds no words within noscript
    expect(page.locator("[name=county]")).to_have_value("320508")
    expect(page.locator("[name=recipient]")).to_have_value("王芳")
    page.fill("[name=detail]", "平江路 1 号")
    page.click("text=保存地址")
    expect(page.locator("label:has-text('王芳') input")).to_be_checked()
    expect(page.locator("[name=note]")).to_have_value("周末送")
    page.click("button:has-text('确认兑换')")
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()
    assert Order.objects.get().region_name == "江苏省苏州市姑苏区"


def test_a_session_that_ends_in_the_middle_comes_back_to_it(
    visit: Visitor, member: Member, vase: Sku
) -> None:
    page = visit(member)
    path = f"/gifts/vase/redeem/?sku={vase.code}&quantity=2"
    page.goto(path)
    page.context.clear_cookies(name="sessionid")
    page.click("button:has-text('确认兑换')")
    page.fill("[name=login]", member.number)
    page.fill("[name=password]", "well-kept-2026")
    page.click("main button")
    page.wait_for_url(f"**{path}")
    assert Order.objects.count() == 0
    page.click("button:has-text('确认兑换')")
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()


def test_the_whole_way_in_english(visit: Visitor, member: Member, vase: Sku) -> None:
    page = visit(member)
    page.click("header >> text=English")
    expect(page.locator("h1")).to_contain_text("Hello")
    page.click("main >> text=Two-glaze ceramic vase >> nth=0")
    page.click("button:has-text('Redeem')")
    expect(page.locator("h1")).to_have_text("Confirm and redeem")
    page.click("button:has-text('Redeem now')")
    expect(page.locator("h1:has-text('Done, it is yours')")).to_be_visible()
    chinese = re.compile("[\u4e00-\u9fff]")
    told = page.locator("main").inner_text()
    address = Order.objects.get()
    for theirs in (address.recipient, address.region_name, address.address_detail):
        told = told.replace(theirs, "")
    assert chinese.findall(told) == []
    page.click("header >> text=中文")
    expect(page.locator("#state")).to_have_text("兑换成功")


def test_the_order_page_follows_its_order(visit: Visitor, member: Member, vase: Sku) -> None:
    order = worlds.placed(member, (vase, 1))
    page = visit(member)
    page.clock.install()
    page.goto(f"/orders/{order.number}/")
    expect(page.locator("#state")).to_have_text("订单已确认")
    page.wait_for_function("window.htmx !== undefined")
    with page.expect_response("**/live/") as unchanged:
        page.clock.fast_forward(11_000)
    assert unchanged.value.status == 304
    orders.cancel_orders([worlds.move(order)])
    with page.expect_response("**/live/") as changed:
        page.clock.fast_forward(11_000)
    assert changed.value.status == 200
    expect(page.locator("#state")).to_have_text("订单已取消")


def test_the_keyboard_alone_redeems(visit: Visitor, member: Member, vase: Sku) -> None:
    page = visit(member, viewport=DESKTOP)
    page.goto("/gifts/vase/")

    def tab_to(text: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            name = page.evaluate(
                "document.activeElement.textContent.trim() || document.activeElement.name || ''"
            )
            if text in name:
                return
        raise AssertionError(f"the keyboard does not reach {text}")

    tab_to("跳到正文")
    tab_to("立即兑换")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("确认兑换")
    tab_to("确认兑换")
    page.keyboard.press("Enter")
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()
    assert Order.objects.count() == 1
