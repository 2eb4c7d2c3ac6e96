"""From a picked task to parcels, each with a carrier service and a waybill to be asked for by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from logistics import rules
from logistics.models import CarrierService, Parcel, ParcelLine, PickLine, PickTask, Waybill
from logistics.services.picking import TaskMove, WrongTaskState, lock_tasks
from logistics.services.trimming import trim
from orders import services as orders
from orders.models import Order


class NoCarrier(Refusal):
    code = "no_carrier"
    message = _(
        "No carrier takes this parcel (%(weight)s g, %(length)s mm) to %(region)s. Pack it in smaller ones."
    )


class PutBackFirst(Refusal):
    """A piece that was cancelled lies among those to be packed."""

    code = "put_back_first"
    message = _(
        "The member has cancelled some of order %(number)s (%(pieces)s to put back). Put them back on the shelf first."
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A packed box; grams and millimetres. `contents` maps pick lines to units, None means everything.

    Without `service` the cheapest one that fits is taken. `waybill` is the number a parcel of the past had.
    """

    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    contents: dict[int, int] | None = None
    service: str | None = None
    waybill: str = ""


@dataclass(frozen=True, slots=True)
class Packing:
    """How one task was packed, when and by whom."""

    task_id: int
    boxes: tuple[Box, ...]
    at: datetime
    by: str
    is_history: bool = False

    @property
    def move(self) -> TaskMove:
        """The packing as a move of its task."""
        return TaskMove(self.task_id, self.at, self.by, self.is_history)


def pack(packings: Sequence[Packing]) -> list[Parcel]:
    """Put picked units into parcels; an order is packed when all its tasks are.

    :raises WrongTaskState: not all units are picked, or packed before
    :raises PutBackFirst: pieces that were cancelled have not been put back
    :raises TransitionRefused: an order was cancelled
    :raises InvalidInput: the boxes do not hold just what was picked
    :raises NoCarrier: nobody takes a box of that weight and size there
    """
    return with_retries(lambda: _pack(packings))


@transaction.atomic
def _pack(packings: Sequence[Packing]) -> list[Parcel]:
    tasks = lock_tasks([packing.move for packing in packings])
    trim(tasks, at=packings[0].at)
    services = _services(packings)
    lines = _lines(tasks)
    before: dict[int, int] = {}
    for order_id in Parcel.objects.filter(order__any=[task.order_id for task in tasks]).values_list(
        "order_id", flat=True
    ):
        before[order_id] = before.get(order_id, 0) + 1
    made: list[tuple[Parcel, Box, dict[int, int], Packing]] = []
    for task, packing in zip(tasks, packings, strict=True):
        if task.state != PickTask.State.PICKED:
            raise WrongTaskState(state=task.get_state_display())
        _check(task, lines[task.pk])
        task.state = PickTask.State.PACKED
        for box, contents in zip(packing.boxes, _contents(lines[task.pk], packing.boxes), strict=True):
            before[task.order_id] = before.get(task.order_id, 0) + 1
            made.append(
                (_parcel(task, box, services, before[task.order_id], packing.at), box, contents, packing)
            )
    update_rows(tasks, ["state"])
    _save(made)
    known = {
        task.order_id: packing for task, packing in zip(tasks, packings, strict=True) if _is_labelled(packing)
    }
    if known:
        orders.settle_addresses([packing.move.of_order(order_id) for order_id, packing in known.items()])
    _tell_orders(tasks, packings)
    return [parcel for parcel, _box, _contents, _packing in made]


def _lines(tasks: Sequence[PickTask]) -> dict[int, list[PickLine]]:
    lines: dict[int, list[PickLine]] = {task.pk: [] for task in tasks}
    for line in PickLine.objects.filter(task__any=lines).order_by("pk"):
        lines[line.task_id].append(line)
    return lines


def _check(task: PickTask, lines: Sequence[PickLine]) -> None:
    """Let nothing be packed for an order that ended, and no piece that its member does not want any more."""
    if task.order.status not in (Order.Status.PICKING, Order.Status.PACKED):
        raise orders.TransitionRefused(status=task.order.get_status_display())
    superfluous = sum(line.to_put_back for line in lines)
    if superfluous:
        raise PutBackFirst(number=task.order.number, pieces=superfluous)


def _is_labelled(packing: Packing) -> bool:
    """Tell whether a carrier gave a number before, and so knows where the parcel goes."""
    return any(box.waybill for box in packing.boxes)


def _services(packings: Sequence[Packing]) -> list[CarrierService]:
    """Return what carriers offer now, and for parcels of the past what they offered then."""
    offered = Q(is_active=True, carrier__is_active=True)
    past = {box.service for packing in packings if packing.is_history for box in packing.boxes}
    return list(CarrierService.objects.filter(offered | Q(code__in=past)).select_related("carrier"))


def _contents(lines: Sequence[PickLine], boxes: Sequence[Box]) -> list[dict[int, int]]:
    """Return what each box holds, by order line.

    :raises InvalidInput: together they do not hold just what was picked
    """
    everything = {line.pk: line.picked for line in lines}
    order_line = {line.pk: line.order_line_id for line in lines}
    held = [everything if box.contents is None else box.contents for box in boxes]
    totals: dict[int, int] = {}
    for box in held:
        for pk, quantity in box.items():
            totals[pk] = totals.get(pk, 0) + quantity
    if (
        not all(held)
        or totals != everything
        or any(quantity <= 0 for box in held for quantity in box.values())
    ):
        raise InvalidInput(field="contents")
    return [{order_line[pk]: quantity for pk, quantity in box.items()} for box in held]


def _parcel(
    task: PickTask, box: Box, services: Sequence[CarrierService], serial: int, at: datetime
) -> Parcel:
    if box.weight_g <= 0:
        raise InvalidInput(field="weight_g")
    longest = max(box.length_mm, box.width_mm, box.height_mm)
    province = f"{task.order.region_code[:2]}0000"
    wanted = [each for each in services if box.service == each.code or (not box.service and each.is_active)]
    service = rules.cheapest(wanted, province=province, weight_g=box.weight_g, longest_mm=longest)
    if service is None:
        raise NoCarrier(weight=box.weight_g, length=longest, region=task.order.region_name)
    return Parcel(
        order=task.order,
        task=task,
        number=f"{task.order.number}-{serial}",
        service=service,
        weight_g=box.weight_g,
        length_mm=box.length_mm,
        width_mm=box.width_mm,
        height_mm=box.height_mm,
        freight=rules.freight(service, box.weight_g),
        packed_at=at,
        state=Parcel.State.LABELLED if box.waybill else Parcel.State.DRAFT,
    )


def _save(made: Sequence[tuple[Parcel, Box, dict[int, int], Packing]]) -> None:
    Parcel.objects.bulk_create(parcel for parcel, _box, _contents, _packing in made)
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, order_line_id=line, quantity=quantity)
        for parcel, _box, contents, _packing in made
        for line, quantity in contents.items()
    )
    Waybill.objects.bulk_create(
        Waybill(
            parcel=parcel,
            carrier=parcel.service.carrier,
            number=box.waybill,
            state=Waybill.State.ISSUED if box.waybill else Waybill.State.WANTED,
            issued_at=packing.at if box.waybill else None,
            next_attempt_at=packing.at,
        )
        for parcel, box, _contents, packing in made
    )


def _tell_orders(tasks: Sequence[PickTask], packings: Sequence[Packing]) -> None:
    """Mark the orders as packed that have no task left to pack; one that is packed anew has been packed all along."""
    moves = {
        task.order_id: packing.move.of_order(task.order_id)
        for task, packing in zip(tasks, packings, strict=True)
        if task.order.status == Order.Status.PICKING
    }
    left = PickTask.objects.filter(order__any=moves).exclude(
        state__in=(PickTask.State.PACKED, PickTask.State.DROPPED)
    )
    for order_id in left.values_list("order_id", flat=True):
        moves.pop(order_id, None)
    if moves:
        held = {task.order_id: task.order for task in tasks}
        orders.mark_packed(list(moves.values()), locked=[held[order_id] for order_id in moves])
