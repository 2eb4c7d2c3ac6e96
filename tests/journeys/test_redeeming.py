"""Members in a real browser: from the shelf to the review, whatever happens to the click."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aftersales import services as aftersales
from aftersales.models import GiftReview, Survey
from inventory import services as inventory
from inventory.models import Gift, Sku
from members.models import Member, Region
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.aftersales.pictures import photo
from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, WINDOWS, Visitor, arrive
from tests.portal.browsers import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
EVERY_WINDOW = pytest.mark.parametrize("window", WINDOWS)
NO_SCRIPT_ON_A_DESK = pytest.param({"viewport": DESKTOP, "javascript": False}, id="desktop-no-js")


def placed(page: Page) -> Order:
    """Return the only order, once the page says that it was taken."""
    expect(page.locator("h1:has-text('兑换成功')")).to_be_visible()
    return Order.objects.get()


@pytest.mark.parametrize("window", [*WINDOWS, NO_SCRIPT_ON_A_DESK])
def test_from_the_shelf_to_the_review(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = visit(member, **window)
    page.goto("/")
    page.fill("main [name=q]", "陶瓷")
    page.click("main .search button")
    page.click("text=双色釉手工陶瓷花瓶")
    page.check(f"input[value={vase.code}]")
    page.fill("[name=quantity]", "2")
    page.click("text=立即兑换")
    expect(page.locator(".sums .total dd")).to_have_text("8,000")
    page.fill("[name=note]", "放前台")
    page.click("button:has-text('确认兑换')")
    order = placed(page)
    assert (order.points_total, order.note, order.member) == (12_000, "放前台", member)

    arrive(order)
    page.goto("/orders/")
    page.click(f"text={order.number}")
    expect(page.locator("#state")).to_have_text("礼品已送达")
    page.click("main .actions >> text=确认收货")
    page.click("button:has-text('确认收货')")
    assert Order.objects.get().status == "signed"

    page.check("[name=delivery][value='3']")
    page.check("[name=again][value=yes]")
    page.click("main form button:has-text('提交')")
    expect(page.locator("#survey")).to_be_visible()
    page.click("main .line >> text=评价")
    page.check("[name=stars][value='5']")
    page.fill("[name=words]", "釉色很好看")
    page.set_input_files(
        "[name=pictures]", {"name": "vase.jpg", "mimeType": "image/jpeg", "buffer": photo(size=(800, 400))}
    )
    page.click("button:has-text('提交评价')")
    expect(page.locator("main .stars-shown")).to_be_visible()
    said = GiftReview.objects.get()
    assert (said.stars, said.words, said.pictures.count()) == (5, "釉色很好看", 1)
    assert Survey.objects.get().delivery == 3

    aftersales.show_review(said.pk, at=NOW, by="operator:lin")
    page.goto("/gifts/vase/")
    if window.get("javascript", True):
        page.locator("#reviews").scroll_into_view_if_needed()
    else:
        page.click("#reviews a")
    expect(page.locator(".review-list .words")).to_have_text("釉色很好看")


# --- The click


@EVERY_WINDOW
def test_three_clicks_make_one_order(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    page = visit(member, **window)
    page.goto(f"/gifts/vase/redeem/?sku={vase.code}&quantity=1")
    button = page.locator("button:has-text('确认兑换')")
    button.click(click_count=3, delay=5, no_wait_after=True)
    placed(page)
    page.go_back()
    page.locator("button:has-text('确认兑换')").wait_for()
    assert Order.objects.count() == 1


@EVERY_WINDOW
def test_back_and_once_more_never_repeats_the_same_order(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    page = visit(member, **window)
    page.goto(f"/gifts/vase/redeem/?sku={vase.code}&quantity=1")
    before = page.input_value("[name=request_id]")
    page.click("button:has-text('确认兑换')")
    first = placed(page)
    page.go_back()
    page.locator("button:has-text('确认兑换')").wait_for()
    # The page is stored nowhere, so going back asks for it anew: what one has left, and a click of its own.
    expect(page.locator(".sums div:first-child dd")).to_have_text("14,000")
    assert page.input_value("[name=request_id]") != before
    page.go_forward()
    expect(page.locator(f"text={first.number}")).to_be_visible()
    assert Order.objects.count() == 1


@EVERY_WINDOW
def test_a_session_that_ends_in_the_middle_comes_back_to_it(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    member.user.set_password(PASSWORD)
    member.user.save()
    page = visit(member, **window)
    path = f"/gifts/vase/redeem/?sku={vase.code}&quantity=2"
    page.goto(path)
    page.fill("[name=note]", "周末送")
    page.context.clear_cookies(name="sessionid")
    page.click("button:has-text('确认兑换')")
    page.fill("[name=login]", member.number)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"**{path}")
    expect(page.locator("[name=note]")).to_have_value("周末送")
    assert Order.objects.count() == 0
    page.click("button:has-text('确认兑换')")
    assert placed(page).note == "周末送"


# --- The cart, addresses, codes


@EVERY_WINDOW
def test_several_gifts_become_one_order(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    mug = worlds.sku(stock=9, price=500)
    page = visit(member, **window)
    for sku, quantity in ((vase, "1"), (mug, "2")):
        page.goto(f"/gifts/{sku.gift.code}/")
        page.fill("[name=quantity]", quantity)
        page.click("button.to-cart")
        expect(page.locator("main .notice.good")).to_be_visible()
    page.click("header .to-cart")
    expect(page.locator(".cart-line")).to_have_count(2)
    expect(page.locator(".sums .total dd")).to_have_text("7,000")
    page.fill(f"[name=quantity-{mug.code}]", "3")
    page.keyboard.press("Enter")  # with JavaScript the cart follows by itself, without it the form is sent
    expect(page.locator(".sums .total dd")).to_have_text("7,500")
    page.click("button[name=redeem]")
    page.click("button:has-text('确认兑换')")
    order = placed(page)
    assert set(order.lines.values_list("sku_code", "quantity")) == {(vase.code, 1), (mug.code, 3)}


@pytest.fixture
def suzhou() -> None:
    """Regions to choose from: two cities, and two counties in one of them."""
    province = Region.objects.create(code="320000", name="江苏省")
    city = Region.objects.create(code="320500", name="苏州市", parent=province)
    Region.objects.create(code="320100", name="南京市", parent=province)
    Region.objects.create(code="320508", name="姑苏区", parent=city)
    Region.objects.create(code="320506", name="吴中区", parent=city)


@EVERY_WINDOW
def test_a_new_address_on_the_way_to_the_order(
    visit: Visitor, member: Member, vase: Sku, suzhou: None, window: dict[str, Any]
) -> None:
    has_script = window.get("javascript", True)
    page = visit(member, **window)
    page.goto(f"/gifts/vase/redeem/?sku={vase.code}&quantity=1")
    page.fill("[name=note]", "周末送")
    page.click("text=新增地址")
    page.fill("[name=recipient]", "王芳")
    page.fill("[name=phone]", "139 0000 1234")
    for name, label in (("province", "江苏省"), ("city", "苏州市"), ("county", "姑苏区")):
        page.select_option(f"[name={name}]", label=label)
        if not has_script and name != "county":
            page.click("[name=choose]")  # Playwright finds no words within noscript
    expect(page.locator("[name=county]")).to_have_value("320508")
    expect(page.locator("[name=recipient]")).to_have_value("王芳")
    page.fill("[name=detail]", "平江路 1 号")
    page.click("text=保存地址")
    expect(page.locator("label:has-text('王芳') input")).to_be_checked()
    expect(page.locator("[name=note]")).to_have_value("周末送")
    page.click("button:has-text('确认兑换')")
    assert placed(page).region_name == "江苏省苏州市姑苏区"


@EVERY_WINDOW
def test_a_pasted_address_fills_in_the_form(
    visit: Visitor, member: Member, vase: Sku, suzhou: None, window: dict[str, Any]
) -> None:
    page = visit(member, **window)
    page.goto("/me/addresses/new/")
    page.fill("[name=pasted]", "收货人：李伟，电话 13900005678，江苏省苏州市姑苏区平江路 18 号 2 楼")
    page.click("button:has-text('识别并填写')")
    filled = {name: page.input_value(f"[name={name}]") for name in ("recipient", "phone", "county", "detail")}
    assert filled == {
        "recipient": "李伟", "phone": "13900005678", "county": "320508", "detail": "平江路18号2楼",
    }  # fmt: skip
    page.click("text=保存地址")
    expect(page.locator(".address-list")).to_contain_text("江苏省苏州市姑苏区 平江路18号2楼")


@EVERY_WINDOW
def test_a_virtual_gift_shows_its_code(visit: Visitor, member: Member, window: dict[str, Any]) -> None:
    card = worlds.sku(price=1_000)
    Gift.objects.filter(pk=card.gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)
    inventory.add_codes(card.code, ["MUSIC-2026-0001"], batch="b", at=NOW, by="operator:lin")
    page = visit(member, **window)
    page.goto(f"/gifts/{card.gift.code}/")
    page.click("text=立即兑换")
    expect(page.locator("[name=address]")).to_have_count(0)
    page.click("button:has-text('确认兑换')")
    order = placed(page)
    orders.issue_codes(at=NOW)
    page.goto(f"/orders/{order.number}/")
    page.click("text=查看兑换码")
    expect(page.locator("main")).not_to_contain_text("MUSIC")
    page.click("button:has-text('显示兑换码')")
    expect(page.locator("main code")).to_have_text("MUSIC-2026-0001")


# --- Languages, live pages, the keyboard


@EVERY_WINDOW
def test_the_whole_way_in_english(visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]) -> None:
    page = visit(member, **window)
    page.goto("/")
    page.click("header >> text=English")
    expect(page.locator("h1")).to_contain_text("Hello")
    page.click("main >> text=Two-glaze ceramic vase >> nth=0")
    page.click("button:has-text('Redeem')")
    expect(page.locator("h1")).to_have_text("Confirm and redeem")
    page.click("button:has-text('Redeem now')")
    expect(page.locator("h1:has-text('Done, it is yours')")).to_be_visible()
    order, told = Order.objects.get(), page.locator("main").inner_text()
    for theirs in (order.recipient, order.region_name, order.address_detail):
        told = told.replace(theirs, "")
    assert re.findall("[\u4e00-\u9fff]", told) == []
    page.click("header >> text=中文")
    expect(page.locator("#state")).to_have_text("兑换成功")


def test_the_page_after_the_click_turns_by_itself(visit: Visitor, member: Member, vase: Sku) -> None:
    order = worlds.under_review(member, (vase, 1))
    page = visit(member)
    page.clock.install()
    page.goto(f"/orders/{order.number}/placed/")
    expect(page.locator(".ticks .done")).to_have_count(1)
    page.wait_for_function("window.htmx !== undefined")
    orders.approve([worlds.move(order)])
    with page.expect_response("**/placed/live/"):
        page.clock.fast_forward(6_000)
    expect(page.locator(".ticks .done")).to_have_count(3)


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


# The focus is seen by an outline of its own, or by the one that the label around a radio button or a star has.
SEEN = """() => [document.activeElement, document.activeElement.closest("label")].filter(Boolean).some(one =>
    ["", "::after"].some(part => {
        const style = getComputedStyle(one, part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    }))"""
NAMED = "document.activeElement.textContent.trim() || document.activeElement.name || ''"


def tab_to(page: Page, text: str) -> None:
    """Press Tab until something of that name has the focus; each focus on the way must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(NAMED)
        assert page.evaluate(SEEN), f"nobody sees that {name!r} has the focus"
        if text in name:
            return
    raise AssertionError(f"the keyboard does not reach {text}")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_the_keyboard_alone_redeems(
    visit: Visitor, member: Member, vase: Sku, size: dict[str, int], javascript: bool
) -> None:
    worlds.address(member)
    page = visit(member, viewport=size, javascript=javascript)
    page.goto("/")
    tab_to(page, "跳到正文")
    page.keyboard.press("Enter")
    tab_to(page, "双色釉手工陶瓷花瓶")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gifts/vase/")
    tab_to(page, "sku")
    page.keyboard.press("ArrowDown")
    tab_to(page, "quantity")
    page.keyboard.press("ArrowUp")
    tab_to(page, "立即兑换")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("确认兑换")
    expect(page.locator(".sums .total dd")).to_contain_text("2,000")
    tab_to(page, "address")
    page.keyboard.press("ArrowDown")
    tab_to(page, "note")
    page.keyboard.type("keys")
    tab_to(page, "确认兑换")
    page.keyboard.press("Space")
    order = placed(page)
    assert (order.note, order.points_total) == ("keys", 18_000)
