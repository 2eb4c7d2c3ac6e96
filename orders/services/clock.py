"""What time does to orders: confirms, closes, expires, and calls a person where only a person can help (law 9)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef

from foundation.refusals import Refusal
from orders.models import ExceptionCase, Order
from orders.models.order import Status
from orders.services.cancelling import expire_orders
from orders.services.finishing import close_orders, confirm_receipt
from orders.services.moving import Kind, Move, fact, lock_orders, save

logger = logging.getLogger(__name__)

BY = "clock"
OVERDUE = "overdue"
ONE_MORE_DAY = timedelta(days=1)

_ACTS: dict[str, Callable[[Sequence[Move]], list[Order]]] = {
    Status.DELIVERED: confirm_receipt,
    Status.SIGNED: close_orders,
    Status.AWAITING_PAYMENT: expire_orders,
}


def run_deadlines(*, at: datetime, limit: int = 200) -> int:
    """Do what is due, order by order so that one in the way delays no other; return how many were looked at."""
    due = Order.objects.filter(deadline_at__lte=at).order_by("deadline_at")
    standing = ExceptionCase.objects.filter(order=OuterRef("pk"), kind=OVERDUE, resolved_at=None)
    acting = due.filter(status__in=_ACTS, open_cases=0).values_list("pk", "status")[:limit]
    late = due.exclude(status__in=_ACTS).filter(~Exists(standing)).values_list("pk", flat=True)[:limit]
    moves = [(Move(pk, at, BY), _ACTS[status]) for pk, status in acting]
    calls = [Move(pk, at, BY) for pk in late]
    for move, act in moves:
        _attempt(act, move)
    for move in calls:
        _attempt(open_overdue_cases, move)
    return len(moves) + len(calls)


def _attempt(act: Callable[[Sequence[Move]], object], move: Move) -> None:
    try:
        act([move])
    except Refusal:
        pass  # somebody moved it between our look and our lock
    except DatabaseError:  # it stays due and is tried again; the auditor names it
        logger.exception("order %s could not be moved by the clock", move.order_id)


@transaction.atomic
def open_overdue_cases(moves: Sequence[Move]) -> None:
    """Put orders that are past their time in front of a person, each once."""
    locked = lock_orders(moves)
    standing = set(
        ExceptionCase.objects.filter(order__in=locked, kind=OVERDUE, resolved_at=None).values_list(
            "order_id", flat=True
        )
    )
    late = [
        (order, move)
        for order, move in zip(locked, moves, strict=True)
        if order.deadline_at is not None and order.deadline_at <= move.at and order.pk not in standing
    ]
    ExceptionCase.objects.bulk_create(
        ExceptionCase(order=order, kind=OVERDUE, status_then=order.status, opened_at=move.at)
        for order, move in late
    )
    if late:
        save([order for order, _move in late], [fact(order, Kind.OVERDUE, move) for order, move in late])


@transaction.atomic
def resolve_case(case_id: int, *, note: str, at: datetime, by: str) -> None:
    """Close an exception case with a word on what was done; a late order gets a day more, one on hold goes on."""
    case = ExceptionCase.objects.select_related("order").get(pk=case_id)
    (order,) = lock_orders([Move(case.order_id, at, by)])
    ExceptionCase.objects.filter(pk=case_id, resolved_at=None).update(
        resolved_at=at, resolved_by=by, note=note
    )
    if case.kind == order.on_hold_reason:
        Order.objects.filter(pk=order.pk).update(on_hold_reason="")
    if order.deadline_at is not None and order.deadline_at <= at:
        Order.objects.filter(pk=order.pk).update(deadline_at=at + ONE_MORE_DAY)
