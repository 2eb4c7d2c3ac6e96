"""That nobody moved what is not theirs (law 10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count

ORDERS = count("orders_order")

OWNER_LAWS: tuple[Law, ...] = (
    Law(
        10,
        "orders.own_lines",
        _("The lines of an order are its member's"),
        count("orders_orderline"),
        """
        SELECT o.number || '/' || l.position
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.member_id <> o.member_id
        """,
    ),
    Law(
        10,
        "orders.own_address",
        _("An order goes to an address of its member"),
        ORDERS,
        """
        SELECT o.number
        FROM orders_order o JOIN members_address a ON a.id = o.address_id
        WHERE a.member_id <> o.member_id
        """,
    ),
    Law(
        10,
        "orders.own_points",
        _("An order takes the points of its member"),
        ORDERS,
        """
        SELECT DISTINCT o.number
        FROM orders_order o
        JOIN members_pointstransaction t ON t.reference = o.number AND t.kind = 'hold'
        JOIN members_pointsposting p ON p.transaction_id = t.id
        JOIN members_pointsaccount a ON a.id = p.account_id
        WHERE a.member_id IS DISTINCT FROM o.member_id
        """,
    ),
    Law(
        10,
        "orders.own_requests",
        _("An order that a member asked for is that member's"),
        ORDERS,
        """
        SELECT o.number
        FROM orders_order o JOIN members_member m ON m.id = o.member_id
        WHERE starts_with(o.requested_by, 'member:') AND o.requested_by <> 'member:' || m.number
        """,
    ),
    Law(
        10,
        "orders.own_moves",
        _("Members move only their own orders"),
        count("orders_orderevent"),
        """
        SELECT o.number || '#' || e.seq
        FROM orders_orderevent e
        JOIN orders_order o ON o.id = e.order_id
        JOIN members_member m ON m.id = o.member_id
        WHERE starts_with(e.by, 'member:') AND e.by <> 'member:' || m.number
        """,
    ),
    Law(
        10,
        "orders.own_messages",
        _("What is told about an order is told to its member"),
        count("members_message"),
        """
        SELECT 'message ' || s.id
        FROM members_message s JOIN orders_order o ON o.number = split_part(s.dedupe_key, '#', 1)
        WHERE s.member_id <> o.member_id
        """,
    ),
    Law(
        10,
        "orders.own_refunds",
        _("A refund gives back lines of its own order"),
        count("orders_refundline"),
        """
        SELECT r.reference
        FROM orders_refundline n
        JOIN orders_refund r ON r.id = n.refund_id
        JOIN orders_orderline l ON l.id = n.line_id
        WHERE l.order_id <> r.order_id
        """,
    ),
    Law(
        10,
        "orders.four_eyes",
        _("Nobody reviewed an order they had asked for"),
        count("orders_reviewtask", "decision IN ('approved', 'rejected')"),
        """
        SELECT o.number
        FROM orders_reviewtask t
        JOIN orders_order o ON o.id = t.order_id
        JOIN members_member m ON m.id = o.member_id
        WHERE t.decision IN ('approved', 'rejected')
            AND t.decided_by IN (o.requested_by, 'operator:' || m.number)
        """,
    ),
)
