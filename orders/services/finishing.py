"""How an order comes to a good end: received, closed, or given back in part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from members import services as members
from orders.models import Order, Refund, RefundLine
from orders.services.moving import Kind, Move, TransitionRefused, advance, fact, lock_orders, save


class CaseOpen(Refusal):
    code = "case_open"
    message = _("An after-sales request is open; the order goes on when it is settled.")


def confirm_receipt(moves: Sequence[Move]) -> list[Order]:
    """Note that members have their gifts.

    :raises TransitionRefused: nothing on its way, or confirmed before
    """
    return with_retries(lambda: _confirm_receipt(moves))


@transaction.atomic
def _confirm_receipt(moves: Sequence[Move]) -> list[Order]:
    orders = lock_orders(moves)
    save(orders, advance(orders, moves, lambda order: order.sign, Kind.SIGNED))
    return orders


def close_orders(moves: Sequence[Move]) -> list[Order]:
    """Close signed orders whose return window is over.

    :raises TransitionRefused: not signed for
    :raises CaseOpen: an after-sales case is open
    """
    return with_retries(lambda: _close_orders(moves))


@transaction.atomic
def _close_orders(moves: Sequence[Move]) -> list[Order]:
    orders = lock_orders(moves)
    if any(order.open_cases for order in orders):
        raise CaseOpen
    save(orders, advance(orders, moves, lambda order: order.close, Kind.CLOSED))
    return orders


@dataclass(frozen=True, slots=True)
class LineReturn:
    """Units of one line whose points go back."""

    line_id: int
    quantity: int


@transaction.atomic
def refund_lines(
    order_id: int,
    returns: Sequence[LineReturn],
    *,
    reference: str,
    reason: str,
    at: datetime,
    by: str,
    is_history: bool = False,
) -> Refund:
    """Give back the points of shipped units, to the lots they came from; `reference` makes it happen once.

    :raises NotFound: no such order or line
    :raises InvalidInput: fewer than one unit, or more than were shipped and have not come back
    """
    move = Move(order_id, at, by, reason)
    (order,) = lock_orders([move])
    known = Refund.objects.filter(reference=reference).first()
    if known is not None:
        return known
    lines = {line.pk: line for line in order.lines.all()}
    if not returns or any(item.line_id not in lines for item in returns):
        raise NotFound
    for item in returns:
        line = lines[item.line_id]
        if not 0 < item.quantity <= line.refundable:  # less each time, should a line be named twice
            raise InvalidInput(field="quantity")
        line.returned += item.quantity
        line.points_refunded += item.quantity * line.unit_points
    points = sum(item.quantity * lines[item.line_id].unit_points for item in returns)
    refund = Refund.objects.create(order=order, reference=reference, points=points, at=at, by=by)
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            line=lines[item.line_id],
            quantity=item.quantity,
            points=item.quantity * lines[item.line_id].unit_points,
        )
        for item in returns
    )
    order.points_refunded += points
    told = {"points": points, "refund": reference}
    recorded = fact(order, Kind.REFUNDED, Move(order_id, at, by, reason, told, is_history=is_history))
    save([order], [recorded])
    update_rows(lines.values(), ["returned", "points_refunded"])
    members.refund_points([members.PointsRefund(order.number, reference, points, at, by)])
    return refund


@transaction.atomic
def open_case(move: Move) -> Order:
    """Note that an after-sales case stands; the clock leaves the order alone until it ends.

    :raises TransitionRefused: nothing has arrived yet, or the order is closed
    """
    (order,) = lock_orders([move])
    if order.status not in (Order.Status.DELIVERED, Order.Status.SIGNED):
        raise TransitionRefused(status=order.get_status_display())
    order.open_cases += 1
    save([order], [fact(order, Kind.CASE_OPENED, move)])
    return order


@transaction.atomic
def end_case(move: Move) -> Order:
    """Note that an after-sales case is settled."""
    (order,) = lock_orders([move])
    order.open_cases -= 1
    save([order], [fact(order, Kind.CASE_ENDED, move)])
    return order
