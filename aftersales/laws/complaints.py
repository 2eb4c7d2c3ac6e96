"""The laws of complaints: none is forgotten, and nobody complains about what is not theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, count

COMPLAINTS = count("aftersales_complaint")

COMPLAINT_LAWS: tuple[Law, ...] = (
    Law(
        8,
        "aftersales.complaint_facts",
        _("Each round of a complaint about an order stands once on its timeline, and so does its answer"),
        COMPLAINTS,
        """
        SELECT c.number
        FROM aftersales_complaint c
        LEFT JOIN orders_orderevent e ON e.order_id = c.order_id AND e.data ->> 'complaint' = c.number
        GROUP BY c.id
        HAVING count(*) FILTER (WHERE e.kind = 'order.complaint_filed') <> (c.order_id IS NOT NULL)::int
            OR count(*) FILTER (WHERE e.kind = 'order.complaint_reopened')
                <> CASE WHEN c.order_id IS NULL THEN 0 ELSE c.round - 1 END
            OR count(*) FILTER (WHERE e.kind = 'order.complaint_answered')
                <> CASE WHEN c.order_id IS NULL THEN 0
                    ELSE c.round - 1 + (c.status IN ('resolved', 'closed'))::int END
        """,
    ),
    Law(
        8,
        "aftersales.complaint_told",
        _("A member whose complaint is answered was told so"),
        count("aftersales_complaint", "status IN ('resolved', 'closed')"),
        """
        SELECT c.number
        FROM aftersales_complaint c
        WHERE c.status IN ('resolved', 'closed') AND NOT EXISTS (
            SELECT FROM members_message m
            WHERE m.dedupe_key = c.number || CASE WHEN c.round > 1 THEN '/' || c.round ELSE '' END
                AND m.member_id = c.member_id AND m.template = 'complaint.answered'
        )
        """,
    ),
    Law(
        8,
        "aftersales.complaint_rounds",
        _("What was said in each earlier round of a complaint is kept, and no round is skipped"),
        COMPLAINTS,
        """
        SELECT c.number
        FROM aftersales_complaint c LEFT JOIN aftersales_complaintround r ON r.complaint_id = c.id
        GROUP BY c.id
        HAVING count(r.id) <> c.round - 1 OR coalesce(max(r.serial), 0) <> c.round - 1
        """,
    ),
    Law(
        9,
        "aftersales.complaints_overdue",
        _("No complaint waits past its time without somebody having been called"),
        count("aftersales_complaint", "status IN ('open', 'acknowledged', 'in_progress')"),
        f"""
        SELECT number || ': ' || status FROM aftersales_complaint
        WHERE status IN ('open', 'acknowledged', 'in_progress') AND due_at < %(at)s - {GRACE}
            AND escalated_at IS NULL
        """,  # noqa: S608
    ),
    Law(
        9,
        "aftersales.complaints_closing",
        _("An answered complaint that nobody came back to is closed in time"),
        count("aftersales_complaint", "status = 'resolved'"),
        f"""
        SELECT number FROM aftersales_complaint WHERE status = 'resolved' AND closes_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        10,
        "aftersales.own_complaints",
        _("Members complain only about their own orders"),
        count("aftersales_complaint", "order_id IS NOT NULL"),
        """
        SELECT c.number
        FROM aftersales_complaint c JOIN orders_order o ON o.id = c.order_id
        WHERE o.member_id <> c.member_id
        """,
    ),
)
