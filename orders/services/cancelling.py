"""How an order ends before it is sent: cancelled whole or in part, or not paid in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from inventory import services as inventory
from members import services as members
from orders.models import Order, OrderEvent, OrderLine, Refund, RefundLine, ReviewTask
from orders.models.order import CAPTURED, Status
from orders.rules.amounts import cancellation_fee, split
from orders.services.moving import Kind, Move, TransitionRefused, advance, fact, lock_orders, save
from orders.services.reviewing import release_stock


class FeeChanged(Refusal):
    code = "fee_changed"
    message = _("Cancelling costs %(fee)s points by now. Look at it again before you cancel.")


class OnlyWhole(Refusal):
    """Single gifts can be taken out of an order only between its confirmation and its picking."""

    code = "only_whole"
    message = _("The order is “%(status)s”: it can be cancelled as a whole only, not in part.")


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
    returned = {order.pk: order.points_total for order in orders}
    for order, move, status in paid:
        fee = cancellation_fee(status, order.points_kept)
        if move.data.get("fee") not in (None, fee):  # the order moved on after its member was shown the fee
            raise FeeChanged(fee=fee)
        returned[order.pk] = points = order.points_kept - fee
        order.points_refunded += points
        order.points_cancelled += points
        refunds.append((order, move, points))
    for item, order in zip(facts, orders, strict=True):
        item["data"] = {**item["data"], "points": returned[order.pk]}  # type: ignore[dict-item]
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
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order, _move, _points in refunds}
    for line in OrderLine.objects.filter(order__any=lines).order_by("order", "position"):
        if line.left:
            lines[line.order_id].append(line)
    parts: list[RefundLine] = []
    for refund in made:
        ours = lines[refund.order_id]
        shares = split(refund.points, [line.left * line.unit_points for line in ours])
        for line, share in zip(ours, shares, strict=True):
            line.points_refunded += share
            parts.append(RefundLine(refund=refund, line=line, quantity=line.left, points=share))
    RefundLine.objects.bulk_create(parts)
    update_rows([line for ours in lines.values() for line in ours], ["points_refunded"])


@dataclass(frozen=True, slots=True)
class LineCancel:
    """Units of one line that a member does not want any more."""

    line_id: int
    quantity: int


def cancel_units(move: Move, wanted: Sequence[LineCancel], *, key: str) -> Order:
    """Cancel some units of an order that nobody has begun to pick; with its last unit the order is cancelled.

    Their points go back to their lots and their stock to the shelf, free of charge. `key` names the click: one that
    was seen before changes nothing.

    :raises OnlyWhole: not confirmed yet, or being picked
    :raises TransitionRefused: sent or ended
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
    if order.status != Status.READY:
        is_early = order.status in (Status.UNDER_REVIEW, Status.AWAITING_PAYMENT)
        is_late = order.status in (Status.PICKING, Status.PACKED)
        refusal = OnlyWhole if is_early or is_late else TransitionRefused
        raise refusal(status=order.get_status_display())
    lines = {line.pk: line for line in order.lines.order_by("position")}
    _check_units(lines, wanted)
    if sum(item.quantity for item in wanted) == sum(line.left for line in lines.values()):
        return _end([replace(move, data={**move.data, "fee": 0})], "cancel", Kind.CANCELLED)[0]
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
    points = sum(quantity * line.unit_points for line, quantity in units)
    order.points_refunded += points
    order.points_cancelled += points
    told = {
        **move.data,
        "points": points,
        "units": {str(line.position): quantity for line, quantity in units},
    }
    recorded = fact(order, Kind.UNITS_CANCELLED, replace(move, data=told))
    reference = f"{order.number}/part-{order.last_seq}"
    save([order], [recorded])
    refund = Refund.objects.create(order=order, reference=reference, points=points, at=move.at, by=move.by)
    parts = []
    for line, quantity in units:
        line.cancelled += quantity
        line.points_refunded += quantity * line.unit_points
        parts.append(
            RefundLine(refund=refund, line=line, quantity=quantity, points=quantity * line.unit_points)
        )
    RefundLine.objects.bulk_create(parts)
    update_rows([line for line, _quantity in units], ["cancelled", "points_refunded"])
    members.refund_points([members.PointsRefund(order.number, reference, points, move.at, move.by)])
    inventory.release_units(
        [
            inventory.PartRelease(
                f"{order.number}/{line.position}", quantity, str(order.last_seq), move.at, move.by
            )
            for line, quantity in units
        ]
    )
