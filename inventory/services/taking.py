"""The stock side of placing orders: lock what a batch wants, reserve what it gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from foundation.sql import Statement
from inventory.models import is_within


@dataclass(slots=True)
class Shelf:
    """A SKU as placement sees it, its stock rows locked until the transaction ends."""

    sku_id: int
    sku_code: str
    specification: str
    specification_en: str
    weight_g: int
    points_price: int
    cash_price: int
    is_active: bool
    gift_id: int
    category_id: int
    name: str
    name_en: str
    picture: str
    is_listed: bool
    on_shelf_from: datetime | None
    on_shelf_until: datetime | None
    is_virtual: bool = False
    free: list[list[int]] = field(default_factory=list)
    """[stock id, warehouse id, free units], the warehouse to draw on first coming first."""

    def is_redeemable(self, at: datetime) -> bool:
        """Tell whether members may redeem this SKU at this moment."""
        return self.is_active and self.is_listed and is_within(self.on_shelf_from, self.on_shelf_until, at)

    def take(self, quantity: int, warehouse_id: int | None = None) -> int | None:
        """Take units from one warehouse and return its stock id; None when no (such) warehouse has enough."""
        for place in self.free:
            if place[2] >= quantity and warehouse_id in (None, place[1]):
                place[2] -= quantity
                return place[0]
        return None


_LOCK = Statement(
    "inventory_lock_shelves",
    "text[]",
    """
    SELECT s.id, s.warehouse_id, s.on_hand - s.reserved, w.priority,
        k.id, k.code, k.specification, k.specification_en, k.weight_g, k.points_price, k.cash_price, k.is_active,
        g.id, g.category_id, g.name, g.name_en, g.picture, g.is_listed, g.on_shelf_from, g.on_shelf_until,
        g.kind <> 'physical'
    FROM inventory_sku k
    JOIN inventory_gift g ON g.id = k.gift_id
    JOIN inventory_stock s ON s.sku_id = k.id
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE k.code = ANY($1)
    ORDER BY s.id FOR UPDATE OF s
    """,
)


def lock_shelves(codes: Iterable[str]) -> dict[str, Shelf]:
    """Lock the stock of SKUs, by stock id, and read what placement needs to know of them.

    Every SKU has a stock row in every warehouse, so one that is missing from the answer does not exist.

    :returns: shelves by SKU code
    """
    shelves: dict[str, Shelf] = {}
    places: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in _LOCK.rows(sorted(set(codes))):
        code = row[5]
        if code not in shelves:
            shelves[code] = Shelf(*row[4:])
        places.setdefault(code, []).append((row[3], row[0], row[1], row[2]))
    for code, shelf in shelves.items():
        shelf.free = [[stock, warehouse, free] for _priority, stock, warehouse, free in sorted(places[code])]
    return shelves


class Promise(NamedTuple):
    """Units of a locked stock for one order line; `reference` is "order number/position"."""

    stock_id: int
    quantity: int
    reference: str
    at: datetime
    by: str


_RESERVE = Statement(
    "inventory_reserve",
    "bigint[], bigint[], text[], timestamptz[], text[]",
    """
    WITH promises AS (
        SELECT * FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS p(stock_id, quantity, reference, at, by, i)
    ), reserved AS (
        INSERT INTO inventory_reservation (stock_id, reference, quantity, created_at, outcome)
        SELECT stock_id, reference, quantity, at, '' FROM promises ORDER BY i
    ), moved AS (
        INSERT INTO inventory_stockmovement
            (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
        SELECT stock_id, 'reserved', 0, quantity, reference, at, by, '' FROM promises ORDER BY i
    )
    UPDATE inventory_stock s SET reserved = s.reserved + d.quantity
    FROM (SELECT stock_id, sum(quantity) AS quantity FROM promises GROUP BY stock_id) d
    WHERE s.id = d.stock_id
    """,
)


def reserve(promises: Sequence[Promise]) -> None:
    """Promise units of locked stocks to order lines, in one statement.

    :raises IntegrityError: more than is free, or a line that has its promise already; nothing is written
    """
    if promises:
        _RESERVE.change(*map(list, zip(*promises, strict=True)))
