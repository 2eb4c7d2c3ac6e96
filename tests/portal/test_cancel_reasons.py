"""Why a member cancels, chosen from a list: kept by its code, read in the language of whoever reads."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from inventory.models import Sku
from members import wording
from members.models import Member, Message
from orders import events
from orders import services as orders
from orders.models import CancelReason, Order, OrderEvent, Remark
from tests import worlds
from tests.api_clients import api_of
from tests.desk import operators
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=100_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


@pytest.fixture
def cancelled(member: Member, mug: Sku) -> Order:
    order = worlds.placed(member, (mug, 2))
    path = reverse("order-cancel", args=[order.number])
    assert english(member).post(path, {"fee": "0", "reason": "too-slow"}).status_code == 302
    return order


def ended(order: Order) -> OrderEvent:
    return order.events.get(kind="order.cancelled")


def chinese(member: Member) -> Client:
    client = english(member)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return client


def test_the_code_is_kept_and_no_words(cancelled: Order) -> None:
    assert ended(cancelled).data == {"fee": 0, "points": 1_000, "reason": "too-slow"}
    assert Remark.objects.count() == 0


def test_the_order_page_says_it_in_the_language_of_its_reader(cancelled: Order, member: Member) -> None:
    path = reverse("order", args=[cancelled.number])
    assert "It takes too long" in english(member).get(path).content.decode()
    page = chinese(member).get(path).content.decode()
    assert "等待时间太长" in page
    assert "It takes too long" not in page


def test_the_desk_says_it_in_the_language_of_its_reader(cancelled: Order) -> None:
    page = operators.page("orders_order", "change", cancelled.pk)
    assert "It takes too long" in operators.browser(name="li").get(page).content.decode()
    assert "等待时间太长" in operators.browser(name="ma", language="zh-hans").get(page).content.decode()


def test_the_api_tells_code_and_words(cancelled: Order, member: Member) -> None:
    told = api_of(member).get(f"orders/{cancelled.number}").json()["timeline"]
    assert [event["reason_code"] for event in told] == ["", "", "too-slow"]
    with override("zh-hans"):
        assert told[-1]["reason"] == str(CancelReason.TOO_SLOW.label) == "等待时间太长"


def test_what_a_message_says_of_it_is_in_its_members_language(cancelled: Order) -> None:
    events.deliver_waiting(at=NOW)
    message = Message.objects.get(template="order.cancelled", channel="inbox")
    for language, words in (("en", "It takes too long"), ("zh-hans", "等待时间太长")):
        with override(language):
            said = wording.filled(wording.Said("%(reason)s", ""), message.context)
        assert said.title == words


def test_a_member_who_rather_not_says_leaves_no_code(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    english(member).post(reverse("order-cancel", args=[order.number]), {"fee": "0", "reason": ""})
    assert "reason" not in ended(order).data
    assert ended(order).reason == ""


@pytest.mark.parametrize("reason", ["It takes too long", "=1+1", "x\x00", "9" * 10_000, "\u202etoo-slow"])
def test_a_reason_that_is_not_on_the_list_is_answered_beside_it(
    member: Member, mug: Sku, reason: str
) -> None:
    order = worlds.placed(member, (mug, 1))
    page = english(member).post(reverse("order-cancel", args=[order.number]), {"fee": "0", "reason": reason})
    assert list(page.context["form"].errors) == ["reason"]
    order.refresh_from_db()
    assert order.status == "ready"


def test_a_part_cancel_keeps_its_code_too(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 2))
    asked = {
        f"line-{order.lines.get().pk}": "1",
        "reason": "wrong-choice",
        "fee": "0",
        "key": str(uuid.uuid4()),
    }
    path = reverse("order-cancel-part", args=[order.number])
    assert english(member).post(path, asked).status_code == 302
    event = order.events.get(kind="order.units_cancelled")
    assert (event.reason_code, Remark.objects.count()) == ("wrong-choice", 0)


def test_words_of_before_read_as_they_were_written(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    orders.cancel_orders([worlds.move(order, reason="等待时间太长")])
    assert (ended(order).reason, ended(order).reason_code) == ("等待时间太长", "")
    assert "等待时间太长" in english(member).get(reverse("order", args=[order.number])).content.decode()


@pytest.mark.parametrize("stored", ["gone-from-the-list", 7, None, ["too-slow"]])
def test_a_code_that_is_not_known_any_more_says_nothing(stored: object) -> None:
    event = OrderEvent(kind="order.cancelled", data=json.loads(json.dumps({"reason": stored})))
    assert (event.reason_code, event.reason) == ("", "")
