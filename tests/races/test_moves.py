"""Two people (or the clock) move one order at the same moment; and each guard of them taken away."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from logistics import services as logistics
from members.models import PointsAccount, PointsLot, PointsTransaction
from orders import services as orders
from orders.models import Order, OrderEvent, OrderLine, Refund
from orders.services import moving
from tests.races.racing import (
    Guard,
    Guards,
    Meeting,
    Work,
    constraints,
    each_alone,
    earlier_refunds,
    race,
    row_locks,
    tally,
    trigger,
    unique,
)
from tests.worlds import delivered, member, move, packed, placed, points_of, sku, stock_of, under_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

EDGES = trigger(Order, "status_moves_along_edges")
SEQUENCE = constraints((OrderEvent, "events_are_numbered_per_order"))
HELD_CHECK = constraints(
    (PointsAccount, "held_points_are_not_negative"), (PointsLot, "lot_held_within_remaining_within_issued")
)
UNITS_CHECK = constraints((OrderLine, "shipped_and_cancelled_within_quantity"))
ONCE = constraints((PointsTransaction, "one_points_transaction_per_reference"))


def together(patch: pytest.MonkeyPatch, *works: Work) -> Counter[str]:
    """Run moves of one order at once; each has decided before any of them writes."""
    meeting = Meeting(len(works))
    meeting.before(patch, moving._SAVE, "change")
    return tally(race(*works, meeting=meeting))


def kinds(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("kind", flat=True))


# --- Confirmed twice


def confirmed_twice(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    somebody = member(points=100)
    order = delivered(somebody, (sku(stock=1), 1))
    confirm = partial(orders.confirm_receipt, [move(order)])
    outcomes = together(patch, confirm, confirm)
    return outcomes, kinds(order).count("order.signed")


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_confirm_receipt_happens_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert confirmed_twice(monkeypatch) == (Counter(done=1, transition_not_allowed=1), 1)


def test_confirm_receipt_happens_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE)
    assert confirmed_twice(monkeypatch) == (Counter(done=2), 2)


# --- Cancelled while it ships


def cancelled_while_it_ships(patch: pytest.MonkeyPatch) -> tuple[object, ...]:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = packed(somebody, (mug, 1))
    ship, cancel = partial(logistics.ship, [move(order)]), partial(orders.cancel_orders, [move(order)])
    outcomes = together(patch, ship, cancel)
    order.refresh_from_db()
    return outcomes, order.status, kinds(order)[4:], points_of(somebody), stock_of(mug)


ONE_OF_TWO = Counter(done=1, transition_not_allowed=1)
SHIPPED_OR_CANCELLED = (
    (ONE_OF_TWO, "shipped", ["order.shipped"], (800, 0), (4, 0)),
    (ONE_OF_TWO, "cancelled", ["order.cancelled"], (990, 0), (5, 0)),
)


@pytest.mark.parametrize("off", each_alone(row_locks, EDGES, SEQUENCE))
def test_cancel_and_ship_exclude_each_other(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_it_ships(monkeypatch) in SHIPPED_OR_CANCELLED


def test_cancel_and_ship_both_happen_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, EDGES, SEQUENCE, UNITS_CHECK)
    outcomes, _status, events, points, _stock = cancelled_while_it_ships(monkeypatch)
    assert (outcomes, sorted(events), points) == (  # type: ignore[call-overload]
        Counter(done=2),
        ["order.cancelled", "order.shipped"],
        (990, 0),
    )


# --- Cancelled twice


def cancelled_twice(patch: pytest.MonkeyPatch) -> tuple[object, ...]:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = placed(somebody, (mug, 1))
    cancel = partial(orders.cancel_orders, [move(order)])
    outcomes = together(patch, cancel, cancel)
    return outcomes, points_of(somebody), stock_of(mug), order.refunds.count()


LOT_CHECK = constraints((PointsLot, "lot_held_within_remaining_within_issued"))


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_cancel_happens_once(guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(*off)
    assert cancelled_twice(monkeypatch) == (ONE_OF_TWO, (1000, 0), (5, 0), 1)


def test_cancel_happens_twice_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, SEQUENCE, LOT_CHECK, ONCE, earlier_refunds, unique(Refund, "reference"))
    assert cancelled_twice(monkeypatch) == (Counter(done=2), (1200, 0), (5, 0), 2)


# --- Approved twice, approved while it is cancelled


def approved_twice(patch: pytest.MonkeyPatch) -> tuple[object, ...]:
    somebody = member(points=1000)
    order = under_review(somebody, (sku(stock=5, price=200), 1))
    one, other = move(order, by="operator:lin"), move(order, by="operator:wang")
    outcomes = together(patch, partial(orders.approve, [one]), partial(orders.approve, [other]))
    captures = PointsTransaction.objects.filter(kind="capture", reference=order.number).count()
    return outcomes, captures, points_of(somebody)


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE, HELD_CHECK, ONCE))
def test_approve_captures_the_points_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert approved_twice(monkeypatch) == (ONE_OF_TWO, 1, (800, 0))


def test_approve_captures_the_points_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, HELD_CHECK, ONCE)
    assert approved_twice(monkeypatch) == (Counter(done=2), 2, (800, -200))


def approved_while_it_is_cancelled(patch: pytest.MonkeyPatch) -> tuple[object, ...]:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 1))
    approve, cancel = partial(orders.approve, [move(order)]), partial(orders.cancel_orders, [move(order)])
    outcomes = together(patch, approve, cancel)
    order.refresh_from_db()
    return outcomes, order.status, kinds(order)[2:], points_of(somebody), stock_of(mug)


CANCELLED_EITHER_WAY = (
    (ONE_OF_TWO, "cancelled", ["order.cancelled"], (1000, 0), (5, 0)),
    (Counter(done=2), "cancelled", ["order.approved", "order.cancelled"], (1000, 0), (5, 0)),
)


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE, HELD_CHECK))
def test_approve_and_cancel_leave_the_points_whole(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert approved_while_it_is_cancelled(monkeypatch) in CANCELLED_EITHER_WAY


def test_approve_and_cancel_take_held_points_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, HELD_CHECK, EDGES)
    outcomes, _status, _events, points, _stock = approved_while_it_is_cancelled(monkeypatch)
    assert (outcomes, points) == (Counter(done=2), (1000, -200))
