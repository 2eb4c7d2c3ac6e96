"""What is noted on an order's timeline while the order goes on its way."""

from __future__ import annotations

from enum import Enum

from django.db import transaction

from orders.models import Order
from orders.services.moving import Kind, Move, fact, lock_orders, save


class ComplaintFact(Enum):
    """What can be noted of a complaint about an order."""

    FILED = Kind.COMPLAINT_FILED
    ANSWERED = Kind.COMPLAINT_ANSWERED
    REOPENED = Kind.COMPLAINT_REOPENED


@transaction.atomic
def note_complaint(move: Move, what: ComplaintFact) -> Order:
    """Note that the member complained about an order, once more perhaps, or was answered; the order goes on.

    :raises NotFound: there is no such order
    """
    (order,) = lock_orders([move])
    save([order], [fact(order, Kind(what.value), move)])
    return order
