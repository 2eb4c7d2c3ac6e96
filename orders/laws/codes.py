"""What virtual orders promise: codes instead of parcels, each unit its own (laws 5 to 8)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import Law, count, listed
from orders.models.order import SENT

CODE_LAWS: tuple[Law, ...] = (
    Law(
        6,
        "orders.codes_given",
        _("Each unit of a virtual order that was handed out has its own code, and no other unit has one"),
        count("inventory_virtualcode", "given_at IS NOT NULL"),
        f"""
        SELECT coalesce(l.reference, c.reference)
        FROM (
            SELECT o.number || '/' || l.position AS reference, l.sku_id, l.shipped AS units
            FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
            WHERE o.address_id IS NULL AND o.status IN ({listed(SENT)})
        ) l
        FULL JOIN (
            SELECT regexp_replace(reference, '/[0-9]+$', '') AS reference, sku_id, count(*) AS units
            FROM inventory_virtualcode WHERE given_at IS NOT NULL GROUP BY 1, 2
        ) c ON c.reference = l.reference AND c.sku_id = l.sku_id
        WHERE coalesce(l.units, 0) <> coalesce(c.units, 0)
        """,  # noqa: S608
    ),
    Law(
        7,
        "orders.codes_way",
        _("Only orders without an address go from ready to sent, and such orders hold virtual gifts only"),
        count("orders_order", "address_id IS NULL"),
        """
        SELECT o.number FROM orders_order o
        JOIN orders_orderline l ON l.order_id = o.id JOIN inventory_gift g ON g.id = l.gift_id
        WHERE o.address_id IS NULL AND g.kind = 'physical'
        UNION
        SELECT o.number FROM orders_order o JOIN orders_orderevent e ON e.order_id = o.id
        WHERE e.from_status = 'ready' AND e.to_status = 'shipped' AND o.address_id IS NOT NULL
        """,
    ),
)
