"""Units that are cancelled, and the pick tasks and parcels that they are taken out of."""

from __future__ import annotations

from django.db import transaction

from logistics import services as logistics
from logistics.models import Parcel, PickLine, PickTask
from orders import events
from orders import services as orders
from orders.models import Order, OrderEvent, ReviewTask
from orders.services import moving
from tests.worlds import AT, move

CLERK = "operator:wang"


def tell() -> None:
    while events.deliver_waiting(at=AT):
        pass


def cancel(order: Order, *units: int, fee: int | None = None, key: str = "click") -> Order:
    lines = list(order.lines.order_by("position"))
    wanted = [orders.LineCancel(line.pk, n) for line, n in zip(lines, units, strict=False) if n]
    shown = {} if fee is None else {"fee": fee}
    by = f"member:{order.member.number}"
    return orders.cancel_units(orders.Move(order.pk, AT, by, data=shown), wanted, key=key)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def picked(task: PickTask) -> list[tuple[int, int, int]]:
    return list(task.lines.order_by("pk").values_list("quantity", "picked", "to_put_back"))


def scan(task: PickTask, item: object) -> PickLine:
    return logistics.scan(task.pk, barcode=item.barcode, at=AT, by=CLERK)  # type: ignore[attr-defined]


def state(task: PickTask) -> str:
    return PickTask.objects.get(pk=task.pk).state


def task_move(task: PickTask) -> logistics.TaskMove:
    return logistics.TaskMove(task.pk, AT, CLERK)


def pack(task: PickTask, waybill: str = "") -> Parcel:
    (parcel,) = logistics.pack(
        [logistics.Packing(task.pk, (logistics.Box(900, waybill=waybill),), AT, CLERK)]
    )
    return parcel


@transaction.atomic
def awaiting_payment(order: Order) -> Order:
    """Ask for cash, as orders with a cash part will."""
    asked = [move(order)]
    held = moving.lock_orders(asked)
    facts = moving.advance(held, asked, lambda each: each.ask_payment, OrderEvent.Kind.PAYMENT_ASKED)
    moving.save(held, facts)
    ReviewTask.objects.filter(order=order).update(
        decision="approved", decided_by="operator:lin", decided_at=AT
    )
    return fresh(order)
