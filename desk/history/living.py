"""Lives orders of the past again: each verb is called once for all orders of a chunk that need it, in life order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales import services as aftersales
from aftersales.models import ReturnRequest
from desk.history.past import PastOrder
from desk.history.settling import BY, House, past_services, settle
from foundation.refusals import Refusal
from logistics import services as logistics
from logistics.models import Parcel, PickTask, Waybill
from logistics.terms import DELIVERED, TrackPoint
from members.models import Member
from orders import services as orders
from orders.models import Order
from orders.models.order import Status

CHANNEL = "import"
CLOCK = "clock"
HEAVIEST = 2**31 - 1
"""Grams a parcel can be said to weigh."""


class RefusedInPart(Exception):
    """Placing refused some orders; the others have to do without them, so nothing is written."""

    def __init__(self, refusals: Mapping[str, Refusal]) -> None:
        super().__init__(", ".join(refusals))
        self.refusals = refusals


@dataclass(slots=True)
class Life:
    """An order of the past and how far it has come in the mall."""

    past: PastOrder
    order_id: int
    status: str

    def move(self, *steps: str) -> orders.Move:
        """Return the move of a step at its moment; of several steps, the first that is known."""
        at = self.past.at(*steps)
        assert at is not None
        return orders.Move(self.order_id, at, BY, is_history=True)


def place(past: Sequence[PastOrder], house: House) -> list[Life]:
    """Place orders of the past.

    :raises RefusedInPart: some were refused
    """
    settled = settle(past, house)
    numbers = dict(
        Member.objects.filter(pk__any={each.member_id for each in settled.values()}).values_list(
            "pk", "number"
        )
    )
    outcomes = orders.place_orders(
        [
            _request(order, settled[order.ref].member_id, settled[order.ref].address_id, numbers)
            for order in past
        ]
    )
    refusals = {
        order.ref: outcome
        for order, outcome in zip(past, outcomes, strict=True)
        if isinstance(outcome, Refusal)
    }
    if refusals:
        raise RefusedInPart(refusals)
    return [
        Life(order, outcome.order_id, outcome.status)
        for order, outcome in zip(past, outcomes, strict=True)
        if isinstance(outcome, orders.Placed)
    ]


def _request(
    order: PastOrder, member_id: int, address_id: int, numbers: Mapping[int, str]
) -> orders.PlacementRequest:
    asker = f"member:{numbers[member_id]}"
    return orders.PlacementRequest(
        member_id=member_id,
        lines=tuple(orders.LineWish(line.sku, line.quantity) for line in order.lines),
        address_id=address_id,
        requested_by=asker,
        request_id=f"{CHANNEL}/{order.ref}",
        digest=order.digest,
        channel=CHANNEL,
        by=asker,
        at=order.placed_at,
        external_ref=order.ref,
        is_history=True,
        past_prices=tuple(line.unit_points for line in order.lines),
        past_status=order.first_status,
    )


def live(lives: Sequence[Life], *, as_of: datetime) -> None:
    """Take placed orders through the steps their file tells, then let the clock catch up with them."""
    _advance(lives, "approved_at", {Status.UNDER_REVIEW}, orders.approve, Status.READY)
    _reject(lives)
    _advance(lives, "expired_at", {Status.AWAITING_PAYMENT}, orders.expire_orders, Status.EXPIRED)
    _open_pick_tasks(lives)
    _pick(lives)
    _pack(lives)
    _cancel(lives)
    _advance(lives, "shipped_at", {Status.PACKED}, logistics.ship, Status.SHIPPED)
    _deliver(lives)
    _refund([life for life in lives if not _is_refunded_late(life)])
    _advance(lives, "signed_at", {Status.SHIPPED, Status.DELIVERED}, orders.confirm_receipt, Status.SIGNED)
    _refund([life for life in lives if _is_refunded_late(life)])
    _advance(lives, "closed_at", {Status.SIGNED}, orders.close_orders, Status.CLOSED)
    catch_up(lives, as_of=as_of)


def _due(lives: Sequence[Life], sources: set[Status], *steps: str) -> list[Life]:
    return [life for life in lives if life.status in sources and life.past.at(*steps)]


def _advance(
    lives: Sequence[Life],
    step: str,
    sources: set[Status],
    verb: Callable[[Sequence[orders.Move]], object],
    target: Status,
) -> None:
    due = _due(lives, sources, step)
    if due:
        verb([life.move(step) for life in due])
    for life in due:
        life.status = target


def _reject(lives: Sequence[Life]) -> None:
    due = _due(lives, {Status.UNDER_REVIEW}, "rejected_at")
    if due:
        orders.reject([_with_reason(life, "rejected_at") for life in due])
    for life in due:
        life.status = Status.REJECTED


def _cancel(lives: Sequence[Life]) -> None:
    """Cancel orders; what the warehouse had begun for them stops, as it does for a click."""
    sources = {Status.UNDER_REVIEW, Status.AWAITING_PAYMENT, Status.READY, Status.PICKING, Status.PACKED}
    due = _due(lives, sources, "cancelled_at")
    if due:
        orders.cancel_orders([_with_reason(life, "cancelled_at") for life in due])
    begun = {order for _task, order in _tasks({life.order_id: life for life in due}, *_AT_WORK)}
    for life in due:
        if life.order_id in begun:
            logistics.drop_tasks(life.move("cancelled_at"))
        life.status = Status.CANCELLED


_AT_WORK = (PickTask.State.OPEN, PickTask.State.PICKING, PickTask.State.PICKED, PickTask.State.PACKED)


def _with_reason(life: Life, step: str) -> orders.Move:
    move = life.move(step)
    return orders.Move(move.order_id, move.at, move.by, life.past.reason, is_history=True)


def _open_pick_tasks(lives: Sequence[Life]) -> None:
    """Open pick tasks, except for orders that were cancelled before anybody picked."""
    due = [
        life
        for life in lives
        if life.status == Status.READY and ("cancelled_at" not in life.past.moments or life.past.at(*PICKED))
    ]
    if due:
        logistics.open_pick_tasks([life.move("approved_at", "placed_at") for life in due])


PICKED = ("picking_at", "packed_at", "shipped_at")
PACKED = ("packed_at", "shipped_at")
"""Where a step's own moment is not known it is taken to have happened with the next one that is."""


def _pick(lives: Sequence[Life]) -> None:
    due = {life.order_id: life for life in _due(lives, {Status.READY}, *PICKED)}
    tasks = _tasks(due, PickTask.State.OPEN)
    if tasks:
        logistics.start_picking([_task_move(due[order_id], task, *PICKED) for task, order_id in tasks])
    for life in due.values():
        life.status = Status.PICKING


def _pack(lives: Sequence[Life]) -> None:
    due = {life.order_id: life for life in _due(lives, {Status.PICKING}, *PACKED)}
    tasks = _tasks(due, PickTask.State.PICKING)
    if not tasks:
        return
    services = past_services([life.past for life in due.values()])
    logistics.pick_all([_task_move(due[order_id], task, *PACKED) for task, order_id in tasks])
    logistics.pack(
        [
            logistics.Packing(
                task, (_box(due[order_id], services),), due[order_id].move(*PACKED).at, BY, is_history=True
            )
            for task, order_id in tasks
        ]
    )
    for life in due.values():
        life.status = Status.PACKED


def _tasks(lives: Mapping[int, Life], *states: str) -> list[tuple[int, int]]:
    """Return the pick tasks of orders that are in these states, as (task, order) ids."""
    tasks = PickTask.objects.filter(order__any=lives, state__in=states).order_by("pk")
    return list(tasks.values_list("pk", "order_id")) if lives else []


def _task_move(life: Life, task_id: int, *steps: str) -> logistics.TaskMove:
    return logistics.TaskMove(task_id, life.move(*steps).at, BY, is_history=True)


def _box(life: Life, services: Mapping[str, str]) -> logistics.Box:
    weight = sum(line.quantity * line.weight_g for line in life.past.lines)
    return logistics.Box(
        weight_g=min(max(weight, 1), HEAVIEST),
        service=services.get(life.past.carrier),
        waybill=life.past.waybill if life.past.carrier else "",
    )


def _deliver(lives: Sequence[Life]) -> None:
    due = {life.order_id: life for life in _due(lives, {Status.SHIPPED}, "delivered_at")}
    if not due:
        return
    text = _("Delivered")
    waybills = Waybill.objects.filter(parcel__order__any=due).exclude(parcel__state=Parcel.State.STOPPED)
    reports = []
    for waybill, order_id in waybills.order_by("pk").values_list("pk", "parcel__order_id"):
        at = due[order_id].move("delivered_at").at
        point = TrackPoint(DELIVERED, "", text, "", at, at.isoformat())
        reports.append(logistics.Report(waybill, (point,), at, BY, is_history=True))
    logistics.record_tracking(reports)
    for life in due.values():
        life.status = Status.DELIVERED


def _is_refunded_late(life: Life) -> bool:
    refunded, signed = life.past.at("refunded_at"), life.past.at("signed_at")
    return refunded is not None and signed is not None and refunded > signed


def _refund(lives: Sequence[Life]) -> None:
    """Give the points of delivered orders back as a whole; rare enough to be done one by one."""
    due = {life.order_id: life for life in _due(lives, {Status.DELIVERED, Status.SIGNED}, "refunded_at")}
    if not due:
        return
    done = set(ReturnRequest.objects.filter(order__in=due).values_list("order_id", flat=True))
    askers = dict(Order.objects.filter(pk__in=due).values_list("pk", "requested_by"))
    for order_id, life in due.items():
        if order_id in done:
            continue
        at = life.move("refunded_at").at
        request = aftersales.request_refund(
            order_id, None, reason=life.past.reason, at=at, by=askers[order_id], is_history=True
        )
        aftersales.approve_refund(request.pk, {}, at=at, by=BY, is_history=True)


def catch_up(lives: Sequence[Life], *, as_of: datetime) -> None:
    """Let the clock do what it would have done by now, each thing at its deadline; the rest gets an exception case.

    Without it orders of the past would be late the moment they arrive (law 9), and their members would be told
    years later that they have confirmed a receipt.
    """
    known = {life.order_id: life for life in lives}
    acts = (
        (Status.AWAITING_PAYMENT, orders.expire_orders, Status.EXPIRED),
        (Status.DELIVERED, orders.confirm_receipt, Status.SIGNED),
        (Status.SIGNED, orders.close_orders, Status.CLOSED),
    )
    for source, verb, target in acts:
        waiting = {pk for pk, life in known.items() if life.status == source}
        late = Order.objects.filter(pk__any=waiting, deadline_at__lte=as_of, open_cases=0) if waiting else ()
        moves = [orders.Move(o.pk, o.deadline_at, CLOCK, is_history=True) for o in late if o.deadline_at]
        if moves:
            verb(moves)
        for move in moves:
            known[move.order_id].status = target
    standing = sorted(pk for pk, life in known.items() if life.status in _PEOPLE_ACT)
    orders.open_overdue_cases([orders.Move(pk, as_of, CLOCK, is_history=True) for pk in standing])
    on_the_way = sorted(pk for pk, life in known.items() if life.status in _TRAVELLING)
    if on_the_way:
        logistics.follow_parcels(on_the_way, at=as_of)


_TRAVELLING = {Status.SHIPPED, Status.SIGNED}
"""A member may have signed before the last parcel came."""
_PEOPLE_ACT = {Status.UNDER_REVIEW, Status.READY, Status.PICKING, Status.PACKED, Status.SHIPPED}
