"""The laws of what members say, as the auditor reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count

REVIEWS = count("aftersales_giftreview")

REVIEW_LAWS: tuple[Law, ...] = (
    Law(
        6,
        "aftersales.reviews",
        _("Only gifts that were sent and received are reviewed, with five pictures at most"),
        REVIEWS,
        """
        SELECT o.number || '/' || l.position
        FROM aftersales_giftreview r
        JOIN orders_orderline l ON l.id = r.order_line_id
        JOIN orders_order o ON o.id = l.order_id
        WHERE o.status NOT IN ('signed', 'closed') OR l.shipped = 0
            OR (SELECT count(*) FROM aftersales_reviewpicture p WHERE p.review_id = r.id) > 5
        """,
    ),
    Law(
        10,
        "aftersales.own_reviews",
        _("A review is its order's member's, about the gift they had, and nobody let their own be shown"),
        REVIEWS,
        """
        SELECT o.number || '/' || l.position
        FROM aftersales_giftreview r
        JOIN orders_orderline l ON l.id = r.order_line_id
        JOIN orders_order o ON o.id = l.order_id
        JOIN members_member m ON m.id = r.member_id
        WHERE (r.member_id, r.gift_id) IS DISTINCT FROM (l.member_id, l.gift_id)
            OR r.decided_by IN ('member:' || m.number, 'operator:' || m.number)
        """,
    ),
    Law(
        10,
        "aftersales.own_surveys",
        _("Only the member who received an order answers its two questions"),
        count("aftersales_survey"),
        """
        SELECT o.number
        FROM aftersales_survey s
        JOIN orders_order o ON o.id = s.order_id
        JOIN members_member m ON m.id = o.member_id
        WHERE o.status NOT IN ('signed', 'closed') OR s.by <> 'member:' || m.number
        """,
    ),
)
