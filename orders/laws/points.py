"""What orders took of their members' points, and what they gave back (law 4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count, listed
from orders.models.order import CANCELLABLE, ENDED_EARLY, Status
from orders.rules.amounts import AT_A_FEE, CANCEL_FEE_PERCENT

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
            "What an order did not give back while it waited is captured when it is ready, released when it ends "
            "before, and held until then"
        ),
        ORDERS,
        f"""
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT coalesce(nullif(t.origin, ''), t.reference) AS hold,
                -sum(p.amount) FILTER (WHERE t.kind = 'capture') AS captured,
                -sum(p.amount) FILTER (WHERE t.kind = 'release' AND t.origin = '') AS released,
                coalesce(-sum(p.amount) FILTER (WHERE t.origin <> ''), 0) AS parts
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'held'
            WHERE t.kind IN ('capture', 'release') GROUP BY 1
        ) e ON e.hold = o.number
        WHERE coalesce(e.captured, 0) <> CASE
                WHEN o.ready_at IS NULL THEN 0 ELSE o.points_total - coalesce(e.parts, 0)
            END
            OR coalesce(e.released, 0) <> CASE
                WHEN o.ready_at IS NULL AND o.status IN ({listed(ENDED_EARLY)})
                    THEN o.points_total - coalesce(e.parts, 0)
                ELSE 0
            END
        """,  # noqa: S608
    ),
    Law(
        4,
        "orders.held",
        _(
            "A member's held points are those of their orders that wait for a decision, less what these gave back"
        ),
        count("members_pointsaccount", "kind = 'member'"),
        f"""
        SELECT 'account ' || a.id || ': ' || a.held
        FROM members_pointsaccount a
        LEFT JOIN (
            SELECT member_id, sum(points_total - points_refunded) AS points FROM orders_order
            WHERE status IN ({listed(UNDECIDED)}) GROUP BY member_id
        ) o ON o.member_id = a.member_id
        WHERE a.held <> coalesce(o.points, 0)
        """,  # noqa: S608
    ),
    Law(
        4,
        "orders.refunds",
        _(
            "What an order says was refunded is the sum of its refunds, in its lines and in the ledger: parts of its "
            "hold before it is captured, no more than the capture afterwards"
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
            SELECT t.origin, coalesce(sum(p.amount) FILTER (WHERE t.kind = 'refund'), 0) AS refunded,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'release'), 0) AS released
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'available'
            WHERE t.kind IN ('refund', 'release') AND t.origin <> '' GROUP BY t.origin
        ) t ON t.origin = o.number
        WHERE o.points_refunded <> coalesce(r.points, 0) OR o.points_refunded <> coalesce(l.points, 0)
            OR o.points_refunded <> coalesce(t.refunded + t.released, 0)
            OR t.refunded > CASE WHEN o.ready_at IS NULL THEN 0 ELSE o.points_total - t.released END
        """,
    ),
    Law(
        4,
        "orders.refund_lines",
        _("What a line says was refunded is the sum of its refunds, and no more than it cost"),
        count("orders_orderline"),
        f"""
        SELECT o.number || '/' || l.position
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (
            SELECT line_id, sum(points) AS points, sum(quantity) AS quantity FROM orders_refundline GROUP BY line_id
        ) r ON r.line_id = l.id
        WHERE l.points_refunded <> coalesce(r.points, 0)
            OR l.points_refunded > l.quantity * l.unit_points
            OR CASE
                WHEN o.ready_at IS NULL AND o.status IN ({listed(ENDED_EARLY)})
                    THEN coalesce(r.quantity, 0) > l.cancelled
                ELSE coalesce(r.quantity, 0) <> l.cancelled + l.returned
            END
        """,  # noqa: S608
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
            WHERE t.kind IN ('refund', 'release') AND t.origin <> '' GROUP BY t.reference, t.origin
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
        f"""
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT order_id, sum(points) AS points, max(at) AS last
            FROM orders_refund WHERE reference LIKE '%%/cancel' OR reference LIKE '%%/part-%%' GROUP BY order_id
        ) f ON f.order_id = o.id
        WHERE o.points_cancelled <> coalesce(f.points, 0) OR f.last > o.shipped_at + interval '1 minute'
        UNION
        SELECT coalesce(f.reference, e.reference)
        FROM (SELECT reference, points FROM orders_refund WHERE reference LIKE '%%/part-%%') f
        FULL JOIN (
            SELECT o.number || '/part-' || e.seq AS reference, (e.data->>'points')::bigint AS points
            FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
            WHERE e.kind = 'order.units_cancelled' AND e.from_status = e.to_status
                AND e.from_status IN ({listed(CANCELLABLE)})
        ) e ON e.reference = f.reference
        WHERE f.points IS DISTINCT FROM e.points
        """,  # noqa: S608
    ),
    # Of what a cancel says for itself; facts of a time before fees were noted say nothing.
    Law(
        4,
        "orders.cancel_fees",
        _(
            "A cancel gives back what its units cost, less a fee within the rule once the warehouse has begun, and "
            "for free before"
        ),
        count("orders_orderevent", "kind IN ('order.cancelled', 'order.units_cancelled')"),
        f"""
        WITH parts AS (
            SELECT e.order_id, e.seq, sum(u.quantity::bigint * l.unit_points) AS worth
            FROM orders_orderevent e
            CROSS JOIN jsonb_each_text(e.data->'units') AS u(position, quantity)
            JOIN orders_orderline l ON l.order_id = e.order_id AND l.position::text = u.position
            WHERE e.kind = 'order.units_cancelled' GROUP BY e.order_id, e.seq
        )
        SELECT o.number || '#' || e.seq
        FROM orders_orderevent e
        JOIN orders_order o ON o.id = e.order_id
        LEFT JOIN parts p ON p.order_id = e.order_id AND p.seq = e.seq
        LEFT JOIN (SELECT order_id, sum(worth) AS worth FROM parts GROUP BY order_id) b ON b.order_id = e.order_id
        CROSS JOIN LATERAL (
            SELECT (e.data->>'points')::bigint AS points, (e.data->>'fee')::bigint AS fee, CASE e.kind
                WHEN 'order.units_cancelled' THEN p.worth ELSE o.points_total - coalesce(b.worth, 0)
            END AS worth
        ) c
        WHERE e.kind IN ('order.cancelled', 'order.units_cancelled') AND e.data ? 'fee'
            AND (c.points + c.fee IS DISTINCT FROM c.worth OR c.fee < 0 OR c.fee * 100 > c.worth * CASE
                WHEN e.from_status IN ({listed(AT_A_FEE)}) THEN {CANCEL_FEE_PERCENT} ELSE 0
            END)
        """,  # noqa: S608
    ),
)
