"""Members in a real browser: signing in by phone, finding an order, asking for help, what is theirs to choose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.models import Complaint
from inventory.models import Sku
from members import services as members
from members.models import Member
from simulators.front import Front
from simulators.world import Choices, running
from tests import worlds
from tests.journeys.conftest import WINDOWS, Visitor, log_in_by_hand
from tests.portal.browsers import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
EVERY_WINDOW = pytest.mark.parametrize("window", WINDOWS)


@pytest.fixture
def outside(settings: Any) -> Iterator[Front]:
    """An SMS provider, which shows what a phone would get."""
    with running(Choices()) as front:
        front.clock.stand_at(NOW)
        settings.SMS_PROVIDER, settings.SMS_URL = "aliyun", f"{front.url}/aliyun-sms"
        yield front


@EVERY_WINDOW
def test_a_code_by_sms_signs_in(
    visit: Visitor, member: Member, outside: Front, window: dict[str, Any]
) -> None:
    page = visit(**window)
    page.goto("/points/")
    page.click("text=短信验证码")
    page.fill("[name=number]", member.phone)
    page.click("button:has-text('获取验证码')")
    expect(page.locator("[name=code]")).to_be_visible()
    members.deliver_messages(at=NOW, through=["sms"])
    phone = page.context.new_page()
    phone.goto(f"{outside.url}/sms.json?phone={member.phone}")
    (text,) = json.loads(phone.locator("body").inner_text())
    phone.close()
    page.fill("[name=code]", "000000" if text["values"][0] != "000000" else "111111")
    page.click("main form button:has-text('登录')")
    expect(page.locator(".error")).to_be_visible()
    page.fill("[name=code]", text["values"][0])
    page.click("main form button:has-text('登录')")
    page.wait_for_url("**/points/")
    expect(page.locator("main .balance b")).to_have_text("20,000")


@EVERY_WINDOW
def test_a_password_signs_in_and_out(visit: Visitor, member: Member, window: dict[str, Any]) -> None:
    page = visit(**window)
    page.goto("/orders/")
    log_in_by_hand(page, member)
    page.wait_for_url("**/orders/")
    page.goto("/me/")
    page.click("button:has-text('退出登录')")
    page.goto("/orders/")
    page.wait_for_url("**/log-in/**")


@EVERY_WINDOW
def test_an_order_is_found_by_half_its_gifts_name(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    wanted, other = worlds.placed(member, (vase, 1)), worlds.placed(member, (worlds.sku(stock=1), 1))
    page = visit(member, **window)
    page.goto("/orders/")
    expect(page.locator("li.order")).to_have_count(2)
    page.fill("main [name=q]", "陶瓷")
    page.click("main .search button")
    expect(page.locator("li.order")).to_have_count(1)
    expect(page.locator("li.order")).to_contain_text(wanted.number)
    page.fill("main [name=q]", other.number[-6:])
    page.click("main .search button")
    expect(page.locator("li.order")).to_contain_text(other.number)


@EVERY_WINDOW
def test_help_answers_and_hands_over_to_a_person(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.shipped(member, (vase, 1))
    page = visit(member, **window)
    page.goto("/help/")
    page.click("main a[href='/help/ask/']")
    page.fill("main [name=q]", "我的订单到哪了")
    page.click("main form .search button")
    expect(page.locator(".help-answers")).to_contain_text(order.number)
    page.fill("main [name=q]", "猫把箱子吃了怎么算")
    page.click("main form .search button")
    page.click("main .actions >> text=联系我们")
    expect(page.locator("[name=words]")).to_have_value("猫把箱子吃了怎么算")
    page.select_option("[name=category]", "delivery")
    page.select_option("[name=order]", order.number)
    page.click("main form button:has-text('提交')")
    filed = Complaint.objects.get()
    expect(page.locator("h1")).to_contain_text(filed.number)
    assert (filed.order, filed.words) == (order, "猫把箱子吃了怎么算")


@EVERY_WINDOW
def test_preferences_are_kept(visit: Visitor, member: Member, window: dict[str, Any]) -> None:
    page = visit(member, **window)
    page.goto("/me/")
    page.click("main a[href='/me/preferences/']")
    page.uncheck("[name=order-sms]")
    page.check("[name=quiet][value=night]")
    page.fill("[name=begins]", "23:00")
    page.fill("[name=ends]", "07:30")
    page.check("main [name=language][value=en]")
    page.click("main button.wide")
    expect(page.locator(".toast")).to_have_text("Your preferences are saved.")
    expect(page.locator("[name=order-sms]")).not_to_be_checked()
    expect(page.locator("[name=ends]")).to_have_value("07:30")
    page.fill("[name=ends]", "23:00")
    page.click("main button.wide")
    expect(page.locator("#id_ends_error")).to_be_visible()
    expect(page.locator("[name=ends]")).to_have_value("23:00")


@EVERY_WINDOW
def test_all_about_me_comes_as_one_file(
    visit: Visitor, member: Member, vase: Sku, window: dict[str, Any]
) -> None:
    order = worlds.placed(member, (vase, 1))
    page = visit(member, **window)
    page.goto("/me/data/")
    with page.expect_download() as coming:
        page.click("button:has-text('下载我的数据')")
    file = coming.value
    assert file.suggested_filename.endswith(".json")
    text = Path(file.path()).read_text(encoding="utf-8")
    assert (order.number in text, member.phone in text, isinstance(json.loads(text), dict)) == (True,) * 3
