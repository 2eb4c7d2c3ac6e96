"""The way each order went, as its events tell it (law 7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count, text
from orders.models.order import EDGES, ENDED_EARLY, Status

EVENTS = count("orders_orderevent")
ORDERS = count("orders_order")
_EDGES = ", ".join(f"({text(source)}, {text(target)})" for source, target in EDGES)

_MOMENTS = {
    "ready_at": (Status.READY,),
    "shipped_at": (Status.SHIPPED,),
    "delivered_at": (Status.DELIVERED,),
    "signed_at": (Status.SIGNED,),
    "closed_at": (Status.CLOSED,),
    "ended_at": ENDED_EARLY,
}
"""Moments that an order remembers, and the states that it entered then."""

_MOMENTS_DIFFER = " OR ".join(
    f"o.{moment} IS DISTINCT FROM max(e.occurred_at) FILTER (WHERE e.to_status IN ({', '.join(map(text, states))}))"
    for moment, states in _MOMENTS.items()
)

PATH_LAWS: tuple[Law, ...] = (
    Law(
        7,
        "orders.event_path",
        _(
            "An order's events are numbered from one without a gap, and each begins where the one before ended"
        ),
        EVENTS,
        """
        SELECT o.number || '#' || e.seq
        FROM (
            SELECT order_id, seq, from_status, to_status, lag(seq, 1, 0) OVER path AS seq_before,
                lag(to_status, 1, '') OVER path AS status_before
            FROM orders_orderevent WINDOW path AS (PARTITION BY order_id ORDER BY seq)
        ) e
        JOIN orders_order o ON o.id = e.order_id
        WHERE e.seq <> e.seq_before + 1 OR e.from_status <> e.status_before
            OR e.seq = 1 AND e.to_status <> 'created'
        """,
    ),
    Law(
        7,
        "orders.event_edges",
        _("Each step an order took is one its states allow"),
        EVENTS,
        f"""
        SELECT o.number || '#' || e.seq || ': ' || e.from_status || ' → ' || e.to_status
        FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
        WHERE e.from_status <> e.to_status AND e.from_status <> ''
            AND (e.from_status, e.to_status) NOT IN ({_EDGES})
        """,  # noqa: S608
    ),
    Law(
        7,
        "orders.event_end",
        _("An order's last event is the one it remembers, and left it in its present state"),
        ORDERS,
        """
        SELECT DISTINCT o.number
        FROM orders_order o LEFT JOIN orders_orderevent e ON e.order_id = o.id AND e.seq >= o.last_seq
        WHERE e.seq IS DISTINCT FROM o.last_seq OR e.to_status <> o.status
        """,
    ),
    # A click that waited for its order's lock tells the moment it was made, which may be just before that of whoever
    # held the lock; a minute is more than any lock is waited for.
    Law(
        7,
        "orders.event_times",
        _("No event happened before the one that it follows"),
        EVENTS,
        """
        SELECT o.number || '#' || e.seq
        FROM (
            SELECT order_id, seq, occurred_at, lag(occurred_at) OVER (PARTITION BY order_id ORDER BY seq) AS before
            FROM orders_orderevent
        ) e
        JOIN orders_order o ON o.id = e.order_id
        WHERE e.occurred_at < e.before - interval '1 minute'
        """,
    ),
    Law(
        7,
        "orders.event_actors",
        _("Each event has an actor"),
        EVENTS,
        "SELECT 'event ' || id FROM orders_orderevent WHERE btrim(by) = ''",
    ),
    Law(
        7,
        "orders.moments",
        _("The moments an order remembers are those of its events"),
        ORDERS,
        f"""
        SELECT o.number
        FROM orders_order o JOIN orders_orderevent e ON e.order_id = o.id AND e.from_status <> e.to_status
        GROUP BY o.id
        HAVING o.placed_at IS DISTINCT FROM max(e.occurred_at) FILTER (WHERE e.from_status = '')
            OR o.entered_at IS DISTINCT FROM max(e.occurred_at) FILTER (WHERE e.to_status = o.status)
            OR {_MOMENTS_DIFFER}
        """,  # noqa: S608
    ),
    Law(
        7,
        "orders.reviews",
        _("An order is under review exactly as long as its review task waits for a decision"),
        count("orders_reviewtask"),
        """
        SELECT o.number
        FROM orders_order o LEFT JOIN orders_reviewtask t ON t.order_id = o.id
        WHERE (o.status = 'under_review') <> (t.decision IS NOT DISTINCT FROM '')
            OR (o.status = 'rejected') <> (t.decision IS NOT DISTINCT FROM 'rejected')
        """,
    ),
    Law(
        7,
        "orders.addresses",
        _(
            "An order goes where its last change of address says, and none was made once a carrier knew where to"
        ),
        count("orders_orderevent", "kind = 'order.address_changed'"),
        """
        SELECT o.number || '#' || e.seq
        FROM orders_orderevent e
        JOIN orders_order o ON o.id = e.order_id
        WHERE e.kind = 'order.address_changed' AND (
            e.occurred_at > o.address_final_at + interval '1 minute'
            OR o.region_code <> e.data->>'region' AND NOT EXISTS (
                SELECT FROM orders_orderevent l
                WHERE l.order_id = o.id AND l.kind = e.kind AND l.seq > e.seq
            )
        )
        """,
    ),
)
