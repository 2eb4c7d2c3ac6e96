"""A reviewer's word: the order goes on, or ends with a reason and everything given back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from inventory import services as inventory
from members import services as members
from members.models import Member
from orders.models import Order, OrderLine, ReviewTask
from orders.services.moving import Kind, Move, TransitionRefused, advance, lock_orders, save


class ReasonRequired(Refusal):
    code = "reason_required"
    status = 400
    message = _("Say why; the member will read it.")


class OwnOrder(Refusal):
    """Four eyes: whoever placed an order does not review it."""

    code = "maker_is_checker"
    status = 403
    message = _("You placed this order yourself; somebody else has to review it.")


def approve(moves: Sequence[Move]) -> list[Order]:
    """Let reviewed orders go on: their points are captured and the warehouse hears of them.

    :raises TransitionRefused: not under review (any more)
    :raises OwnOrder: the reviewer placed it
    """
    return with_retries(lambda: _approve(moves))


@transaction.atomic
def _approve(moves: Sequence[Move]) -> list[Order]:
    orders = lock_orders(moves)
    _check_waiting(orders)  # the machine would also let an order through that waits for its payment
    _check_maker(orders, moves)
    facts = advance(orders, moves, lambda order: order.make_ready, Kind.APPROVED)
    _tell_points(orders, facts)
    save(orders, facts)
    members.capture_points(
        [
            members.PointsMove(order.number, move.at, move.by)
            for order, move in zip(orders, moves, strict=True)
        ]
    )
    _decide(moves, ReviewTask.Decision.APPROVED)
    return orders


def reject(moves: Sequence[Move]) -> list[Order]:
    """End reviewed orders: points and stock go back and the member is told the reason.

    :raises ReasonRequired: no reason given
    :raises TransitionRefused: not under review (any more)
    :raises OwnOrder: the reviewer placed it
    """
    return with_retries(lambda: _reject(moves))


@transaction.atomic
def _reject(moves: Sequence[Move]) -> list[Order]:
    if not all(move.reason.strip() for move in moves):
        raise ReasonRequired
    orders = lock_orders(moves)
    _check_maker(orders, moves)
    facts = advance(orders, moves, lambda order: order.reject, Kind.REJECTED)
    _tell_points(orders, facts)
    save(orders, facts)
    give_back(orders, moves)
    _decide(moves, ReviewTask.Decision.REJECTED)
    return orders


def _tell_points(orders: Sequence[Order], facts: Sequence[dict[str, object]]) -> None:
    """Say in the facts how many points move, where parts of the orders were cancelled before."""
    for order, item in zip(orders, facts, strict=True):
        if order.points_cancelled:
            item["data"] = {**item["data"], "points": order.points_kept}  # type: ignore[dict-item]


def give_back(orders: Sequence[Order], moves: Sequence[Move]) -> None:
    """Release the held points and the reserved stock of orders that end before their points were captured."""
    members.release_points(
        [
            members.PointsMove(order.number, move.at, move.by)
            for order, move in zip(orders, moves, strict=True)
        ]
    )
    release_stock(orders, moves)


def release_stock(orders: Sequence[Order], moves: Sequence[Move]) -> None:
    """Put what orders had reserved back on the shelf and mark their lines as cancelled."""
    inventory.release(departures(orders, moves))
    OrderLine.objects.filter(order__any=[order.pk for order in orders]).update(cancelled=F("quantity"))


def departures(orders: Sequence[Order], moves: Sequence[Move]) -> list[inventory.Departure]:
    """Name the reservations of orders, line by line."""
    causes = {order.pk: (order.number, move) for order, move in zip(orders, moves, strict=True)}
    lines = OrderLine.objects.filter(order__any=causes).order_by("pk").values_list("order_id", "position")
    return [
        inventory.Departure(f"{causes[order][0]}/{position}", causes[order][1].at, causes[order][1].by)
        for order, position in lines
    ]


def _check_waiting(orders: Sequence[Order]) -> None:
    for order in orders:
        if order.status != Order.Status.UNDER_REVIEW:
            raise TransitionRefused(status=order.get_status_display())


def _check_maker(orders: Sequence[Order], moves: Sequence[Move]) -> None:
    owners = dict(
        Member.objects.filter(pk__any={order.member_id for order in orders}).values_list("pk", "number")
    )
    for order, move in zip(orders, moves, strict=True):
        if move.by in (order.requested_by, f"operator:{owners[order.member_id]}"):
            raise OwnOrder


def _decide(moves: Sequence[Move], decision: ReviewTask.Decision) -> None:
    tasks = {
        task.order_id: task for task in ReviewTask.objects.filter(order__any=[m.order_id for m in moves])
    }
    for move in moves:
        task = tasks[move.order_id]
        task.decision, task.decided_by, task.decided_at, task.reason = decision, move.by, move.at, move.reason
    update_rows(tasks.values(), ["decision", "decided_by", "decided_at", "reason"])
