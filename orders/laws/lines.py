"""What orders reserved, shipped and cost, line by line (laws 5 and 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count, listed
from orders.models.order import ENDED_EARLY, SENT

LINES = count("orders_orderline")

LINE_LAWS: tuple[Law, ...] = (
    Law(
        5,
        "orders.reservations",
        _(
            "Each line reserved its units once: active while the order is open, shipped or released with it, and "
            "given back as far as it was cancelled"
        ),
        LINES,
        f"""
        SELECT coalesce(l.reference, r.reference)
        FROM (
            SELECT o.number || '/' || l.position AS reference, l.quantity, l.cancelled, l.sku_id, CASE
                WHEN l.cancelled = l.quantity THEN 'released'
                WHEN o.status IN ({listed(SENT)}) THEN 'shipped'
                WHEN o.status IN ({listed(ENDED_EARLY)}) THEN 'released'
                ELSE ''
            END AS outcome
            FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        ) l
        FULL JOIN (
            SELECT r.reference, r.quantity + r.given_back AS quantity, r.given_back, r.outcome, s.sku_id
            FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id
        ) r ON r.reference = l.reference
        WHERE (l.quantity, l.outcome, l.sku_id) IS DISTINCT FROM (r.quantity, r.outcome::text, r.sku_id)
            OR r.given_back > l.cancelled OR r.outcome <> 'released' AND r.given_back <> l.cancelled
        """,  # noqa: S608
    ),
    Law(
        6,
        "orders.line_units",
        _(
            "Shipped and cancelled units are within what a line ordered, returned ones within what was shipped"
        ),
        LINES,
        "SELECT 'line ' || id FROM orders_orderline WHERE shipped + cancelled > quantity OR returned > shipped",
    ),
    Law(
        6,
        "orders.line_states",
        _(
            "A sent order shipped every unit it did not cancel; an order that ended early cancelled every unit"
        ),
        LINES,
        f"""
        SELECT o.number || '/' || l.position
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE NOT CASE
            WHEN o.status IN ({listed(SENT)}) THEN l.shipped = l.quantity - l.cancelled
            WHEN o.status IN ({listed(ENDED_EARLY)}) THEN l.cancelled = l.quantity AND l.shipped = 0
            ELSE l.shipped = 0
        END
        """,  # noqa: S608
    ),
    Law(
        6,
        "orders.totals",
        _("An order has lines, numbered from one, and its totals are theirs"),
        count("orders_order"),
        """
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT order_id, sum(quantity * unit_points) AS points, sum(quantity * unit_cash) AS cash,
                count(*) AS lines, max(position) AS last
            FROM orders_orderline GROUP BY order_id
        ) l ON l.order_id = o.id
        WHERE (o.points_total, o.cash_total) IS DISTINCT FROM (l.points::bigint, l.cash::bigint) OR l.last <> l.lines
        """,
    ),
)
