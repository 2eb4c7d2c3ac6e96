"""Refunds of one order at the same moment, and against what else may happen to it; and each guard taken away."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from aftersales import services as aftersales
from aftersales.models import ReturnRequest
from inventory.models import StockMovement
from members.models import PointsLot
from orders import services as orders
from orders.models import Order, OrderEvent
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
from tests.worlds import AT, delivered, member, move, points_of, signed, sku, stock_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

SEQUENCE = constraints((OrderEvent, "events_are_numbered_per_order"))
LOT_CHECK = constraints((PointsLot, "lot_held_within_remaining_within_issued"))
EDGES = trigger(Order, "status_moves_along_edges")
RETURNED_ONCE = constraints((StockMovement, "one_movement_per_reference_and_kind"))
CASES_CHECK = constraints((Order, "orders_order_open_cases_check"))
ONE_REQUEST = constraints((ReturnRequest, "one_open_refund_request_per_order"))


def together(patch: pytest.MonkeyPatch, *works: Work) -> Counter[str]:
    """Run works at once; each has decided before any of them writes to the order."""
    meeting = Meeting(len(works))
    meeting.before(patch, moving._SAVE, "change")
    return tally(race(*works, meeting=meeting))


# --- Two refunds of two units each, of three


def refunded_in_parallel(patch: pytest.MonkeyPatch) -> tuple[int, tuple[int, int], int]:
    somebody = member(points=300)
    order = delivered(somebody, (sku(stock=3, price=100), 3))
    line = order.lines.get()
    works = [
        partial(
            orders.refund_lines,
            order.pk,
            [orders.LineReturn(line.pk, 2)],
            reference=f"{order.number}-R{n}",
            reason="broken",
            at=AT,
            by="operator:lin",
        )
        for n in (1, 2)
    ]
    outcomes = together(patch, *works)
    return outcomes["done"], points_of(somebody), order.refunds.count()


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE, LOT_CHECK, earlier_refunds))
def test_refund_lines_gives_back_no_more_than_was_paid(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert refunded_in_parallel(monkeypatch) == (1, (200, 0), 1)


def test_refund_lines_gives_back_more_than_was_paid_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, LOT_CHECK, earlier_refunds)
    assert refunded_in_parallel(monkeypatch) == (2, (400, 0), 2)


# --- Two requests for one order


def requested_twice(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    order = delivered(member(points=100), (sku(stock=1, price=100), 1))
    ask = partial(aftersales.request_refund, order.pk, None, reason="broken", at=AT, by="member:1")
    return together(patch, ask, ask), order.return_requests.count()


@pytest.mark.parametrize("off", each_alone(row_locks, ONE_REQUEST, SEQUENCE, unique(ReturnRequest, "number")))
def test_request_refund_opens_one_request(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert requested_twice(monkeypatch) == (Counter(done=1, refund_request_open=1), 1)


def test_request_refund_opens_two_requests_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, ONE_REQUEST, SEQUENCE, unique(ReturnRequest, "number"))
    assert requested_twice(monkeypatch) == (Counter(done=2), 2)


# --- One request, approved by two operators, or approved while the member takes it back


def decided_twice(patch: pytest.MonkeyPatch, *, is_withdrawn: bool) -> tuple[object, ...]:
    """Approve a request twice; or withdraw it when it has been read by the operator and nothing is written yet."""
    somebody, mug = member(points=1000), sku(stock=5, price=100)
    order = delivered(somebody, (mug, 2))
    by = f"member:{somebody.number}"
    request = aftersales.request_refund(order.pk, None, reason="broken", at=AT, by=by)
    approve = partial(aftersales.approve_refund, request.pk, {}, at=AT, by="operator:lin")
    withdraw = partial(aftersales.withdraw_refund, request.pk, at=AT, by=by)
    if is_withdrawn:
        meeting = Meeting(2)
        meeting.before(patch, orders, "refund_lines")
        outcomes = tally(race(approve, withdraw, meeting=meeting))
    else:
        outcomes = together(patch, approve, approve)
    request.refresh_from_db()
    order.refresh_from_db()
    return outcomes, request.status, points_of(somebody), stock_of(mug), order.open_cases


ONE_DECISION = Counter(done=1, refund_request_decided=1)
REFUNDED = (ONE_DECISION, "refunded", (1000, 0), (5, 0), 0)
WITHDRAWN = (ONE_DECISION, "withdrawn", (800, 0), (3, 0), 0)


@pytest.mark.parametrize("off", each_alone(row_locks, RETURNED_ONCE, CASES_CHECK))
def test_approve_refund_pays_and_restocks_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert decided_twice(monkeypatch, is_withdrawn=False) == REFUNDED


def test_approve_refund_restocks_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, RETURNED_ONCE, CASES_CHECK)
    # The points still go back once: a refund is known by its reference.
    twice = (Counter(done=2), "refunded", (1000, 0), (7, 0), -1)
    assert decided_twice(monkeypatch, is_withdrawn=False) == twice


@pytest.mark.parametrize("off", each_alone(row_locks, CASES_CHECK))
def test_approve_and_withdraw_exclude_each_other(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert decided_twice(monkeypatch, is_withdrawn=True) in (REFUNDED, WITHDRAWN)


def test_approve_and_withdraw_both_happen_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, CASES_CHECK)
    both = (Counter(done=2), "refunded", (1000, 0), (5, 0), -1)
    assert decided_twice(monkeypatch, is_withdrawn=True) == both


# --- Asked for while the clock closes the order


def asked_while_it_closes(patch: pytest.MonkeyPatch) -> tuple[Counter[str], str, int]:
    order = signed(member(points=100), (sku(stock=1, price=100), 1))
    ask = partial(aftersales.request_refund, order.pk, None, reason="broken", at=AT, by="member:1")
    outcomes = together(patch, ask, partial(orders.close_orders, [move(order, by="clock")]))
    order.refresh_from_db()
    return outcomes, order.status, order.open_cases


CLOSED_OR_ASKED = (
    (Counter(done=1, case_open=1), "signed", 1),
    (Counter(done=1, not_delivered=1), "closed", 0),
)


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_request_and_close_exclude_each_other(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert asked_while_it_closes(monkeypatch) in CLOSED_OR_ASKED


def test_request_and_close_both_happen_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, EDGES)
    outcomes, _status, _cases = asked_while_it_closes(monkeypatch)
    assert outcomes == Counter(done=2)
