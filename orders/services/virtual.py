"""Orders of virtual gifts: their codes are handed out by a worker, each unit its own, and nothing is picked or sent."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from inventory import services as inventory
from orders.models import Order, OrderLine
from orders.models.order import Status
from orders.services.moving import Kind, Move, advance, save
from orders.services.reviewing import departures

logger = logging.getLogger(__name__)

BY = "worker"
LOOKED_AT = 10_000
"""Waiting orders that one look takes in: those without a code must not keep the others waiting."""


def issue_codes(*, at: datetime, limit: int = 100) -> int:
    """Hand out the codes of orders that are ready for it, order by order; return how many got theirs.

    An order without a code left stays ready, in view of an operator once its time is over; those behind it go on.
    """
    ready = Order.objects.filter(status=Status.READY, address=None, on_hold_reason="")
    issued = 0
    for order_id in list(ready.order_by("entered_at").values_list("pk", flat=True)[:LOOKED_AT]):
        if issued == limit:
            break
        try:
            issued += _issue(Move(order_id, at, BY))
        except inventory.NoCodeLeft as missing:
            logger.warning("order %s has no code: %s", order_id, missing.detail["sku"])
    return issued


@transaction.atomic
def _issue(move: Move) -> bool:
    """Move one order that no other worker holds from ready to delivered; False when there is nothing to do."""
    waiting = Order.objects.filter(pk=move.order_id, status=Status.READY, address=None, on_hold_reason="")
    order = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if order is None:
        return False
    lines = OrderLine.objects.filter(order=order, quantity__gt=F("cancelled")).order_by("position")
    inventory.give_codes(
        [
            inventory.Handout(
                f"{order.number}/{line.position}", line.sku_id, line.sku_code, line.quantity - line.cancelled
            )
            for line in lines
        ],
        at=move.at,
    )
    save([order], advance([order], [move], lambda one: one.issue, Kind.ISSUED))
    save([order], advance([order], [move], lambda one: one.deliver, Kind.DELIVERED))
    inventory.ship_out(departures([order], [move]))
    OrderLine.objects.filter(order=order).update(shipped=F("quantity") - F("cancelled"))
    return True


def show_codes(order: Order, *, at: datetime) -> list[tuple[OrderLine, list[str]]]:
    """Return the lines of a virtual order with the codes of each, noting when the member first read them."""
    lines = {f"{order.number}/{line.position}": line for line in order.lines.all()}
    codes = inventory.show_codes(lines, at=at)
    return [(line, codes[reference]) for reference, line in lines.items() if codes[reference]]
