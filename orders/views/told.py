"""What floors above tell a member's page of an order; nothing here knows who they are."""

from __future__ import annotations

from typing import Protocol

from orders.models import Order
from orders.rules.timeline import Entry


class Teller(Protocol):
    """Somebody who knows more of an order, as logistics knows the way of its parcels."""

    def mark(self, order: Order) -> str:
        """Return a short text that changes whenever the entries do, for few statements."""
        ...

    def entries(self, order: Order) -> list[Entry]:
        """Return what happened, oldest first."""
        ...


tellers: list[Teller] = []
