"""An order in each of its states, and all that is written of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from inventory.models import Reservation
from orders import services as orders
from orders.models import Order, Refund
from tests.worlds import (
    AT,
    delivered,
    move,
    packed,
    picking,
    placed,
    points_of,
    shipped,
    signed,
    under_review,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = AT + HOUR

Maker = Callable[..., Order]


def awaiting_payment(*words: object) -> Order:
    return placed(*words, is_history=True, past_status="awaiting_payment")  # type: ignore[arg-type]


def closed(*words: object) -> Order:
    order = signed(*words)  # type: ignore[arg-type]
    orders.close_orders([move(order)])
    return fresh(order)


def cancelled(*words: object) -> Order:
    order = placed(*words)  # type: ignore[arg-type]
    orders.cancel_orders([move(order)])
    return fresh(order)


def rejected(*words: object) -> Order:
    order = under_review(*words)  # type: ignore[arg-type]
    orders.reject([move(order, reason="strange")])
    return fresh(order)


def expired(*words: object) -> Order:
    order = awaiting_payment(*words)
    orders.expire_orders([move(order)])
    return fresh(order)


MAKERS: dict[str, Maker] = {
    "under_review": under_review,
    "awaiting_payment": awaiting_payment,
    "ready": placed,
    "picking": picking,
    "packed": packed,
    "shipped": shipped,
    "delivered": delivered,
    "signed": signed,
    "closed": closed,
    "rejected": rejected,
    "cancelled": cancelled,
    "expired": expired,
}


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def everything_of(order: Order) -> tuple[object, ...]:
    """All that is written of an order, to compare before and after."""
    return (
        Order.objects.filter(pk=order.pk).values_list().get(),
        list(order.lines.values_list()),
        list(order.events.values_list()),
        list(Reservation.objects.filter(reference__startswith=order.number).values_list()),
        points_of(order.member),
        Refund.objects.count(),
    )


def last_event(order: Order) -> tuple[object, ...]:
    columns = ("seq", "kind", "from_status", "to_status", "by", "remark__words")
    return tuple(order.events.order_by("-seq").values_list(*columns)[0])
