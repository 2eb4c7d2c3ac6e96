"""What is noted on an order's timeline while the order goes on its way."""

from __future__ import annotations

from django.db import transaction

from orders.models import Order
from orders.services.moving import Kind, Move, fact, lock_orders, save


@transaction.atomic
def note_complaint(move: Move, *, is_answered: bool) -> Order:
    """Note that the member complained about an order, or was answered; the order and its clock go on.

    :raises NotFound: there is no such order
    """
    (order,) = lock_orders([move])
    save([order], [fact(order, Kind.COMPLAINT_ANSWERED if is_answered else Kind.COMPLAINT_FILED, move)])
    return order
