"""What the warehouse does about units that members cancelled: less to pick, pieces to put back, boxes to open again.

Orders tell of a part cancel by a fact, which may still be on its way. So every verb that works on an order's units
trims first, under the order's lock, and the fact sees to the orders that nobody touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from foundation.sql import update_rows
from logistics.models import Parcel, PickLine, PickTask, Waybill
from logistics.services.cancelling import give_back
from orders import services as orders
from orders.models import Order

State = PickTask.State
AT_WORK = (State.OPEN, State.PICKING, State.PICKED)
IN_THE_HOUSE = (Order.Status.READY, Order.Status.PICKING, Order.Status.PACKED)


@transaction.atomic
def trim_tasks(move: orders.Move) -> None:
    """Take units that were cancelled out of an order's pick tasks, whatever became of these meanwhile.

    Pieces that were picked already are to be put back, parcels that hold some are opened and packed again, and a task
    with nothing left to pick is dropped; was it the last one at work, the order is packed.
    """
    (order,) = orders.lock_orders([move])
    tasks = list(
        PickTask.objects.filter(order=order)
        .exclude(state=State.DROPPED)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for task in tasks:
        task.order = order
    trim(tasks, at=move.at)
    is_picked = all(task.state in (State.PACKED, State.DROPPED) for task in tasks)
    if order.status == Order.Status.PICKING and is_picked:
        orders.mark_packed([move], locked=[order])


def trim(tasks: Sequence[PickTask], *, at: datetime) -> None:
    """Take what was cancelled out of locked tasks, whose locked orders are attached."""
    concerned = {
        task.pk: task
        for task in tasks
        if task.order.points_cancelled
        and task.order.status in IN_THE_HOUSE  # what ended is dropped as a whole
    }
    lines = _superfluous(concerned) if concerned else []
    if not lines:
        return
    for line in lines:
        wanted = line.order_line.left
        line.to_put_back += max(0, line.picked - wanted)
        line.quantity, line.picked = wanted, min(line.picked, wanted)
    update_rows(lines, ["quantity", "picked", "to_put_back"])
    PickLine.objects.filter(task__any=concerned, quantity=0, to_put_back=0).delete()
    _move_on([concerned[pk] for pk in sorted({line.task_id for line in lines})], at=at)


def _superfluous(task_ids: Collection[int]) -> list[PickLine]:
    """Return the lines of tasks that name more units than are left of what was ordered."""
    left = F("order_line__quantity") - F("order_line__cancelled")
    lines = PickLine.objects.filter(task__any=task_ids, quantity__gt=left).exclude(task__state=State.DROPPED)
    return list(lines.select_related("order_line").order_by("pk"))


def _move_on(tasks: Sequence[PickTask], *, at: datetime) -> None:
    """Open the parcels of packed tasks again, finish those with all pieces, drop those with nothing left to pick."""
    _open_parcels([task for task in tasks if task.state == State.PACKED], at=at)
    rest: dict[int, list[PickLine]] = defaultdict(list)
    for line in PickLine.objects.filter(task__any=[task.pk for task in tasks], quantity__gt=0):
        rest[line.task_id].append(line)
    for task in tasks:
        if not rest[task.pk]:
            task.state = State.DROPPED
        elif task.state == State.PACKED:
            task.state = State.PICKED
        elif task.state == State.PICKING and all(line.picked == line.quantity for line in rest[task.pk]):
            task.state, task.picked_at = State.PICKED, at
    update_rows(tasks, ["state", "picked_at"])


def _open_parcels(tasks: Sequence[PickTask], *, at: datetime) -> None:
    """Stop the parcels of tasks and give their waybills back; what is packed anew is asked for anew."""
    parcels = Parcel.objects.filter(task__any=[task.pk for task in tasks], handed_over_at=None)
    if tasks:
        give_back(Waybill.objects.filter(parcel__in=parcels), at=at)
        parcels.update(state=Parcel.State.STOPPED)


def changed_since_packing(held: Collection[Order]) -> int | None:
    """Return one of some locked orders whose parcels hold what was cancelled, or are opened because of it."""
    changed = [order.pk for order in held if order.points_cancelled]
    if not changed:
        return None
    tasks = PickTask.objects.filter(order__any=changed)
    again = tasks.filter(state__in=AT_WORK).values_list("order_id", flat=True).first()
    if again is not None:
        return again
    packed = list(tasks.filter(state=State.PACKED).values_list("pk", flat=True))
    lines = _superfluous(packed)
    return lines[0].order_line.order_id if lines else None
