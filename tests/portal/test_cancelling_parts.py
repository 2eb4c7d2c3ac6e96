"""Taking single gifts out of an order on its page: the rule and the fee stand there before the member agrees."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from inventory.models import Sku
from logistics import services as logistics
from members.models import Member
from orders.models import Order
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db

RULES = {
    "under_review": "no longer held",
    "ready": "free as long as nobody has begun to pick",
    "picking": "costs 5 % of their points",
    "packed": "your parcel is opened and packed again",
}


@pytest.fixture
def member() -> Member:
    return worlds.member(points=100_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=99, price=500)


def order_in(status: str, member: Member, mug: Sku) -> Order:
    make: dict[str, Any] = {
        "under_review": worlds.under_review,
        "ready": worlds.placed,
        "picking": worlds.picking,
        "packed": worlds.packed,
        "shipped": worlds.shipped,
        "delivered": worlds.delivered,
    }
    order: Order = make[status](member, (mug, 4))
    assert order.status == status
    return order


def path_of(order: Order) -> str:
    return reverse("order-cancel-part", args=[order.number])


def agreed(page: str, name: str, quantity: str) -> dict[str, str]:
    """What the confirming form sends."""
    fields = dict(re.findall(r'name="(key|fee)" value="([^"]+)"', page))
    return {name: quantity, **fields}


@pytest.mark.parametrize("status", RULES)
def test_the_rule_and_the_fee_are_shown_before_the_click_that_agrees(
    status: str, member: Member, mug: Sku
) -> None:
    order = order_in(status, member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    assert f'href="{path_of(order)}"' in client.get(reverse("order", args=[order.number])).content.decode()
    assert RULES[status] in client.get(path_of(order)).content.decode()
    shown = client.get(path_of(order), {name: "2"})
    fee = 50 if status in ("picking", "packed") else 0
    page = shown.content.decode()
    assert (shown.context["fee"], shown.context["back"], RULES[status] in page) == (fee, 1_000 - fee, True)
    assert ("Fee (5 %)" in page) == bool(fee)
    for _ in range(2):  # clicked twice
        assert client.post(path_of(order), agreed(page, name, "2"))["Location"] == reverse(
            "order", args=[order.number]
        )
    assert (order.lines.get().cancelled, worlds.points_of(member)[0]) == (2, 100_000 - 2_000 + 1_000 - fee)
    told = client.get(reverse("order", args=[order.number])).content.decode()
    assert (f"{1_000 - fee:,} points came back, fee 50" in told) == bool(fee)
    assert ('<dt>Fee</dt><dd class="minus">−50</dd>' in told) == bool(fee)


def test_a_fee_that_came_meanwhile_is_shown_and_not_taken(member: Member, mug: Sku) -> None:
    order = order_in("ready", member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    sent = agreed(client.get(path_of(order), {name: "2"}).content.decode(), name, "2")
    logistics.start_picking([logistics.TaskMove(worlds.pick_task(order).pk, worlds.AT, "operator:wang")])
    refused = client.post(path_of(order), sent)
    page = refused.content.decode()
    assert (refused.status_code, refused.context["fee"], order.lines.get().cancelled) == (409, 50, 0)
    assert "Cancelling costs 50 points by now" in page
    assert client.post(path_of(order), agreed(page, name, "2")).status_code == 302
    assert worlds.points_of(member) == (98_950, 0)


def test_nothing_is_cancelled_without_the_fee_that_was_shown(member: Member, mug: Sku) -> None:
    order = order_in("picking", member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    for fee in ({}, {"fee": ""}, {"fee": "-1"}, {"fee": "x"}, {"fee": "9" * 30}):
        answer = client.post(path_of(order), {name: "1", "key": str(uuid.uuid4()), **fee})
        assert (answer.status_code in (200, 409, 422), order.lines.get().cancelled) == (True, 0)


def test_all_of_it_is_the_whole_order_and_says_so(member: Member, mug: Sku) -> None:
    order = order_in("packed", member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    page = client.get(path_of(order), {name: "4"}).content.decode()
    assert "the order is cancelled as a whole, less the fee" in page
    client.post(path_of(order), agreed(page, name, "4"))
    assert (Order.objects.get().status, worlds.points_of(member)) == ("cancelled", (99_900, 0))


@pytest.mark.parametrize(
    ("status", "way_out"),
    [("shipped", "Refuse it at the door"), ("delivered", "You can ask for a refund instead")],
)
def test_too_late_says_why_and_what_to_do_instead(
    status: str, way_out: str, member: Member, mug: Sku
) -> None:
    order = order_in(status, member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    assert way_out in client.get(path_of(order)).content.decode()
    sent = {name: "1", "key": str(uuid.uuid4()), "fee": "0"}
    answer = client.post(path_of(order), sent)
    assert (answer.status_code, order.lines.get().cancelled) == (409, 0)
    assert way_out in answer.content.decode()


def test_the_last_piece_is_cancelled_with_the_order(member: Member, mug: Sku) -> None:
    order = worlds.picking(member, (mug, 1))
    page = english(member).get(path_of(order)).content.decode()
    assert "only one piece left" in page
    assert f'href="{reverse("order-cancel", args=[order.number])}"' in page


def test_the_whole_cancel_counts_its_fee_on_what_is_left(member: Member, mug: Sku) -> None:
    order = order_in("picking", member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    client.post(path_of(order), agreed(client.get(path_of(order), {name: "2"}).content.decode(), name, "2"))
    shown = client.get(reverse("order-cancel", args=[order.number])).context
    assert (shown["points"], shown["fee"], shown["back"]) == (1_000, 50, 950)


def test_the_page_costs_few_statements(member: Member, mug: Sku, django_assert_num_queries: Any) -> None:
    order = order_in("packed", member, mug)
    name, client = f"line-{order.lines.get().pk}", english(member)
    client.get(path_of(order))
    with django_assert_num_queries(4):  # the session, the member, the order with its lines, its events
        client.get(path_of(order))
    with django_assert_num_queries(4):
        client.get(path_of(order), {name: "2"})
