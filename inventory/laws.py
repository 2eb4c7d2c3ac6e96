"""The laws of stock, as the auditor reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, constraints_stand, count, triggers_stand

STOCKS = count("inventory_stock")
MOVEMENTS = count("inventory_stockmovement")
RESERVATIONS = count("inventory_reservation")

LAWS: tuple[Law, ...] = (
    triggers_stand("inventory"),
    Law(
        5,
        "inventory.counters",
        _("On hand and reserved are the sums of their movements"),
        STOCKS,
        """
        SELECT 'stock ' || s.id || ': ' || s.on_hand || ' / ' || s.reserved
        FROM inventory_stock s
        LEFT JOIN (
            SELECT stock_id, sum(on_hand_change) AS on_hand, sum(reserved_change) AS reserved
            FROM inventory_stockmovement GROUP BY stock_id
        ) m ON m.stock_id = s.id
        WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.reserved <> coalesce(m.reserved, 0)
        """,
    ),
    Law(
        5,
        "inventory.bounds",
        _("No more was ever reserved than was on hand, after any movement"),
        MOVEMENTS,
        """
        SELECT 'stock ' || stock_id || ': ' || count(*)
        FROM (
            SELECT stock_id, sum(on_hand_change) OVER moments AS on_hand, sum(reserved_change) OVER moments AS reserved
            FROM inventory_stockmovement
            WINDOW moments AS (PARTITION BY stock_id ORDER BY id ROWS UNBOUNDED PRECEDING)
        ) history
        WHERE reserved < 0 OR reserved > on_hand GROUP BY stock_id
        """,
    ),
    Law(
        5,
        "inventory.reserved",
        _("Reserved is the sum of the active reservations"),
        STOCKS,
        """
        SELECT 'stock ' || s.id || ': ' || s.reserved
        FROM inventory_stock s
        LEFT JOIN (
            SELECT stock_id, sum(quantity) AS quantity FROM inventory_reservation
            WHERE ended_at IS NULL GROUP BY stock_id
        ) r ON r.stock_id = s.id
        WHERE s.reserved <> coalesce(r.quantity, 0)
        """,
    ),
    Law(
        5,
        "inventory.reservation_movements",
        _(
            "Each reservation has its movement, one for each part given back, and one of the kind that ended it"
        ),
        RESERVATIONS,
        """
        SELECT coalesce(r.reference, m.reference)
        FROM inventory_reservation r
        FULL JOIN (
            SELECT split_part(reference, '#', 1) AS reference, stock_id,
                sum(reserved_change) FILTER (WHERE kind = 'reserved') AS reserved,
                -sum(reserved_change) FILTER (WHERE kind = 'released') AS released,
                -sum(reserved_change) FILTER (WHERE kind = 'shipped') AS shipped
            FROM inventory_stockmovement WHERE kind IN ('reserved', 'released', 'shipped')
            GROUP BY 1, stock_id
        ) m ON m.reference = r.reference AND m.stock_id = r.stock_id
        WHERE m.reserved IS DISTINCT FROM r.quantity + r.given_back
            OR coalesce(m.released, 0) <> r.given_back + CASE r.outcome WHEN 'released' THEN r.quantity ELSE 0 END
            OR coalesce(m.shipped, 0) <> CASE r.outcome WHEN 'shipped' THEN r.quantity ELSE 0 END
        """,
    ),
    Law(
        5,
        "inventory.movement_kinds",
        _("Each kind of movement changes its own counters, in its own direction"),
        MOVEMENTS,
        """
        SELECT kind || ' ' || reference FROM inventory_stockmovement
        WHERE NOT CASE kind
            WHEN 'received' THEN on_hand_change > 0 AND reserved_change = 0
            WHEN 'reserved' THEN on_hand_change = 0 AND reserved_change > 0
            WHEN 'released' THEN on_hand_change = 0 AND reserved_change < 0
            WHEN 'shipped' THEN on_hand_change < 0 AND reserved_change = on_hand_change
            WHEN 'returned' THEN on_hand_change > 0 AND reserved_change = 0
            ELSE reserved_change = 0
        END
        """,
    ),
    Law(
        5,
        "inventory.returned",
        _("No more units came back to a stock than were shipped from it"),
        STOCKS,
        """
        SELECT 'stock ' || stock_id FROM inventory_stockmovement
        WHERE kind IN ('shipped', 'returned') GROUP BY stock_id HAVING sum(on_hand_change) > 0
        """,
    ),
    Law(
        5,
        "inventory.reasons",
        _("Stock was never corrected without a reason"),
        count("inventory_stockmovement", "kind = 'adjusted'"),
        "SELECT reference FROM inventory_stockmovement WHERE kind = 'adjusted' AND btrim(reason) = ''",
    ),
    Law(
        5,
        "inventory.stock_everywhere",
        _("Every SKU has a stock row in every warehouse"),
        STOCKS,
        """
        SELECT k.code || ' @ ' || w.code FROM inventory_sku k CROSS JOIN inventory_warehouse w
        WHERE NOT EXISTS (SELECT FROM inventory_stock s WHERE s.sku_id = k.id AND s.warehouse_id = w.id)
        """,
    ),
    Law(
        5,
        "inventory.codes",
        _("Each unit on hand of a virtual gift is a code that nobody has"),
        count("inventory_virtualcode"),
        """
        SELECT k.code || ': ' || coalesce(s.units, 0) || ' / ' || coalesce(c.codes, 0)
        FROM inventory_sku k JOIN inventory_gift g ON g.id = k.gift_id
        LEFT JOIN (
            SELECT sku_id, sum(on_hand) AS units FROM inventory_stock GROUP BY sku_id
        ) s ON s.sku_id = k.id
        LEFT JOIN (
            SELECT sku_id, count(*) AS codes FROM inventory_virtualcode WHERE given_at IS NULL GROUP BY sku_id
        ) c ON c.sku_id = k.id
        WHERE coalesce(c.codes, 0) <> CASE g.kind WHEN 'physical' THEN 0 ELSE coalesce(s.units, 0) END
        """,
    ),
    constraints_stand("inventory"),
)
