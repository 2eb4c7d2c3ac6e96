"""The laws of picking, parcels and carriers, as the auditor reads them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, constraints_stand, count, listed, triggers_stand
from logistics.rules import AT_AN_END, FOLLOWED_FOR, MOST_REFUSALS
from orders.models.order import ENDED_EARLY, SENT, Status

PARCELS = count("logistics_parcel")
PARCEL_LINES = count("logistics_parcelline")
PICK_LINES = count("logistics_pickline")
TASKS = count("logistics_picktask")
SENT_ORDERS = count("orders_order", f"status IN ({listed(SENT)})")


def _late_waybills(code: str, title: str | Promise, state: str) -> Law:
    return Law(
        9,
        code,
        title,
        count("logistics_waybill", f"state = '{state}'"),
        f"""
        SELECT p.number
        FROM logistics_waybill w JOIN logistics_parcel p ON p.id = w.parcel_id
        WHERE w.state = '{state}' AND w.next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    )


LAWS: tuple[Law, ...] = (
    triggers_stand("logistics"),
    Law(
        5,
        "logistics.pick_places",
        _("Units are picked where they are reserved"),
        PICK_LINES,
        """
        SELECT 'pick line ' || n.id
        FROM logistics_pickline n
        JOIN logistics_picktask t ON t.id = n.task_id
        JOIN orders_order o ON o.id = t.order_id
        JOIN orders_orderline l ON l.id = n.order_line_id
        LEFT JOIN inventory_reservation r ON r.reference = o.number || '/' || l.position
        LEFT JOIN inventory_stock s ON s.id = r.stock_id
        WHERE (s.warehouse_id, s.sku_id) IS DISTINCT FROM (t.warehouse_id, n.sku_id)
        """,
    ),
    Law(
        6,
        "logistics.picked",
        _(
            "No more units of a line are to be picked than it ordered, and a packed task picked all of its own"
        ),
        PICK_LINES,
        """
        SELECT 'order line ' || l.id
        FROM logistics_pickline n
        JOIN logistics_picktask t ON t.id = n.task_id
        JOIN orders_orderline l ON l.id = n.order_line_id
        WHERE t.state <> 'dropped'
        GROUP BY l.id
        HAVING sum(n.quantity) > l.quantity OR bool_or(t.state IN ('picked', 'packed') AND n.picked <> n.quantity)
        """,
    ),
    Law(
        6,
        "logistics.trimmed",
        _("Nothing that was cancelled is picked or packed once the warehouse was told, nor sent at any time"),
        PICK_LINES,
        f"""
        SELECT o.number || '/' || l.position
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        JOIN logistics_pickline n ON n.order_line_id = l.id
        JOIN logistics_picktask t ON t.id = n.task_id
        WHERE l.cancelled > 0 AND t.state <> 'dropped' AND n.quantity > l.quantity - l.cancelled
            AND o.status NOT IN ({listed(ENDED_EARLY)})
            AND (o.status IN ({listed(SENT)}) OR NOT EXISTS (
                SELECT FROM orders_orderevent e
                WHERE e.order_id = o.id AND e.kind = 'order.units_cancelled' AND e.delivered_at IS NULL
            ))
        """,  # noqa: S608
    ),
    Law(
        6,
        "logistics.to_put_back",
        _("Only what was cancelled is to be put back, and nothing is packed before it was"),
        count("logistics_pickline", "to_put_back > 0"),
        """
        SELECT 'pick line ' || n.id
        FROM logistics_pickline n
        JOIN logistics_picktask t ON t.id = n.task_id
        JOIN orders_orderline l ON l.id = n.order_line_id
        WHERE n.to_put_back > 0 AND (n.to_put_back > l.cancelled OR t.state = 'packed')
        """,
    ),
    Law(
        6,
        "logistics.parcel_units",
        _(
            "Parcels hold no more units of a line than it ordered, and those of a sent order hold all it shipped; "
            "codes travel in none"
        ),
        count("orders_orderline"),
        f"""
        SELECT o.number || '/' || l.position
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (
            SELECT n.order_line_id, sum(n.quantity) AS quantity
            FROM logistics_parcelline n JOIN logistics_parcel p ON p.id = n.parcel_id
            WHERE p.state <> 'stopped' GROUP BY n.order_line_id
        ) p ON p.order_line_id = l.id
        WHERE p.quantity > l.quantity OR o.status IN ({listed(SENT)})
            AND coalesce(p.quantity, 0) <> CASE WHEN o.address_id IS NULL THEN 0 ELSE l.shipped END
        """,  # noqa: S608
    ),
    Law(
        7,
        "logistics.shipped",
        _("A sent order has parcels, each handed over with its waybill, unless it goes to no address"),
        SENT_ORDERS,
        f"""
        SELECT o.number
        FROM orders_order o
        LEFT JOIN logistics_parcel p ON p.order_id = o.id AND p.state <> 'stopped'
        LEFT JOIN logistics_waybill w ON w.parcel_id = p.id
        WHERE o.status IN ({listed(SENT)}) AND o.address_id IS NOT NULL
        GROUP BY o.id
        HAVING NOT bool_and(p.handed_over_at IS NOT NULL AND w.state IS NOT DISTINCT FROM 'issued')
        """,  # noqa: S608
    ),
    Law(
        7,
        "logistics.not_shipped",
        _("No parcel left the house before its order did"),
        PARCELS,
        f"""
        SELECT p.number
        FROM logistics_parcel p JOIN orders_order o ON o.id = p.order_id
        WHERE p.handed_over_at IS NOT NULL AND o.status NOT IN ({listed(SENT)})
        """,  # noqa: S608
    ),
    Law(
        7,
        "logistics.delivered",
        _("An order was delivered when all its parcels were"),
        count("orders_order", "delivered_at IS NOT NULL"),
        """
        SELECT DISTINCT o.number
        FROM orders_order o JOIN logistics_parcel p ON p.order_id = o.id
        WHERE o.delivered_at IS NOT NULL AND p.delivered_at IS NULL AND p.state <> 'stopped'
        """,
    ),
    Law(
        7,
        "logistics.carriers_word",
        _("A parcel was delivered when its carrier said so"),
        PARCELS,
        """
        SELECT p.number
        FROM logistics_parcel p
        WHERE p.delivered_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM logistics_waybill w JOIN logistics_trackingevent e ON e.waybill_id = w.id
            WHERE w.parcel_id = p.id AND e.status = 'delivered'
        )
        """,
    ),
    Law(
        7,
        "logistics.addresses",
        _("Where an order goes stays as it was once a carrier was asked for its waybill"),
        count("logistics_waybill"),
        """
        SELECT DISTINCT o.number
        FROM logistics_waybill w
        JOIN logistics_parcel p ON p.id = w.parcel_id
        JOIN orders_order o ON o.id = p.order_id
        WHERE (w.attempts > 0 OR w.number <> '') AND o.address_final_at IS NULL
        """,
    ),
    constraints_stand("logistics"),
    # What a fact asked of the warehouse is done when the fact counts as delivered.
    Law(
        9,
        "logistics.tasks_opened",
        _("Every order that is ready has its pick task once the warehouse was told"),
        count("orders_order", f"status = {listed([Status.READY])}"),
        """
        SELECT o.number
        FROM orders_order o
        JOIN orders_orderevent e ON e.order_id = o.id AND e.to_status = 'ready' AND e.from_status <> e.to_status
        WHERE o.status = 'ready' AND e.delivered_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM logistics_picktask t WHERE t.order_id = o.id)
        """,
    ),
    Law(
        9,
        "logistics.tasks_dropped",
        _("Nobody works on an order that ended early once the warehouse was told"),
        TASKS,
        f"""
        SELECT o.number
        FROM logistics_picktask t
        JOIN orders_order o ON o.id = t.order_id
        JOIN orders_orderevent e ON e.order_id = o.id AND e.to_status = o.status AND e.from_status <> e.to_status
        WHERE o.status IN ({listed(ENDED_EARLY)}) AND t.state <> 'dropped' AND e.delivered_at IS NOT NULL
        """,  # noqa: S608
    ),
    _late_waybills(
        "logistics.waybills_overdue",
        _("No parcel waits longer than five minutes past its time for a waybill, unless given up in view"),
        "wanted",
    ),
    _late_waybills(
        "logistics.cancellings_overdue",
        _("No waybill waits longer than five minutes past its time to be cancelled, unless given up in view"),
        "cancelling",
    ),
    # A courier who was called to a parcel of a cancelled order would be paid for nothing, or would take it along.
    Law(
        9,
        "logistics.given_back",
        _("No carrier waits for a parcel that was stopped: its waybill is cancelled there, or about to be"),
        count("logistics_parcel", "state = 'stopped'"),
        """
        SELECT p.number
        FROM logistics_parcel p JOIN logistics_waybill w ON w.parcel_id = p.id
        WHERE p.state = 'stopped'
            AND (w.state IN ('wanted', 'issued', 'dead')
                OR w.state = 'void' AND w.asked_at IS NOT NULL AND w.cancelled_at IS NULL)
        """,
    ),
    Law(
        9,
        "logistics.pushes_overdue",
        _("No carrier's callback waits longer than five minutes past its time, unless given up in view"),
        count("logistics_carrierpush", "applied_at IS NULL AND dead_at IS NULL"),
        f"""
        SELECT 'push ' || id FROM logistics_carrierpush
        WHERE applied_at IS NULL AND dead_at IS NULL AND next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        9,
        "logistics.polls_overdue",
        _("No waybill waits longer than five minutes past its time to be asked about"),
        count("logistics_waybill", "next_poll_at IS NOT NULL"),
        f"""
        SELECT p.number
        FROM logistics_waybill w JOIN logistics_parcel p ON p.id = w.parcel_id
        WHERE w.next_poll_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        9,
        "logistics.followed",
        _(
            "The carrier is asked about every parcel on its way, unless it was silent or refused to answer for too long"
        ),
        count("logistics_parcel", "handed_over_at IS NOT NULL AND delivered_at IS NULL"),
        f"""
        SELECT p.number
        FROM orders_order o
        JOIN logistics_parcel p ON p.order_id = o.id
        JOIN logistics_waybill w ON w.parcel_id = p.id
        WHERE o.status = 'shipped' AND w.next_poll_at IS NULL AND w.refused_polls < {MOST_REFUSALS}
            AND p.handed_over_at IS NOT NULL AND p.state NOT IN ({listed(AT_AN_END)})
            AND greatest(p.handed_over_at, p.last_event_at)
                > %(at)s - interval '{FOLLOWED_FOR.days} days' + {GRACE}
        """,  # noqa: S608
    ),
    Law(
        9,
        "logistics.left_alone",
        _("Nobody asks about a parcel whose way is over"),
        count("logistics_waybill", "next_poll_at IS NOT NULL"),
        f"""
        SELECT p.number
        FROM logistics_waybill w JOIN logistics_parcel p ON p.id = w.parcel_id
        WHERE w.next_poll_at IS NOT NULL AND p.state IN ({listed(AT_AN_END)})
        """,  # noqa: S608
    ),
    Law(
        10,
        "logistics.own_picks",
        _("A pick task picks lines of its own order"),
        PICK_LINES,
        """
        SELECT 'pick line ' || n.id
        FROM logistics_pickline n
        JOIN logistics_picktask t ON t.id = n.task_id
        JOIN orders_orderline l ON l.id = n.order_line_id
        WHERE l.order_id <> t.order_id
        """,
    ),
    Law(
        10,
        "logistics.own_parcels",
        _(
            "A parcel holds lines of its own order, packed by a task of that order, and its waybill is its carrier's"
        ),
        PARCELS,
        """
        SELECT DISTINCT p.number
        FROM logistics_parcel p
        JOIN logistics_picktask t ON t.id = p.task_id
        JOIN logistics_carrierservice s ON s.id = p.service_id
        LEFT JOIN logistics_parcelline n ON n.parcel_id = p.id
        LEFT JOIN orders_orderline l ON l.id = n.order_line_id
        LEFT JOIN logistics_waybill w ON w.parcel_id = p.id
        WHERE t.order_id <> p.order_id OR l.order_id <> p.order_id OR w.carrier_id <> s.carrier_id
        """,
    ),
)
