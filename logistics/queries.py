"""Reads of parcels that every look at an order needs; each is one statement that is planned once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from foundation.sql import Statement


@dataclass(frozen=True, slots=True)
class News:
    """What a carrier told us of a parcel; `id` grows with every news, and news are never changed nor taken back."""

    id: int
    parcel: str
    status: str
    text: str
    occurred_at: datetime


def news_of(order_id: int) -> list[News]:
    """Return what carriers told us of an order's parcels, oldest first."""
    return [News(*row) for row in _NEWS.rows([order_id])]


def latest_news_of(order_id: int) -> int:
    """Return the highest `News.id` of an order's parcels; 0 when nothing has been told."""
    return int(_LATEST.rows([order_id])[0][0])


_OF_ORDER = """
    FROM logistics_parcel p
    JOIN logistics_waybill w ON w.parcel_id = p.id
    JOIN logistics_trackingevent t ON t.waybill_id = w.id
    WHERE p.order_id = ($1)[1]
"""
_NEWS = Statement(
    "logistics_news",
    "bigint[]",
    f"SELECT t.id, p.number, t.status, t.text, t.occurred_at {_OF_ORDER} ORDER BY t.occurred_at, t.id",
)
_LATEST = Statement("logistics_latest_news", "bigint[]", f"SELECT coalesce(max(t.id), 0) {_OF_ORDER}")
