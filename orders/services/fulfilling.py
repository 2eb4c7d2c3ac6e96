"""What the warehouse and the carriers tell orders; called by logistics in its own transactions."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from inventory import services as inventory
from orders.models import Order, OrderLine
from orders.models.order import Status
from orders.services.moving import Kind, Move, advance, lock_orders, save
from orders.services.reviewing import departures


class OnHold(Refusal):
    code = "on_hold"
    message = _("Order %(number)s is on hold. Resolve its exception case first.")


@transaction.atomic
def mark_picking(moves: Sequence[Move], *, locked: Sequence[Order] | None = None) -> list[Order]:
    """Note that somebody began to pick.

    :param locked: the orders of the moves, where the caller has locked them in this transaction already

    :raises TransitionRefused: not ready
    :raises OnHold: somebody has to look at it first
    """
    orders = lock_orders(moves) if locked is None else list(locked)
    for order in orders:
        if order.on_hold_reason:
            raise OnHold(number=order.number)
    save(orders, advance(orders, moves, lambda order: order.start_picking, Kind.PICKING_STARTED))
    return orders


@transaction.atomic
def mark_packed(moves: Sequence[Move], *, locked: Sequence[Order] | None = None) -> list[Order]:
    """Note that every unit lies in a parcel; `locked` as above.

    :raises TransitionRefused: not being picked
    """
    orders = lock_orders(moves) if locked is None else list(locked)
    save(orders, advance(orders, moves, lambda order: order.pack, Kind.PACKED))
    return orders


@transaction.atomic
def mark_shipped(moves: Sequence[Move], *, locked: Sequence[Order] | None = None) -> list[Order]:
    """Send orders out: stock leaves the house; the event carries the waybills in ``data["parcels"]``.

    :param locked: as above

    :raises TransitionRefused: not packed
    """
    orders = lock_orders(moves) if locked is None else list(locked)
    save(orders, advance(orders, moves, lambda order: order.ship, Kind.SHIPPED))
    inventory.ship_out(departures(orders, moves))
    OrderLine.objects.filter(order__any=[order.pk for order in orders]).update(
        shipped=F("quantity") - F("cancelled")
    )
    return orders


@transaction.atomic
def mark_delivered(moves: Sequence[Move]) -> list[Order]:
    """Note that all parcels arrived; an order that its member confirmed before stays signed."""
    locked = lock_orders(moves)
    pairs = [(o, m) for o, m in zip(locked, moves, strict=True) if o.status == Status.SHIPPED]
    orders, arrivals = [order for order, _move in pairs], [move for _order, move in pairs]
    if orders:
        save(orders, advance(orders, arrivals, lambda order: order.deliver, Kind.DELIVERED))
    return orders
