"""How an order ends before it is sent: cancelled whole or in part, or not paid in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from inventory import services as inventory
from members import services as members
from orders.models import Order, OrderEvent, OrderLine, Refund, RefundLine, ReviewTask
from orders.models.order import CAPTURED
from orders.rules.amounts import cancellation_fee, split
from orders.services.moving import Kind, Move, TransitionRefused, advance, fact, lock_orders, save
from orders.services.reviewing import release_stock


class FeeChanged(Refusal):
    code = "fee_changed"
    message = _("Cancelling costs %(fee)s points by now. Look at it again before you cancel.")


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
    before = [order.status for order in orders]
    lines = _lines_left(orders)
    facts = advance(orders, moves, lambda order: getattr(order, transition), kind)
    refunds, unpaid = [], []
    for order, move, status, item in zip(orders, moves, before, facts, strict=True):
        left = sum(line.points_left for line in lines[order.pk])
        fee = _fee(move, status, left)
        told = {"points": left - fee} | ({"fee": fee} if kind == Kind.CANCELLED else {})
        item["data"] = {**item["data"], **told}  # type: ignore[dict-item]
        if status in CAPTURED:
            order.points_refunded += left - fee
            order.points_cancelled += left - fee
            refunds.append((order, move, left - fee))
        else:
            unpaid.append((order, move))
    save(orders, facts)
    # All accounts at once: held and redeemed points go back one after the other, and would lock a part each.
    members.lock_accounts(member_ids={order.member_id for order in orders})
    members.release_points([members.PointsMove(order.number, move.at, move.by) for order, move in unpaid])
    _refund_whole(refunds, lines)
    release_stock(orders, moves)
    _withdraw_reviews(moves)
    return orders


def _lines_left(orders: Sequence[Order]) -> dict[int, list[OrderLine]]:
    """Return the lines of which something is left, by order."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order__any=lines).order_by("order", "position"):
        if line.left:
            lines[line.order_id].append(line)
    return lines


def _fee(move: Move, status: str, points: int) -> int:
    """Return what cancelling units of so many points costs.

    :raises FeeChanged: the order moved on after its member was shown another fee
    """
    fee = cancellation_fee(status, points)
    if move.data.get("fee") not in (None, fee):
        raise FeeChanged(fee=fee)
    return fee


def _withdraw_reviews(moves: Sequence[Move]) -> None:
    """Take orders that ended by themselves off the reviewers' list."""
    causes = {move.order_id: move for move in moves}
    tasks = list(ReviewTask.objects.filter(order__any=causes, decision=""))
    for task in tasks:
        cause = causes[task.order_id]
        task.decision, task.decided_by, task.decided_at = ReviewTask.Decision.WITHDRAWN, cause.by, cause.at
    update_rows(tasks, ["decision", "decided_by", "decided_at"])


def _refund_whole(
    refunds: Sequence[tuple[Order, Move, int]], lines: Mapping[int, Sequence[OrderLine]]
) -> None:
    """Give captured points back for orders cancelled as a whole, split over what was left of their lines."""
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
            at=move.at,
            by=move.by,
        )
        for order, move, points in refunds
    )
    parts: list[RefundLine] = []
    for refund in made:
        ours = lines[refund.order_id]
        shares = split(refund.points, [line.points_left for line in ours])
        for line, share in zip(ours, shares, strict=True):
            line.points_refunded += share
            parts.append(RefundLine(refund=refund, line=line, quantity=line.left, points=share))
    RefundLine.objects.bulk_create(parts)
    update_rows([line for refund in made for line in lines[refund.order_id]], ["points_refunded"])


@dataclass(frozen=True, slots=True)
class LineCancel:
    """Units of one line that a member does not want any more."""

    line_id: int
    quantity: int


def cancel_units(move: Move, wanted: Sequence[LineCancel], *, key: str) -> Order:
    """Cancel some units of an order before it ships; with its last unit the order is cancelled.

    Their points go back to their lots, less the fee of a cancel in that state, and their stock to the shelf. `key`
    names the click: one that was seen before changes nothing. A move may say in ``data["fee"]`` which fee (points) its
    member was shown.

    :raises TransitionRefused: sent or ended
    :raises FeeChanged: the fee is another one by now; nothing has been changed
    :raises NotFound: a line that is not the order's
    :raises InvalidInput: nothing, a line twice, or more units than are left
    """
    return with_retries(lambda: _cancel_units(replace(move, data={**move.data, "key": key}), wanted))


@transaction.atomic
def _cancel_units(move: Move, wanted: Sequence[LineCancel]) -> Order:
    (order,) = lock_orders([move])
    ends = (Kind.UNITS_CANCELLED, Kind.CANCELLED)
    if OrderEvent.objects.filter(order=order, kind__in=ends, data__key=move.data["key"]).exists():
        return order  # the same click, sent twice
    if not can_proceed(order.cancel):
        raise TransitionRefused(status=order.get_status_display())
    lines = {line.pk: line for line in order.lines.order_by("position")}
    _check_units(lines, wanted)
    if sum(item.quantity for item in wanted) == sum(line.left for line in lines.values()):
        return _end([move], "cancel", Kind.CANCELLED)[0]
    _take_out(order, move, [(lines[item.line_id], item.quantity) for item in wanted])
    return order


def _check_units(lines: dict[int, OrderLine], wanted: Sequence[LineCancel]) -> None:
    if any(item.line_id not in lines for item in wanted):
        raise NotFound
    if not wanted or len({item.line_id for item in wanted}) < len(wanted):
        raise InvalidInput(field="lines")
    if any(not 0 < item.quantity <= lines[item.line_id].left for item in wanted):
        raise InvalidInput(field="quantity")


def _take_out(order: Order, move: Move, units: Sequence[tuple[OrderLine, int]]) -> None:
    """Write a part cancel: the fact, the refund by what each unit cost, points to their lots, stock to its shelf."""
    worth = [quantity * line.unit_points for line, quantity in units]
    fee = _fee(move, order.status, sum(worth))
    points = sum(worth) - fee
    order.points_refunded += points
    order.points_cancelled += points
    told = {
        **move.data,
        "points": points,
        "fee": fee,
        "units": {str(line.position): quantity for line, quantity in units},
    }
    recorded = fact(order, Kind.UNITS_CANCELLED, replace(move, data=told))
    reference = f"{order.number}/part-{order.last_seq}"
    save([order], [recorded])
    refund = Refund.objects.create(order=order, reference=reference, points=points, at=move.at, by=move.by)
    parts = []
    for (line, quantity), share in zip(units, split(points, worth), strict=True):
        line.cancelled += quantity
        line.points_refunded += share
        parts.append(RefundLine(refund=refund, line=line, quantity=quantity, points=share))
    RefundLine.objects.bulk_create(parts)
    update_rows([line for line, _quantity in units], ["cancelled", "points_refunded"])
    give_back = members.refund_points if order.status in CAPTURED else members.release_part
    give_back([members.PointsRefund(order.number, reference, points, move.at, move.by)])
    inventory.release_units(
        [
            inventory.PartRelease(
                f"{order.number}/{line.position}", quantity, str(order.last_seq), move.at, move.by
            )
            for line, quantity in units
        ]
    )
