"""How an order ends: received, closed, cancelled, or given back in part."""

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
from orders.models import Order, OrderLine, Refund, RefundLine, ReviewTask
from orders.models.order import CAPTURED
from orders.rules.amounts import cancellation_fee, split
from orders.services.moving import Kind, Move, TransitionRefused, advance, fact, lock_orders, save
from orders.services.reviewing import release_stock


class CaseOpen(Refusal):
    code = "case_open"
    message = _("An after-sales request is open; the order goes on when it is settled.")


class FeeChanged(Refusal):
    code = "fee_changed"
    message = _("Cancelling costs %(fee)s points by now. Look at it again before you cancel.")


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


def cancel_orders(moves: Sequence[Move]) -> list[Order]:
    """Cancel orders before they ship: points go back to their lots less the fee, stock back to its shelf.

    A move may say in ``data["fee"]`` which fee (points) its member was shown.

    :raises TransitionRefused: shipped or ended
    :raises FeeChanged: the fee is another one by now; nothing has been changed
    """
    return with_retries(lambda: _end(moves, "cancel", Kind.CANCELLED))


def expire_orders(moves: Sequence[Move]) -> list[Order]:
    """End orders that were not paid in time; everything goes back.

    :raises TransitionRefused: not waiting for payment
    """
    return with_retries(lambda: _end(moves, "expire", Kind.EXPIRED))


@transaction.atomic
def _end(moves: Sequence[Move], transition: str, kind: str) -> list[Order]:
    orders = lock_orders(moves)
    paid = [(o, m, o.status) for o, m in zip(orders, moves, strict=True) if o.status in CAPTURED]
    unpaid = [(o, m) for o, m in zip(orders, moves, strict=True) if o.status not in CAPTURED]
    facts = advance(orders, moves, lambda order: getattr(order, transition), kind)
    refunds = []
    for order, move, status in paid:
        fee = cancellation_fee(status, order.points_total)
        if move.data.get("fee") not in (None, fee):  # the order moved on after its member was shown the fee
            raise FeeChanged(fee=fee)
        points = order.points_total - fee
        order.points_refunded = points
        refunds.append((order, move, points))
    for item, order in zip(facts, orders, strict=True):
        returned = order.points_refunded if order.ready_at else order.points_total
        item["data"] = {**item["data"], "points": returned}  # type: ignore[dict-item]
    save(orders, facts)
    # All accounts at once: held and redeemed points go back one after the other, and would lock a part each.
    members.lock_accounts(member_ids={order.member_id for order in orders})
    members.release_points([members.PointsMove(order.number, move.at, move.by) for order, move in unpaid])
    _refund_whole(refunds)
    release_stock(orders, moves)
    _withdraw_reviews(moves)
    return orders


def _withdraw_reviews(moves: Sequence[Move]) -> None:
    """Take orders that ended by themselves off the reviewers' list."""
    causes = {move.order_id: move for move in moves}
    tasks = list(ReviewTask.objects.filter(order__any=causes, decision=""))
    for task in tasks:
        cause = causes[task.order_id]
        task.decision, task.decided_by, task.decided_at = ReviewTask.Decision.WITHDRAWN, cause.by, cause.at
    update_rows(tasks, ["decision", "decided_by", "decided_at"])


def _refund_whole(refunds: Sequence[tuple[Order, Move, int]]) -> None:
    """Give captured points back for orders cancelled as a whole, split over their lines."""
    members.refund_points(
        [
            members.PointsRefund(order.number, f"{order.number}/cancel", points, move.at, move.by)
            for order, move, points in refunds
        ]
    )
    made = Refund.objects.bulk_create(
        Refund(
            order=order,
            reference=f"{order.number}/cancel",
            points=points,
            reason=move.reason,
            at=move.at,
            by=move.by,
        )
        for order, move, points in refunds
    )
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order, _move, _points in refunds}
    for line in OrderLine.objects.filter(order__any=lines).order_by("order", "position"):
        lines[line.order_id].append(line)
    for order, _move, points in refunds:
        ours = lines[order.pk]
        for line, part in zip(ours, split(points, [line.points for line in ours]), strict=True):
            line.points_refunded = part
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line=line, quantity=line.quantity, points=line.points_refunded)
        for refund in made
        for line in lines[refund.order_id]
    )
    update_rows([line for ours in lines.values() for line in ours], ["points_refunded"])


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
    refund = Refund.objects.create(
        order=order, reference=reference, points=points, reason=reason, at=at, by=by
    )
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
