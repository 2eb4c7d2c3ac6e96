"""What logistics does when something happens to an order. Loaded by LogisticsConfig.ready()."""

from __future__ import annotations

from datetime import datetime

from logistics import services
from orders import events
from orders import services as orders
from orders.models import OrderEvent

Kind = OrderEvent.Kind


@events.on(Kind.CONFIRMED, Kind.APPROVED, Kind.PAID)
def open_pick_task(event: OrderEvent, at: datetime) -> None:
    if event.order.is_virtual:
        return  # nobody picks a code
    services.open_pick_tasks([orders.Move(event.order_id, at, event.by)])


@events.on(Kind.CANCELLED)
def drop_pick_task(event: OrderEvent, at: datetime) -> None:
    services.drop_tasks(orders.Move(event.order_id, at, event.by))


@events.on(Kind.UNITS_CANCELLED)
def trim_pick_tasks(event: OrderEvent, at: datetime) -> None:
    services.trim_tasks(orders.Move(event.order_id, at, event.by))
