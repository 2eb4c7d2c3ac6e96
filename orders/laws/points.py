"""What orders took of their members' points, and what they gave back (law 4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count, listed
from orders.models.order import ENDED_EARLY, Status

ORDERS = count("orders_order")
UNDECIDED = (Status.CREATED, Status.UNDER_REVIEW, Status.AWAITING_PAYMENT)
"""States in which an order's points are held and neither captured nor released."""

POINTS_LAWS: tuple[Law, ...] = (
    Law(
        4,
        "orders.holds",
        _("Each order held its points once, no more and no fewer, and nothing else holds points"),
        ORDERS,
        """
        SELECT coalesce(o.number, h.reference)
        FROM orders_order o
        FULL JOIN (
            SELECT t.reference, sum(p.amount) AS points
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'held'
            WHERE t.kind = 'hold' GROUP BY t.reference
        ) h ON h.reference = o.number
        WHERE o.points_total IS DISTINCT FROM h.points
        """,
    ),
    Law(
        4,
        "orders.captures",
        _(
            "An order's points are captured when it is ready, released when it ends before, and held until then"
        ),
        ORDERS,
        f"""
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT t.reference, -sum(p.amount) FILTER (WHERE t.kind = 'capture') AS captured,
                -sum(p.amount) FILTER (WHERE t.kind = 'release') AS released
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'held'
            WHERE t.kind IN ('capture', 'release') GROUP BY t.reference
        ) e ON e.reference = o.number
        WHERE coalesce(e.captured, 0) <> CASE WHEN o.ready_at IS NULL THEN 0 ELSE o.points_total END
            OR coalesce(e.released, 0) <> CASE
                WHEN o.ready_at IS NULL AND o.status IN ({listed(ENDED_EARLY)}) THEN o.points_total ELSE 0
            END
        """,  # noqa: S608
    ),
    Law(
        4,
        "orders.held",
        _("A member's held points are those of their orders that wait for a decision"),
        count("members_pointsaccount", "kind = 'member'"),
        f"""
        SELECT 'account ' || a.id || ': ' || a.held
        FROM members_pointsaccount a
        LEFT JOIN (
            SELECT member_id, sum(points_total) AS points FROM orders_order
            WHERE status IN ({listed(UNDECIDED)}) GROUP BY member_id
        ) o ON o.member_id = a.member_id
        WHERE a.held <> coalesce(o.points, 0)
        """,  # noqa: S608
    ),
    Law(
        4,
        "orders.refunds",
        _(
            "What an order says was refunded is the sum of its refunds, in its lines and in the ledger, and no more "
            "than it captured"
        ),
        ORDERS,
        """
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT order_id, sum(points) AS points FROM orders_refund GROUP BY order_id
        ) r ON r.order_id = o.id
        LEFT JOIN (
            SELECT order_id, sum(points_refunded) AS points FROM orders_orderline GROUP BY order_id
        ) l ON l.order_id = o.id
        LEFT JOIN (
            SELECT t.origin, sum(p.amount) AS points
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'available'
            WHERE t.kind = 'refund' GROUP BY t.origin
        ) t ON t.origin = o.number
        WHERE o.points_refunded <> coalesce(r.points, 0) OR o.points_refunded <> coalesce(l.points, 0)
            OR o.points_refunded <> coalesce(t.points, 0)
            OR o.points_refunded > CASE WHEN o.ready_at IS NULL THEN 0 ELSE o.points_total END
        """,
    ),
    Law(
        4,
        "orders.refund_lines",
        _("What a line says was refunded is the sum of its refunds, and no more than it cost"),
        count("orders_orderline"),
        """
        SELECT o.number || '/' || l.position
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (
            SELECT line_id, sum(points) AS points, sum(quantity) AS quantity FROM orders_refundline GROUP BY line_id
        ) r ON r.line_id = l.id
        WHERE l.points_refunded <> coalesce(r.points, 0)
            OR l.points_refunded > l.quantity * l.unit_points
            OR coalesce(r.quantity, 0) <> CASE WHEN o.ready_at IS NULL THEN 0 ELSE l.cancelled + l.returned END
        """,
    ),
    Law(
        4,
        "orders.refund_records",
        _("Each refund is the sum of its lines and has its one transaction in the ledger"),
        count("orders_refund"),
        """
        SELECT r.reference
        FROM orders_refund r
        JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN (
            SELECT refund_id, sum(points) AS points FROM orders_refundline GROUP BY refund_id
        ) l ON l.refund_id = r.id
        LEFT JOIN (
            SELECT t.reference, t.origin, sum(p.amount) AS points
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'available'
            WHERE t.kind = 'refund' GROUP BY t.reference, t.origin
        ) t ON t.reference = r.reference AND t.origin = o.number
        WHERE r.points <> coalesce(l.points, 0) OR r.points <> coalesce(t.points, 0)
        """,
    ),
    Law(
        4,
        "orders.part_cancels",
        _(
            "What was cancelled of an order gave back what its refunds say, each with its fact, before it was sent"
        ),
        ORDERS,
        """
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT f.order_id, sum(f.points) AS points, count(*) FILTER (WHERE f.reference LIKE '%%/part-%%') AS parts,
                max(f.at) FILTER (WHERE f.reference LIKE '%%/part-%%') AS last
            FROM orders_refund f WHERE f.reference LIKE '%%/cancel' OR f.reference LIKE '%%/part-%%'
            GROUP BY f.order_id
        ) f ON f.order_id = o.id
        LEFT JOIN (
            SELECT order_id, count(*) AS parts, sum((data->>'points')::bigint) AS points FROM orders_orderevent
            WHERE kind = 'order.units_cancelled' AND from_status = 'ready' AND to_status = 'ready' GROUP BY order_id
        ) e ON e.order_id = o.id
        WHERE o.points_cancelled <> coalesce(f.points, 0) OR coalesce(f.parts, 0) <> coalesce(e.parts, 0)
            OR o.points_cancelled < coalesce(e.points, 0) OR f.last > o.shipped_at
        """,
    ),
)
