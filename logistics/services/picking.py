"""From a ready order to its units in a trolley: pick tasks, scans, and what a cancelled order leaves behind.

Every verb locks the order before its own rows, as all write paths do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from foundation.refusals import NotFound, Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from inventory.models import Reservation
from logistics import rules
from logistics.models import Parcel, PickLine, PickTask, Waybill
from logistics.services.cancelling import give_back
from logistics.services.trimming import trim
from orders import services as orders
from orders.models import Order, OrderLine

State = PickTask.State


class WrongTaskState(Refusal):
    code = "pick_task_state"
    message = _("This cannot be done now: the pick task is “%(state)s”.")


class WrongBarcode(Refusal):
    code = "wrong_barcode"
    message = _("This barcode is not on the pick list. Put the piece back and take the right one.")


class AlreadyPicked(Refusal):
    code = "already_picked"
    message = _("All pieces of this SKU have been picked. Put the extra one back.")


class PutBackChanged(Refusal):
    """Pieces were cancelled after somebody read which ones to put back."""

    code = "put_back_changed"
    message = _("The member has cancelled more meanwhile. Look again at what goes back on the shelf.")


@dataclass(frozen=True, slots=True)
class TaskMove:
    """When and by whom one pick task moves."""

    task_id: int
    at: datetime
    by: str
    is_history: bool = False

    def of_order(self, order_id: int) -> orders.Move:
        """Return the same move for the task's order."""
        return orders.Move(order_id, self.at, self.by, is_history=self.is_history)


@transaction.atomic
def open_pick_tasks(moves: Sequence[orders.Move]) -> list[PickTask]:
    """Give each ready order one pick task per warehouse it draws on; tasks that stand are left alone."""
    ready = [order for order in orders.lock_orders(moves) if order.status == Order.Status.READY]
    since = {move.order_id: move.at for move in moves}
    standing = set(
        PickTask.objects.filter(order__any=[order.pk for order in ready]).values_list("order_id", flat=True)
    )
    fresh = {order.pk: order for order in ready if order.pk not in standing}
    lines = {
        f"{fresh[line.order_id].number}/{line.position}": line
        for line in OrderLine.objects.filter(order__any=fresh).order_by("order", "position")
    }
    warehouses = dict(
        Reservation.objects.filter(reference__any=lines, ended_at=None).values_list(
            "reference", "stock__warehouse"
        )
    )
    by_task: dict[tuple[int, int], list[OrderLine]] = defaultdict(list)
    for reference, line in lines.items():
        if reference in warehouses:
            by_task[line.order_id, warehouses[reference]].append(line)
    tasks = PickTask.objects.bulk_create(
        PickTask(order_id=order, warehouse_id=warehouse, opened_at=since[order])
        for order, warehouse in by_task
    )
    PickLine.objects.bulk_create(
        PickLine(task=task, order_line=line, sku_id=line.sku_id, quantity=line.left)
        for task, lines_of_task in zip(tasks, by_task.values(), strict=True)
        for line in lines_of_task
    )
    return tasks


def start_picking(moves: Sequence[TaskMove]) -> list[PickTask]:
    """Take pick tasks to work; their orders move on with the first one.

    :raises WrongTaskState: taken by somebody else, or dropped
    :raises TransitionRefused: the order was cancelled or stopped
    :raises OnHold: somebody has to look at the order first
    """
    return with_retries(lambda: _start_picking(moves))


@transaction.atomic
def _start_picking(moves: Sequence[TaskMove]) -> list[PickTask]:
    tasks = lock_tasks(moves)
    trim(tasks, at=moves[0].at)
    for task, move in zip(tasks, moves, strict=True):
        if task.state != State.OPEN:
            raise WrongTaskState(state=task.get_state_display())
        _check_order(task)
        task.state, task.started_at, task.started_by = State.PICKING, move.at, move.by
    first = {
        task.order_id: move.of_order(task.order_id)
        for task, move in zip(tasks, moves, strict=True)
        if task.order.status == Order.Status.READY
    }
    held = {task.order_id: task.order for task in tasks}
    orders.mark_picking(list(first.values()), locked=[held[order_id] for order_id in first])
    update_rows(tasks, ["state", "started_at", "started_by"])
    return tasks


@transaction.atomic
def scan(task_id: int, *, barcode: str, at: datetime, by: str) -> PickLine:
    """Put one piece into the trolley by its barcode; the last one completes the task.

    :raises WrongBarcode, AlreadyPicked: the piece does not belong there
    :raises WrongTaskState: not being picked
    :raises TransitionRefused: the order was cancelled
    """
    (task,) = lock_tasks([TaskMove(task_id, at, by)])
    trim([task], at=at)
    if task.state not in (State.PICKING, State.PICKED):
        raise WrongTaskState(state=task.get_state_display())
    _check_order(task)
    lines = list(task.lines.filter(quantity__gt=0).select_related("sku", "order_line").order_by("pk"))
    matching = [line for line in lines if line.sku.barcode == barcode.strip()]
    if not matching:
        raise WrongBarcode
    line = next((line for line in matching if line.picked < line.quantity), None)
    if line is None:
        raise AlreadyPicked
    line.picked += 1
    line.save(update_fields=["picked"])
    if all(each.picked == each.quantity for each in lines):
        task.state, task.picked_at = State.PICKED, at
        task.save(update_fields=["state", "picked_at"])
    return line


@transaction.atomic
def pick_all(moves: Sequence[TaskMove]) -> list[PickTask]:
    """Tick off whole pick lists that were picked on paper.

    :raises WrongTaskState: not being picked
    :raises TransitionRefused: an order was cancelled
    """
    tasks = lock_tasks(moves)
    trim(tasks, at=moves[0].at)
    for task, move in zip(tasks, moves, strict=True):
        if task.state != State.PICKING:
            raise WrongTaskState(state=task.get_state_display())
        _check_order(task)
        task.state, task.picked_at = State.PICKED, move.at
    PickLine.objects.filter(task__any=[task.pk for task in tasks]).update(picked=F("quantity"))
    update_rows(tasks, ["state", "picked_at"])
    return tasks


def _check_order(task: PickTask) -> None:
    """Refuse work for an order that was cancelled a moment ago, though its task has not been dropped yet."""
    if task.order.status not in (Order.Status.READY, Order.Status.PICKING):
        raise orders.TransitionRefused(status=task.order.get_status_display())


@transaction.atomic
def put_back(moves: Sequence[TaskMove], *, shown: str | None = None) -> list[PickTask]:
    """Note that the pieces which nobody wants any more are back on their shelves.

    :param shown: the list that somebody was shown (`rules.put_back_list`); None means all that is known now

    :raises PutBackChanged: more was cancelled since that list was read; nothing has been changed
    """
    tasks = lock_tasks(moves)
    lines = PickLine.objects.filter(task__any=[task.pk for task in tasks], to_put_back__gt=0)
    if shown is not None and rules.put_back_list(lines) not in ("", shown):
        raise PutBackChanged
    lines.filter(quantity=0).delete()
    lines.update(to_put_back=0)
    return tasks


@transaction.atomic
def drop_tasks(move: orders.Move) -> None:
    """Stop all work on an order that ended early: tasks are dropped, parcels stopped, their waybills given back.

    What was picked is to be put back.
    """
    orders.lock_orders([move])
    open_tasks = PickTask.objects.filter(order=move.order_id).exclude(state=State.DROPPED)
    dropped = list(open_tasks.order_by("pk").values_list("pk", flat=True))
    if not move.is_history:
        taken = PickLine.objects.filter(task__any=dropped, picked__gt=0)
        taken.update(to_put_back=F("to_put_back") + F("picked"), picked=0)
    open_tasks.update(state=State.DROPPED)
    parcels = Parcel.objects.filter(order=move.order_id, handed_over_at=None)
    give_back(Waybill.objects.filter(parcel__in=parcels), at=move.at)
    parcels.update(state=Parcel.State.STOPPED)


def lock_tasks(moves: Sequence[TaskMove]) -> list[PickTask]:
    """Lock the orders of pick tasks, then the tasks, and return them, orders attached, in the order of the moves.

    :raises NotFound: no such task
    """
    wanted = {move.task_id: move for move in moves}
    order_of = dict(PickTask.objects.filter(pk__any=wanted).values_list("pk", "order_id"))
    if len(order_of) < len(wanted):
        raise NotFound
    by_order = {order_of[pk]: move for pk, move in wanted.items()}
    locked = orders.lock_orders([move.of_order(order_id) for order_id, move in by_order.items()])
    held = {order.pk: order for order in locked}
    tasks = {
        task.pk: task
        for task in PickTask.objects.filter(pk__any=wanted).order_by("pk").select_for_update(of=("self",))
    }
    for task in tasks.values():
        task.order = held[task.order_id]
    return [tasks[move.task_id] for move in moves]
