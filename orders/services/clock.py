"""What time does to orders: confirms, closes, expires, and calls a person where only a person can help (law 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from foundation.refusals import Refusal
from orders.models import ExceptionCase, Order
from orders.models.order import Status
from orders.services.finishing import close_orders, confirm_receipt, expire_orders
from orders.services.moving import Kind, Move, fact, lock_orders, save

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
        open_overdue_case(move)
    return len(moves) + len(calls)


def _attempt(act: Callable[[Sequence[Move]], list[Order]], move: Move) -> None:
    try:
        act([move])
    except Refusal:
        pass  # somebody moved it between our look and our lock; the next run sees what is left


@transaction.atomic
def open_overdue_case(move: Move) -> None:
    """Put an order that is past its time in front of a person, once."""
    (order,) = lock_orders([move])
    if order.deadline_at is None or order.deadline_at > move.at:
        return
    _case, is_new = ExceptionCase.objects.get_or_create(
        order=order,
        kind=OVERDUE,
        resolved_at=None,
        defaults={"status_then": order.status, "opened_at": move.at},
    )
    if is_new:
        save([order], [fact(order, Kind.OVERDUE, move)])


@transaction.atomic
def resolve_case(case_id: int, *, note: str, at: datetime, by: str) -> None:
    """Close an exception case with a word on what was done; a case about lateness gives the order a day more."""
    case = ExceptionCase.objects.select_related("order").get(pk=case_id)
    (order,) = lock_orders([Move(case.order_id, at, by)])
    ExceptionCase.objects.filter(pk=case_id, resolved_at=None).update(resolved_at=at, resolved_by=by, note=note)
    if order.deadline_at is not None and order.deadline_at <= at:
        Order.objects.filter(pk=order.pk).update(deadline_at=at + ONE_MORE_DAY)
