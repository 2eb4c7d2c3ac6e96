"""Orders that end early: cancelled less a fee, or expired."""

from __future__ import annotations

import pytest

from orders import services as orders
from orders.models import Refund, ReviewTask
from orders.services.cancelling import FeeChanged
from tests.orders.test_moving.states import LATER, MAKERS, awaiting_payment, everything_of, fresh
from tests.worlds import AT, grant, member, move, picking, placed, points_of, sku, stock_of, under_review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "back"),
    [("under_review", 199), ("awaiting_payment", 199), ("ready", 199), ("picking", 190), ("packed", 190)],
)
def test_cancel_gives_points_back_less_the_fee_and_stock_to_its_shelf(status: str, back: int) -> None:
    somebody, mug = member(points=199), sku(stock=5, price=199)
    order = MAKERS[status](somebody, (mug, 1))
    orders.cancel_orders([move(order, at=LATER, reason="changed my mind")])
    assert (points_of(somebody), stock_of(mug)) == ((back, 0), (5, 0))
    moved = fresh(order)
    assert (moved.ended_at, order.lines.get().cancelled, order.lines.get().shipped) == (LATER, 1, 0)
    assert order.events.get(kind="order.cancelled").data["points"] == back
    captured = status in ("ready", "picking", "packed")
    assert order.events.get(kind="order.cancelled").reason == "changed my mind"
    assert list(Refund.objects.values_list("reference", "points")) == (
        [(f"{order.number}/cancel", back)] if captured else []
    )
    assert moved.points_refunded == (back if captured else 0)


def test_cancel_splits_what_goes_back_over_the_lines() -> None:
    somebody = member(points=1000)
    order = picking(
        somebody, (sku(stock=5, price=33), 1), (sku(stock=5, price=33), 1), (sku(stock=5, price=34), 1)
    )
    orders.cancel_orders([move(order)])
    parts = list(order.lines.order_by("position").values_list("points_refunded", flat=True))
    assert (parts, sum(parts), fresh(order).points_refunded) == ([32, 31, 32], 95, 95)
    assert (
        list(Refund.objects.get().lines.order_by("line__position").values_list("points", flat=True)) == parts
    )


def test_cancel_gives_points_back_to_their_lots() -> None:
    somebody, mug = member(), sku(stock=5, price=150)
    grant(somebody, 100, days=5, reference="early")
    grant(somebody, 100, days=10, reference="late")
    order = placed(somebody, (mug, 1))
    orders.cancel_orders([move(order)])
    lots = somebody.account.lots.values_list("reference", "remaining", "held")
    assert list(lots) == [("early", 100, 0), ("late", 100, 0)]


def test_cancel_takes_an_order_off_the_reviewers_list() -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1))
    orders.cancel_orders([move(order, at=LATER, by="member:1")])
    task = ReviewTask.objects.get()
    assert (task.decision, task.decided_by, task.decided_at) == ("withdrawn", "member:1", LATER)


@pytest.mark.parametrize(("shown", "is_refused"), [(None, False), (9, False), (0, True), (10, True)])
def test_cancel_refuses_a_fee_that_was_not_shown(shown: int | None, is_refused: bool) -> None:
    order = picking(member(points=1000), (sku(stock=5, price=199), 1))
    before = everything_of(order)
    asked = orders.Move(order.pk, AT, "member:1", data={} if shown is None else {"fee": shown})
    if is_refused:
        with pytest.raises(FeeChanged) as refused:
            orders.cancel_orders([asked])
        assert (refused.value.detail, everything_of(order)) == ({"fee": 9}, before)
    else:
        orders.cancel_orders([asked])
        assert fresh(order).status == "cancelled"


def test_cancel_of_a_mixed_batch_gives_each_order_its_own() -> None:
    mug = sku(stock=9, price=100)
    one, two, three = (member(points=100) for _ in range(3))
    batch = [placed(one, (mug, 1)), picking(two, (mug, 1)), under_review(three, (mug, 1))]
    orders.cancel_orders([move(order) for order in reversed(batch)])
    assert [points_of(each) for each in (one, two, three)] == [(100, 0), (95, 0), (100, 0)]
    assert stock_of(mug) == (9, 0)


def test_expire_gives_everything_back() -> None:
    somebody, mug = member(points=100), sku(stock=5)
    order = awaiting_payment(somebody, (mug, 1))
    orders.expire_orders([move(order, at=LATER)])
    assert (points_of(somebody), stock_of(mug), fresh(order).ended_at) == ((100, 0), (5, 0), LATER)
    assert order.events.get(kind="order.expired").data == {"points": 100}
