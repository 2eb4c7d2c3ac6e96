"""The one writer of stock counters: on hand and reserved are the sums of the movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from foundation.sql import Statement


class Movement(NamedTuple):
    """A change of one stock's counters, signed, with its cause; kind and reference make it happen once."""

    stock_id: int
    kind: str
    on_hand: int
    reserved: int
    reference: str
    at: datetime
    by: str
    reason: str = ""


_MOVE = Statement(
    "inventory_move",
    "bigint[], text[], bigint[], bigint[], text[], timestamptz[], text[], text[]",
    """
    WITH movements AS (
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
            AS m(stock_id, kind, on_hand, reserved, reference, at, by, reason, i)
    ), written AS (
        INSERT INTO inventory_stockmovement
            (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
        SELECT stock_id, kind, on_hand, reserved, reference, at, by, reason FROM movements ORDER BY i
    )
    UPDATE inventory_stock s SET on_hand = s.on_hand + d.on_hand, reserved = s.reserved + d.reserved
    FROM (
        SELECT stock_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM movements GROUP BY stock_id
    ) d
    WHERE s.id = d.stock_id
    """,
)


def move(movements: Sequence[Movement]) -> None:
    """Write movements and bring the counters along, in one statement.

    The caller holds the locks of the stock rows, taken in the order of their ids.

    :raises IntegrityError: a counter would leave its bounds, or the movement was made before; nothing is written
    """
    if movements:
        _MOVE.change(*map(list, zip(*movements, strict=True)))
