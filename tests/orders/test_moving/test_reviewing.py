"""Orders that a person looks at: approved, rejected, never by whoever placed them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orders import services as orders
from orders.models import ReviewTask
from tests.orders.test_moving.states import LATER, awaiting_payment, everything_of, fresh, last_event
from tests.worlds import member, move, points_of, sku, stock_of, under_review

pytestmark = pytest.mark.django_db


def test_approve_captures_the_points_and_notes_who_decided() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 1))
    orders.approve([move(order, at=LATER, reason="known customer")])
    task = ReviewTask.objects.get()
    assert (points_of(somebody), stock_of(mug), fresh(order).ready_at) == ((800, 0), (5, 1), LATER)
    assert (task.decision, task.decided_by, task.decided_at, task.reason) == (
        "approved",
        "operator:lin",
        LATER,
        "known customer",
    )


def test_reject_gives_everything_back_and_tells_why() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 2))
    orders.reject([move(order, at=LATER, reason="strange")])
    assert (points_of(somebody), stock_of(mug), fresh(order).ended_at) == ((1000, 0), (5, 0), LATER)
    assert last_event(order)[1:] == ("order.rejected", "under_review", "rejected", "operator:lin", "strange")
    assert (order.lines.get().cancelled, ReviewTask.objects.get().decision) == (2, "rejected")


@pytest.mark.parametrize("reason", ["", "  "])
def test_reject_needs_a_reason(reason: str) -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1))
    before = everything_of(order)
    with pytest.raises(orders.ReasonRequired):
        orders.reject([move(order, reason=reason)])
    assert everything_of(order) == before


@pytest.mark.parametrize("verb", [orders.approve, orders.reject])
def test_nobody_reviews_an_order_of_their_own(verb: Callable[[list[orders.Move]], object]) -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1), requested_by="operator:lin")
    before = everything_of(order)
    with pytest.raises(orders.OwnOrder):
        verb([move(order, by="operator:lin", reason="mine")])
    assert everything_of(order) == before


def test_approve_is_no_way_around_a_payment() -> None:
    order = awaiting_payment(member(points=1000), (sku(stock=5), 1))
    before = everything_of(order)
    with pytest.raises(orders.TransitionRefused):
        orders.approve([move(order)])
    assert everything_of(order) == before
