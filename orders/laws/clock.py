"""That nothing about an order is forgotten (law 9)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, count, listed
from orders.models.order import ENDED_EARLY, Status
from orders.rules.deadlines import SPANS, WORKING_DAYS

CLOCK_LAWS: tuple[Law, ...] = (
    Law(
        9,
        "orders.overdue",
        _("No order is past its deadline without the clock having acted or a case standing open"),
        count("orders_order", "deadline_at IS NOT NULL"),
        f"""
        SELECT o.number || ': ' || o.status
        FROM orders_order o
        WHERE o.deadline_at < %(at)s - {GRACE} AND o.open_cases = 0
            AND NOT EXISTS (SELECT FROM orders_exceptioncase c WHERE c.order_id = o.id AND c.resolved_at IS NULL)
        """,  # noqa: S608
    ),
    Law(
        9,
        "orders.deadlines",
        _("An order has a deadline in every state that has one, and none after its end"),
        count("orders_order"),
        f"""
        SELECT number || ': ' || status FROM orders_order
        WHERE status IN ({listed([*SPANS, *WORKING_DAYS])}) AND deadline_at IS NULL
            OR status IN ({listed([*ENDED_EARLY, Status.CLOSED])}) AND deadline_at IS NOT NULL
        """,  # noqa: S608
    ),
    Law(
        9,
        "orders.cases",
        _("An open case about lateness is about the state that its order is still in"),
        count("orders_exceptioncase", "resolved_at IS NULL"),
        """
        SELECT o.number
        FROM orders_exceptioncase c JOIN orders_order o ON o.id = c.order_id
        WHERE c.kind = 'overdue' AND c.resolved_at IS NULL AND c.status_then <> o.status
        """,
    ),
    Law(
        9,
        "orders.events_overdue",
        _("No fact about an order waits longer than five minutes past its time, unless given up in view"),
        count("orders_orderevent", "delivered_at IS NULL AND dead_at IS NULL"),
        f"""
        SELECT o.number || '#' || e.seq
        FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
        WHERE e.delivered_at IS NULL AND e.dead_at IS NULL AND e.next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
)
