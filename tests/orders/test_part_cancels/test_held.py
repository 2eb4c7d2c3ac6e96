"""Units cancelled while the points are only held: less is held, nothing comes back yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import services as people
from members.models import PointsTransaction
from orders import services as orders
from orders.models import ReviewTask
from tests.orders.test_changing import units_of
from tests.orders.test_part_cancels.parting import CLERK, awaiting_payment, cancel, fresh, tell
from tests.worlds import AT, grant, member, move, points_of, sku, stock_of, under_review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pays", [False, True])
def test_a_waiting_order_shrinks_for_free_and_its_points_are_no_longer_held(pays: bool) -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = under_review(somebody, (mug, 3), (tea, 2))
    if pays:
        order = awaiting_payment(order)
    before = order.status
    cancel(order, 1, 2)
    order = fresh(order)
    assert (order.status, order.points_refunded, order.points_cancelled) == (before, 200, 200)
    assert (units_of(order), points_of(somebody)) == ([(3, 1, 100), (2, 2, 100)], (800, 200))
    assert (stock_of(mug), stock_of(tea)) == ((9, 2), (9, 0))
    assert list(PointsTransaction.objects.filter(origin=order.number).values_list("kind", "reference")) == [
        ("release", f"{order.number}/part-{order.last_seq}")
    ]
    event = order.events.last()
    assert event is not None
    assert (event.data["points"], event.data["fee"], event.data["units"]) == (200, 0, {"1": 1, "2": 2})


def test_what_comes_back_of_a_hold_goes_to_the_lots_that_expire_last() -> None:
    somebody, mug = member(), sku(stock=9, price=100)
    for days, points in ((10, 120), (20, 130), (30, 500)):
        grant(somebody, points, days=days)
    order = under_review(somebody, (mug, 4))
    cancel(order, 2)
    assert list(somebody.account.lots.order_by("expires_at").values_list("remaining", "held")) == [
        (120, 120),
        (130, 80),
        (500, 0),
    ]
    cancel(order, 1, key="two")
    orders.approve([move(order)])
    lots = somebody.account.lots.order_by("expires_at")
    assert list(lots.values_list("remaining", "held")) == [(20, 0), (130, 0), (500, 0)]
    cancel(placed_again := fresh(order), 1, key="three")
    assert (fresh(placed_again).status, points_of(somebody)) == ("cancelled", (750, 0))


def test_points_of_a_lot_that_expired_meanwhile_come_back_for_the_grace_days() -> None:
    somebody, mug = member(), sku(stock=9, price=100)
    grant(somebody, 300, days=10, at=AT - timedelta(days=9, hours=23))
    order = under_review(somebody, (mug, 3), at=AT - timedelta(hours=2))
    tell()
    cancel(order, 1)
    (lot,) = somebody.account.lots.all()
    assert (lot.remaining, lot.held, lot.expires_at > AT) == (300, 200, True)


@pytest.mark.parametrize(
    ("ends", "points"), [("approve", (800, 0)), ("reject", (1_000, 0)), ("cancel", (1_000, 0))]
)
def test_a_shrunk_order_is_decided_on_what_is_left(ends: str, points: tuple[int, int]) -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    cancel(order, 1)
    deed = {"approve": orders.approve, "reject": orders.reject, "cancel": orders.cancel_orders}[ends]
    deed([move(order, reason="because")])
    order = fresh(order)
    assert points_of(somebody) == points
    event = order.events.last()
    assert event is not None
    assert event.data["points"] == 200
    if ends == "approve":
        cancel(order, 1, key="again")
        assert (points_of(somebody), fresh(order).points_refunded) == ((900, 0), 200)
    else:
        assert (units_of(order), stock_of(mug)) == ([(3, 3, 100)], (9, 0))


def test_the_last_unit_of_an_order_in_review_cancels_it() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    cancel(order, 1)
    cancel(order, 2, key="rest")
    cancel(order, 2, key="rest")
    assert (fresh(order).status, points_of(somebody)) == ("cancelled", (1_000, 0))
    assert ReviewTask.objects.get(order=order).decision == "withdrawn"


def test_no_more_is_released_than_is_held() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    more = people.PointsRefund(order.number, f"{order.number}/part-9", 301, AT, CLERK)
    with pytest.raises(people.RefundExceeds):
        people.release_part([more])
    orders.approve([move(order)])
    with pytest.raises(people.RefundExceeds):
        people.release_part([people.PointsRefund(order.number, f"{order.number}/part-9", 1, AT, CLERK)])
    assert points_of(somebody) == (700, 0)
