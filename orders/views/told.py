"""What floors above tell a member's page of an order; nothing here knows who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orders.models import Order
from orders.rules.timeline import Entry


@dataclass(frozen=True, slots=True)
class Told:
    """What a teller knows: what happened, oldest first, and the mark that changes whenever that does."""

    mark: str
    entries: list[Entry]


class Teller(Protocol):
    """Somebody who knows more of an order, as logistics knows the way of its parcels."""

    def mark(self, order: Order) -> str:
        """Return the mark alone, for whoever only wants to know whether anything is new."""
        ...

    def told(self, order: Order) -> Told:
        """Return all that is known, read at once."""
        ...


tellers: list[Teller] = []
