"""All laws of the house, each floor's from below to above; the auditor reads them in the order of their numbers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aftersales.laws import LAWS as AFTERSALES
from foundation.laws import Law, constraints_stand, count
from inventory.laws import LAWS as INVENTORY
from logistics.laws import LAWS as LOGISTICS
from members.laws import LAWS as MEMBERS
from orders.laws import LAWS as ORDERS

DESK: tuple[Law, ...] = (
    constraints_stand("desk"),
    Law(
        10,
        "desk.erased",
        _("Nothing says any more who a member was who asked to be forgotten"),
        count("desk_erasurerequest", "state = 'fulfilled'"),
        """
        SELECT m.number
        FROM desk_erasurerequest e JOIN members_member m ON m.id = e.member_id JOIN members_user u ON u.id = m.user_id
        WHERE e.state = 'fulfilled' AND (
            m.status <> 'closed' OR m.name <> '' OR m.email <> '' OR m.phone <> 'erased-' || m.id
            OR u.is_active OR u.first_name <> '' OR u.last_name <> '' OR u.email <> ''
            OR EXISTS (
                SELECT FROM members_address a
                WHERE a.member_id = m.id AND (a.recipient, a.phone, a.detail) <> ('', '', '')
            )
            OR EXISTS (
                SELECT FROM orders_order o
                WHERE o.member_id = m.id
                    AND (o.recipient, o.recipient_phone, o.address_detail, o.note) <> ('', '', '', '')
            )
            OR EXISTS (
                SELECT FROM orders_order o
                JOIN orders_orderevent v ON v.order_id = o.id JOIN orders_remark r ON r.event_id = v.id
                WHERE o.member_id = m.id
            )
            OR EXISTS (SELECT FROM aftersales_complaint c WHERE c.member_id = m.id AND c.words <> '—')
            OR EXISTS (SELECT FROM aftersales_giftreview g WHERE g.member_id = m.id AND g.words <> '')
        )
        """,
    ),
)

LAWS: tuple[Law, ...] = tuple(
    sorted((*MEMBERS, *INVENTORY, *ORDERS, *LOGISTICS, *AFTERSALES, *DESK), key=lambda law: law.number)
)
