"""The laws of refunds and returned goods, as the auditor reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, count

REQUESTS = count("aftersales_returnrequest")
RETURN_LINES = count("aftersales_returnline")

REFUND_LAWS: tuple[Law, ...] = (
    Law(
        4,
        "aftersales.refunds",
        _("A settled request has its one refund, for the lines and units it names; no other request has one"),
        REQUESTS,
        """
        SELECT coalesce(n.number, f.reference)
        FROM (
            SELECT r.number, l.order_line_id, sum(l.quantity) AS quantity
            FROM aftersales_returnrequest r JOIN aftersales_returnline l ON l.request_id = r.id
            WHERE r.status = 'refunded' GROUP BY r.number, l.order_line_id
        ) n
        FULL JOIN (
            SELECT f.reference, l.line_id, sum(l.quantity) AS quantity
            FROM orders_refund f
            JOIN orders_refundline l ON l.refund_id = f.id
            JOIN aftersales_returnrequest r ON r.number = f.reference
            GROUP BY f.reference, l.line_id
        ) f ON f.reference = n.number AND f.line_id = n.order_line_id
        WHERE n.quantity IS DISTINCT FROM f.quantity
        """,
    ),
    Law(
        5,
        "aftersales.restocked",
        _("Goods came back to stock once for each settled line that was not written off, and for no other"),
        RETURN_LINES,
        """
        SELECT coalesce(n.reference, m.reference)
        FROM (
            SELECT r.number || '/' || l.position AS reference, n.quantity
            FROM aftersales_returnline n
            JOIN aftersales_returnrequest r ON r.id = n.request_id
            JOIN orders_orderline l ON l.id = n.order_line_id
            WHERE r.status = 'refunded' AND n.disposition = 'restock'
        ) n
        FULL JOIN (
            SELECT reference, sum(on_hand_change) AS quantity FROM inventory_stockmovement
            WHERE kind = 'returned' GROUP BY reference
        ) m ON m.reference = n.reference
        WHERE n.quantity IS DISTINCT FROM m.quantity
        """,
    ),
    Law(
        6,
        "aftersales.returned",
        _("What a line says came back is what its settled requests name, and no more than it shipped"),
        count("orders_orderline"),
        """
        SELECT o.number || '/' || l.position
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (
            SELECT n.order_line_id, sum(n.quantity) AS quantity
            FROM aftersales_returnline n JOIN aftersales_returnrequest r ON r.id = n.request_id
            WHERE r.status = 'refunded' GROUP BY n.order_line_id
        ) n ON n.order_line_id = l.id
        WHERE l.returned <> coalesce(n.quantity, 0) OR n.quantity > l.shipped
        """,
    ),
    # The clock leaves orders with an open case alone, so a wrong count would stop it for ever.
    Law(
        9,
        "aftersales.open_cases",
        _("An order counts as many open cases as it has open requests"),
        count("orders_order"),
        """
        SELECT o.number
        FROM orders_order o
        LEFT JOIN (
            SELECT order_id, count(*) AS open FROM aftersales_returnrequest
            WHERE status IN ('requested', 'approved') GROUP BY order_id
        ) r ON r.order_id = o.id
        WHERE o.open_cases <> coalesce(r.open, 0)
        """,
    ),
    Law(
        9,
        "aftersales.refunds_overdue",
        _("No refund request waits past its time without somebody having been called"),
        count("aftersales_returnrequest", "status = 'requested'"),
        f"""
        SELECT number FROM aftersales_returnrequest
        WHERE status = 'requested' AND due_at < %(at)s - {GRACE} AND escalated_at IS NULL
        """,  # noqa: S608
    ),
    Law(
        10,
        "aftersales.own_lines",
        _("A request names lines of its own order"),
        RETURN_LINES,
        """
        SELECT r.number
        FROM aftersales_returnline n
        JOIN aftersales_returnrequest r ON r.id = n.request_id
        JOIN orders_orderline l ON l.id = n.order_line_id
        WHERE l.order_id <> r.order_id
        """,
    ),
    Law(
        10,
        "aftersales.own_requests",
        _("Members ask only for their own orders, and nobody settles what they asked for"),
        REQUESTS,
        """
        SELECT r.number
        FROM aftersales_returnrequest r
        JOIN orders_order o ON o.id = r.order_id
        JOIN members_member m ON m.id = o.member_id
        WHERE starts_with(r.requested_by, 'member:') AND r.requested_by <> 'member:' || m.number
            OR r.status IN ('approved', 'refunded') AND r.decided_by = r.requested_by
        """,
    ),
)
