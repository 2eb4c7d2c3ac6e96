"""What time does to an order, and where it calls a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError

from orders import services as orders
from orders.models import ExceptionCase, Order
from orders.services import clock
from tests.orders.test_moving.states import DAY, HOUR, MAKERS, fresh, last_event
from tests.worlds import AT, member, move, placed, signed, sku

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "after"), [("delivered", "signed"), ("signed", "closed"), ("awaiting_payment", "expired")]
)
def test_run_deadlines_does_what_time_does(status: str, after: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    assert orders.run_deadlines(at=order.deadline_at - timedelta(microseconds=1)) == 0
    assert orders.run_deadlines(at=order.deadline_at) == 1
    assert (fresh(order).status, last_event(order)[4]) == (after, "clock")


@pytest.mark.parametrize("status", ["under_review", "ready", "picking", "packed", "shipped"])
def test_run_deadlines_calls_a_person_where_only_a_person_can_help(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    for _ in range(2):
        orders.run_deadlines(at=order.deadline_at)
    (case,) = ExceptionCase.objects.all()
    assert (case.kind, case.status_then, case.opened_at, fresh(order).status) == (
        "overdue",
        status,
        order.deadline_at,
        status,
    )
    assert last_event(order)[1:5] == ("order.overdue", status, status, "clock")


def test_a_case_about_lateness_ends_when_the_order_moves_on() -> None:
    order = placed(member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    orders.run_deadlines(at=order.deadline_at)
    orders.cancel_orders([move(order, at=order.deadline_at + HOUR)])
    case = ExceptionCase.objects.get()
    assert (case.resolved_at, case.resolved_by) == (order.deadline_at + HOUR, "clock")


def test_resolve_case_gives_a_late_order_a_day_more() -> None:
    order = placed(member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    late = order.deadline_at + HOUR
    orders.run_deadlines(at=late)
    case = ExceptionCase.objects.get()
    orders.resolve_case(case.pk, note="the lift is repaired", at=late, by="operator:lin")
    case.refresh_from_db()
    assert (case.resolved_at, case.resolved_by, case.note) == (late, "operator:lin", "the lift is repaired")
    assert fresh(order).deadline_at == late + DAY
    assert orders.run_deadlines(at=late + DAY) == 1
    assert ExceptionCase.objects.filter(resolved_at=None).count() == 1


def test_run_deadlines_lets_an_order_that_cannot_move_delay_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = (signed(member(points=100), (sku(stock=1), 1)) for _ in range(2))
    close = clock._ACTS[Order.Status.SIGNED]

    def close_or_break(moves: Sequence[orders.Move]) -> list[Order]:
        if moves[0].order_id == stuck.pk:
            raise IntegrityError
        return close(moves)

    monkeypatch.setitem(clock._ACTS, Order.Status.SIGNED, close_or_break)
    assert orders.run_deadlines(at=AT + 99 * DAY) == 2
    assert [fresh(stuck).status, fresh(other).status] == ["signed", "closed"]


def test_run_deadlines_leaves_an_order_with_an_open_case_alone() -> None:
    order = signed(member(points=100), (sku(stock=1), 1))
    orders.open_case(move(order))
    assert orders.run_deadlines(at=AT + 99 * DAY) == 0
    assert fresh(order).status == "signed"


def test_run_deadlines_lets_one_order_in_the_way_delay_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, free = (signed(member(points=100), (sku(stock=1), 1)) for _ in range(2))

    def close(moves: list[orders.Move]) -> list[Order]:
        if moves[0].order_id == stuck.pk:
            raise orders.CaseOpen
        return orders.close_orders(moves)

    monkeypatch.setitem(clock._ACTS, "signed", close)
    assert orders.run_deadlines(at=AT + 99 * DAY) == 2
    assert [fresh(stuck).status, fresh(free).status] == ["signed", "closed"]
