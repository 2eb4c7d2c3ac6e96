"""What orders' floor knows of a member, as the member may have it."""

from __future__ import annotations

from collections.abc import Iterator

from foundation.disclosure import CHUNK, Chapter, Row, picked, told
from orders.models import CartLine, Order

_ORDER = (
    "number", "status", "channel", "points_total", "cash_total", "points_refunded", "recipient", "recipient_phone",
    "region_name", "address_detail", "note", "placed_at", "ready_at", "shipped_at", "delivered_at", "signed_at",
    "closed_at", "ended_at",
)  # fmt: skip
_LINE = (
    "name",
    "specification",
    "sku_code",
    "quantity",
    "unit_points",
    "unit_cash",
    "shipped",
    "cancelled",
    "returned",
)


def _orders(member_id: int) -> Iterator[Row]:
    orders = Order.objects.filter(member_id=member_id).order_by("placed_at", "pk")
    for order in orders.prefetch_related("lines", "events__remark").iterator(chunk_size=CHUNK):
        yield {
            **picked(order, *_ORDER),
            "lines": [picked(line, *_LINE) for line in order.lines.all()],
            "events": [
                {**picked(event, "seq", "kind", "to_status", "reason", "occurred_at"), "by": _who(event.by)}
                for event in order.events.all()
            ],
        }


def _who(by: str) -> str:
    """Name the member and what works by itself; which of our people it was is theirs to be told."""
    return "operator" if by.startswith("operator:") else by


def _cart(member_id: int) -> Iterator[Row]:
    return told(CartLine.objects.filter(member_id=member_id), "sku__code", "quantity", "added_at")


CHAPTERS: tuple[Chapter, ...] = (Chapter("orders", _orders), Chapter("cart", _cart))
