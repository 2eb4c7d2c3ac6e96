"""Placing one order: what is written, what is held, and what a refusal leaves unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.refusals import Refusal
from inventory.models import Reservation, StockMovement
from members import services as members
from members.models import Member, PointsTransaction, User
from orders import services as orders
from orders.models import Order, OrderEvent, OrderLine, RedemptionRule, ReviewRule, ReviewTask
from orders.rules.deadlines import deadline
from orders.rules.numbers import is_number
from tests.api_clients import everything
from tests.worlds import AT, grant, member, placed, points_of, sku, stock_of, under_review, wish

pytestmark = pytest.mark.django_db


def test_place_order_writes_the_order_as_it_was_asked_for() -> None:
    somebody, mug, lamp = member(points=1000), sku(stock=5, price=200), sku(stock=5, price=50)
    request = wish(somebody, (mug, 2), (lamp, 1), channel="bank", external_ref="B-1", note="请小心")

    answer = orders.place_order(request)

    order = Order.objects.get()
    home = somebody.addresses.get()
    assert is_number(order.number)
    assert {
        name: getattr(order, name) for name in Order._meta.get_field("id").model.__dict__ if name in WRITTEN
    } == {
        "number": answer.number,
        "member_id": somebody.pk,
        "status": "ready",
        "channel": "bank",
        "external_ref": "B-1",
        "requested_by": request.requested_by,
        "request_id": request.request_id,
        "request_digest": request.digest,
        "points_total": 450,
        "cash_total": 0,
        "points_refunded": 0,
        "address_id": home.pk,
        "recipient": home.recipient,
        "recipient_phone": home.phone,
        "region_code": "310104",
        "region_name": "上海市徐汇区",
        "address_detail": home.detail,
        "note": "请小心",
        "placed_at": AT,
        "entered_at": AT,
        "deadline_at": deadline("ready", AT),
        "ready_at": AT,
        "ended_at": None,
        "open_cases": 0,
        "last_seq": 2,
    }
    lines = OrderLine.objects.values_list(
        "position", "sku_code", "name", "name_en", "quantity", "unit_points", "member"
    )
    assert list(lines) == [
        (1, mug.code, mug.gift.name, mug.gift.name_en, 2, 200, somebody.pk),
        (2, lamp.code, lamp.gift.name, lamp.gift.name_en, 1, 50, somebody.pk),
    ]
    assert list(
        order.events.values_list("seq", "kind", "from_status", "to_status", "by", "delivered_at")
    ) == [
        (1, "order.placed", "", "created", request.by, None),
        (2, "order.confirmed", "created", "ready", request.by, None),
    ]
    assert (points_of(somebody), stock_of(mug), stock_of(lamp)) == ((550, 0), (5, 2), (5, 1))
    assert sorted(Reservation.objects.values_list("reference", "quantity", "ended_at")) == [
        (f"{order.number}/1", 2, None),
        (f"{order.number}/2", 1, None),
    ]


WRITTEN = {
    *(
        "number",
        "member_id",
        "status",
        "channel",
        "external_ref",
        "requested_by",
        "request_id",
        "request_digest",
    ),
    *(
        "points_total",
        "cash_total",
        "points_refunded",
        "address_id",
        "recipient",
        "recipient_phone",
        "region_code",
    ),
    *(
        "region_name",
        "address_detail",
        "note",
        "placed_at",
        "entered_at",
        "deadline_at",
        "ready_at",
        "ended_at",
    ),
    *("open_cases", "last_seq"),
}


def test_place_order_answers_with_a_receipt() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    answer = orders.place_order(wish(somebody, (mug, 2)))
    assert answer.receipt() == {
        "number": Order.objects.get().number,
        "status": "ready",
        "placed_at": "2026-11-02T02:00:00Z",
        "points_total": 400,
        "cash_total": 0,
        "lines": [{"sku": mug.code, "name": mug.gift.name, "quantity": 2, "unit_points": 200}],
    }


def test_place_order_holds_the_points_of_an_order_that_somebody_looks_at() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 1))
    assert (order.status, order.ready_at, order.deadline_at) == (
        "under_review",
        None,
        deadline("under_review", AT),
    )
    assert (points_of(somebody), stock_of(mug)) == ((800, 200), (5, 1))
    task = ReviewTask.objects.get(order=order)
    assert (task.hits, task.due_at, task.decision) == (["high_value"], order.deadline_at, "")
    assert list(order.events.values_list("kind", "data")) == [
        ("order.placed", {}),
        ("order.sent_to_review", {"hits": ["high_value"]}),
    ]


def test_place_order_of_the_past_is_delivered_already_and_judged_by_nobody() -> None:
    RedemptionRule.objects.create(kind="max_per_order", quantity=0)
    ReviewRule.objects.create(kind="high_value", points_from=1)
    order = placed(member(points=100), (sku(stock=5), 1), is_history=True, past_prices=(7,))
    assert (order.status, order.points_total) == ("ready", 7)
    assert set(order.events.values_list("delivered_at", flat=True)) == {AT}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("out_of_stock", {"quantity": 6}),
        ("insufficient_points", {"quantity": 5}),
        ("unknown_sku", {"lines": (orders.LineWish("NONE", 1),)}),
        ("price_changed", {"expected_points": 299}),
        ("invalid", {"lines": ()}),
        ("unauthenticated", {"token_epoch": 9}),
        ("member_not_active", {"member_id": 0}),
        ("address_invalid", {"address_id": 0}),
    ],
)
def test_place_order_refuses_and_changes_nothing(code: str, fields: dict[str, Any]) -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=300)
    quantity = int(str(fields.pop("quantity", 1)))
    before = everything()
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, quantity), **fields))
    assert (refused.value.code, everything(), points_of(somebody), stock_of(mug)) == (
        code,
        before,
        (1000, 0),
        (5, 0),
    )


@pytest.mark.parametrize("change", ["frozen", "inactive"])
def test_place_order_refuses_a_member_who_may_not(change: str) -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    if change == "frozen":
        Member.objects.filter(pk=somebody.pk).update(status="frozen")
    else:
        User.objects.filter(pk=somebody.user_id).update(is_active=False)
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, 1)))
    assert refused.value.code == "member_not_active"


def test_place_order_takes_points_of_the_lot_that_expires_first() -> None:
    somebody = member(points=1000)
    grant(somebody, 100, days=3, reference="early")
    order = placed(somebody, (sku(stock=5, price=150), 1))
    postings = PointsTransaction.objects.get(kind="capture", reference=order.number).postings
    held = postings.filter(bucket="held").order_by("pk").values_list("lot__reference", "amount")
    assert [amount for _lot, amount in held] == [-100, -50]
    assert held[0][0] == "early"


def test_place_order_is_no_place_for_an_address_that_was_retired() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    request = wish(somebody, (mug, 1))
    members.retire_address(somebody.pk, somebody.addresses.get().pk, at=AT)
    with pytest.raises(Refusal) as refused:
        orders.place_order(request)
    assert (
        refused.value.code,
        OrderEvent.objects.count(),
        StockMovement.objects.filter(kind="reserved").count(),
    ) == (
        "address_invalid",
        0,
        0,
    )
