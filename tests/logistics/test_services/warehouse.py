"""A warehouse at work, an hour after the order: its moves, its boxes, and what carriers report to it."""

from __future__ import annotations

from datetime import timedelta

from inventory.models import Sku
from logistics import services as logistics
from logistics import terms
from logistics.models import Parcel, PickLine, PickTask, Waybill
from members.models import Member
from orders.models import Order
from tests.worlds import AT, carrier_service, picking, waybill_of

HOUR = timedelta(hours=1)
LATER = AT + HOUR


def task_move(task: PickTask) -> logistics.TaskMove:
    return logistics.TaskMove(task.pk, LATER, "operator:wang")


def packing(task: PickTask, *boxes: logistics.Box) -> logistics.Packing:
    return logistics.Packing(task.pk, boxes, LATER, "operator:wang")


def report(of: Order | Waybill, *points: terms.TrackPoint) -> logistics.Report:
    waybill = of if isinstance(of, Waybill) else waybill_of(of)
    return logistics.Report(waybill.pk, points, LATER, "carrier:SF")


def picked(by: Member, *lines: tuple[Sku, int]) -> PickTask:
    """A task whose units lie in the trolley."""
    carrier_service()
    task = picking(by, *lines).pick_tasks.get()
    logistics.pick_all([task_move(task)])
    return PickTask.objects.get(pk=task.pk)


def everything() -> tuple[object, ...]:
    """All that logistics and orders know, to compare before and after."""
    models = (PickTask, PickLine, Parcel, Waybill, Order)
    return tuple(list(model._default_manager.order_by("pk").values_list()) for model in models)
