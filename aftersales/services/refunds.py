"""Refunds: ask for one, decide it, give the points back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from aftersales.models import ReturnLine, ReturnRequest
from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from inventory import services as inventory
from members import services as members
from orders import services as orders
from orders.models import Order

ANSWER_WITHIN = timedelta(days=2)
Disposition = ReturnLine.Disposition


class RequestOpen(Refusal):
    code = "refund_request_open"
    message = _("A refund request for this order is open already. Wait for its answer, or withdraw it.")


class NotDelivered(Refusal):
    code = "not_delivered"
    message = _("A refund can be asked for once the gift has arrived.")


class CodesFinal(Refusal):
    """A code that was handed out may have been used: it never goes back to stock."""

    code = "codes_final"
    message = _(
        "A code that was handed out cannot be given back. If it does not work, complain about the order."
    )


class RequestDecided(Refusal):
    code = "refund_request_decided"
    message = _("This request is “%(status)s”, so nothing can be changed about it.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of one order line a member wants refunded."""

    line_id: int
    quantity: int


def request_refund(
    order_id: int,
    wanted: Sequence[Wanted] | None,
    *,
    reason: str,
    at: datetime,
    by: str,
    is_history: bool = False,
) -> ReturnRequest:
    """Ask for the points of delivered gifts back, whole (None) or per line.

    History is recorded, but nobody is told of it any more.

    :raises NotDelivered: nothing has arrived yet, or the order is closed
    :raises CodesFinal: what arrived are codes
    :raises RequestOpen: one request at a time
    :raises NotFound: a line that is not the order's
    :raises InvalidInput: no reason, or more units than arrived and have not come back
    """
    move = orders.Move(order_id, at, by, reason, is_history=is_history)
    return with_retries(lambda: _request_refund(move, wanted))


@transaction.atomic
def _request_refund(move: orders.Move, wanted: Sequence[Wanted] | None) -> ReturnRequest:
    (order,) = orders.lock_orders([move])
    members.lock_customer(order.member_id)
    if order.status not in (Order.Status.DELIVERED, Order.Status.SIGNED):
        raise NotDelivered
    if order.is_virtual:
        raise CodesFinal
    if not move.reason.strip():
        raise InvalidInput(field="reason")
    requests = ReturnRequest.objects.filter(order=order)
    if requests.filter(status__in=(ReturnRequest.Status.REQUESTED, ReturnRequest.Status.APPROVED)).exists():
        raise RequestOpen
    lines = {line.pk: line for line in order.lines.all()}
    if wanted is None:
        wanted = [Wanted(pk, line.refundable) for pk, line in lines.items() if line.refundable]
    if any(item.line_id not in lines for item in wanted):
        raise NotFound
    if not wanted or len({item.line_id for item in wanted}) < len(wanted):
        raise InvalidInput(field="lines")
    if any(not 0 < item.quantity <= lines[item.line_id].refundable for item in wanted):
        raise InvalidInput(field="quantity")
    request = ReturnRequest.objects.create(
        number=f"{order.number}-R{requests.count() + 1}",
        order=order,
        reason=move.reason,
        requested_by=move.by,
        requested_at=move.at,
        due_at=move.at + ANSWER_WITHIN,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(request=request, order_line=lines[item.line_id], quantity=item.quantity) for item in wanted
    )
    # The member's words stay with the request, where they can be forgotten: an order's events never change.
    orders.open_case(replace(move, reason="", data={"request": request.number}))
    return request


def approve_refund(
    request_id: int,
    dispositions: Mapping[int, str],
    *,
    note: str = "",
    at: datetime,
    by: str,
    is_history: bool = False,
) -> ReturnRequest:
    """Give the points back to their lots; the goods go back to stock or are written off, line by line.

    :param dispositions: "restock" or "write_off" by return line id; a line left out is restocked
    :raises RequestDecided: decided or withdrawn before
    :raises OwnOrder: whoever asked does not decide
    :raises InvalidInput: a disposition that does not exist
    """
    return with_retries(
        lambda: _approve_refund(request_id, dispositions, note=note, at=at, by=by, is_history=is_history)
    )


@transaction.atomic
def _approve_refund(
    request_id: int, dispositions: Mapping[int, str], *, note: str, at: datetime, by: str, is_history: bool
) -> ReturnRequest:
    if any(fate not in Disposition.values for fate in dispositions.values()):
        raise InvalidInput(field="disposition")
    request, order = _lock(request_id, at=at, by=by)
    if not can_proceed(request.approve):
        raise RequestDecided(status=request.get_status_display())
    if request.requested_by == by:
        raise orders.OwnOrder
    request.approve(at=at, by=by, note=note)
    lines = list(request.lines.select_related("order_line").order_by("order_line__position"))
    for line in lines:
        line.disposition = Disposition(dispositions.get(line.pk, Disposition.RESTOCK))
    update_rows(lines, ["disposition"])
    orders.refund_lines(
        order.pk,
        [orders.LineReturn(line.order_line_id, line.quantity) for line in lines],
        reference=request.number,
        reason="",
        at=at,
        by=by,
        is_history=is_history,
    )
    inventory.take_back(
        [
            inventory.Return(
                f"{order.number}/{line.order_line.position}",
                line.quantity,
                f"{request.number}/{line.order_line.position}",
                at,
                by,
            )
            for line in lines
            if line.disposition == Disposition.RESTOCK
        ]
    )
    request.refund()
    request.save()
    orders.end_case(orders.Move(order.pk, at, by, data={"request": request.number}, is_history=is_history))
    return request


def reject_refund(request_id: int, *, note: str, at: datetime, by: str) -> ReturnRequest:
    """Decline a refund with an answer to the member.

    :raises ReasonRequired: no answer given
    :raises RequestDecided: decided or withdrawn before
    """
    return with_retries(lambda: _reject_refund(request_id, note=note, at=at, by=by))


@transaction.atomic
def _reject_refund(request_id: int, *, note: str, at: datetime, by: str) -> ReturnRequest:
    request, order = _lock(request_id, at=at, by=by)
    if not note.strip():
        raise orders.ReasonRequired
    if not can_proceed(request.reject):
        raise RequestDecided(status=request.get_status_display())
    request.reject(at=at, by=by, note=note)
    request.save()
    orders.end_case(orders.Move(order.pk, at, by, note, {"request": request.number}))
    members.send_notices(
        [
            members.Notice(
                member_id=order.member_id,
                template="refund.rejected",
                fact=request.number,
                at=at,
                context={"number": order.number, "reason": note},
            )
        ]
    )
    return request


def withdraw_refund(request_id: int, *, at: datetime, by: str) -> ReturnRequest:
    """Take a refund request back.

    :raises RequestDecided: decided or withdrawn before
    """
    return with_retries(lambda: _withdraw_refund(request_id, at=at, by=by))


@transaction.atomic
def _withdraw_refund(request_id: int, *, at: datetime, by: str) -> ReturnRequest:
    request, order = _lock(request_id, at=at, by=by)
    if not can_proceed(request.withdraw):
        raise RequestDecided(status=request.get_status_display())
    request.withdraw()
    request.save()
    orders.end_case(orders.Move(order.pk, at, by, data={"request": request.number}))
    return request


def call_late_refunds(*, at: datetime, limit: int = 200) -> int:
    """Call somebody to requests that nobody has answered in time, each once; return how many were called.

    The order's own clock stands still while a request is open, so nobody else would call.
    """
    waiting = ReturnRequest.objects.filter(
        status=ReturnRequest.Status.REQUESTED, due_at__lte=at, escalated_at=None
    )
    late = list(waiting.order_by("due_at").values_list("pk", flat=True)[:limit])
    return waiting.filter(pk__in=late).update(escalated_at=at)


def _lock(request_id: int, *, at: datetime, by: str) -> tuple[ReturnRequest, Order]:
    """Lock the order of a request, then the request.

    :raises NotFound: no such request
    """
    order_id = ReturnRequest.objects.filter(pk=request_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    (order,) = orders.lock_orders([orders.Move(order_id, at, by)])
    return ReturnRequest.objects.select_for_update(of=("self",)).get(pk=request_id), order
