"""Corruptions of orders, their lines, their events and whose they are."""

from tests.desk.corruptions.corruption import breaks

# Who finds that an order was given to another member.
_TAKEN_OVER = (
    "orders.own_points",
    "orders.own_requests",
    "orders.own_messages",
    "orders.own_address",
    "orders.own_moves",
    "orders.own_lines",
)

ORDERS = (
    breaks("ALTER TABLE orders_orderevent DISABLE TRIGGER {events_no_delete}", "orders.triggers"),
    breaks("ALTER TABLE orders_order DISABLE TRIGGER {edges}", "orders.triggers"),
    breaks(
        """
        UPDATE orders_order SET points_total = points_total + 300 WHERE id = {ready};
        UPDATE orders_orderline SET quantity = 3 WHERE order_id = {ready} AND position = 1
        """,
        "orders.holds",
        "orders.captures",
        "orders.reservations",
    ),
    breaks(
        """
        UPDATE members_pointstransaction SET kind = 'reverse'
        WHERE kind = 'capture' AND reference = '{ready_number}'
        """,
        "orders.captures",
    ),
    breaks(
        "UPDATE orders_order SET member_id = {lin_member} WHERE id = {review}",
        "orders.held",
        *_TAKEN_OVER,
    ),
    breaks(
        "UPDATE orders_order SET points_refunded = points_refunded - 1 WHERE id = {refunded}",
        "orders.refunds",
    ),
    breaks(
        """
        UPDATE orders_orderline SET points_refunded = points_refunded + CASE position WHEN 1 THEN 1 ELSE -1 END
        WHERE order_id = {refunded}
        """,
        "orders.refund_lines",
    ),
    breaks(
        "UPDATE orders_refund SET reference = 'elsewhere' WHERE order_id = {stopped}",
        "orders.refund_records",
        "orders.part_cancels",
    ),
    breaks(
        "UPDATE inventory_reservation SET reference = 'nobody/1' WHERE reference = '{review_number}/1'",
        "orders.reservations",
        "inventory.reservation_movements",
    ),
    breaks(
        """
        ALTER TABLE orders_orderline DROP CONSTRAINT shipped_and_cancelled_within_quantity;
        UPDATE orders_orderline SET cancelled = cancelled + 1 WHERE order_id = {refunded} AND position = 2
        """,
        "orders.line_units",
        "orders.line_states",
        "orders.constraints",
        "orders.refund_lines",
        "orders.reservations",
        "logistics.trimmed",
    ),
    breaks(
        "UPDATE orders_orderline SET shipped = 1 WHERE order_id = {ready} AND position = 2",
        "orders.line_states",
    ),
    breaks(
        "UPDATE orders_orderline SET unit_points = unit_points + 1 WHERE order_id = {ready} AND position = 1",
        "orders.totals",
    ),
    breaks(
        "UPDATE orders_orderline SET position = 3 WHERE order_id = {picking} AND position = 2",
        "orders.totals",
        "orders.reservations",
        "logistics.pick_places",
    ),
    breaks("DELETE FROM orders_orderevent WHERE order_id = {closed} AND seq = 4", "orders.event_path"),
    breaks(
        "UPDATE orders_orderevent SET to_status = 'packed' WHERE order_id = {ready} AND seq = 2",
        "orders.event_edges",
        "orders.event_end",
        "orders.moments",
    ),
    breaks("UPDATE orders_order SET last_seq = last_seq - 1 WHERE id = {refunded}", "orders.event_end"),
    breaks(
        "UPDATE orders_orderevent SET occurred_at = occurred_at - interval '2 minutes' "
        "WHERE order_id = {refunded} AND kind = 'order.refunded'",
        "orders.event_times",
    ),
    breaks(
        "ALTER TABLE orders_orderevent DROP CONSTRAINT an_event_has_an_actor; "
        "UPDATE orders_orderevent SET by = ' ' WHERE order_id = {ready} AND seq = 1",
        "orders.event_actors",
        "orders.constraints",
    ),
    breaks(
        "UPDATE orders_order SET delivered_at = delivered_at + interval '1 second' WHERE id = {closed}",
        "orders.moments",
    ),
    breaks("UPDATE orders_reviewtask SET decision = '' WHERE order_id = {approved}", "orders.reviews"),
    breaks("ALTER TABLE orders_order DROP CONSTRAINT one_order_per_click", "orders.constraints"),
    breaks(
        "UPDATE orders_order SET deadline_at = now() - interval '400 years' WHERE id = {ready}",
        "orders.overdue",
    ),
    breaks("UPDATE orders_order SET deadline_at = NULL WHERE id = {ready}", "orders.deadlines"),
    breaks("UPDATE orders_exceptioncase SET status_then = 'packed'", "orders.cases"),
    breaks(
        "UPDATE orders_orderevent SET delivered_at = NULL, next_attempt_at = next_attempt_at - interval '6 minutes' "
        "WHERE order_id = {ready} AND seq = 2",
        "orders.events_overdue",
    ),
    breaks(
        "UPDATE orders_orderline SET member_id = {wang_member} WHERE order_id = {ready}", "orders.own_lines"
    ),
    breaks(
        "UPDATE orders_order SET address_id = (SELECT id FROM members_address WHERE member_id = {wang_member}) "
        "WHERE id = {ready}",
        "orders.own_address",
    ),
    breaks("UPDATE orders_order SET member_id = {wang_member} WHERE id = {ready}", *_TAKEN_OVER),
    breaks("UPDATE orders_order SET requested_by = 'member:0' WHERE id = {ready}", "orders.own_requests"),
    breaks(
        "UPDATE orders_orderevent SET by = 'member:0' WHERE order_id = {closed} AND seq = 7",
        "orders.own_moves",
    ),
    breaks(
        "UPDATE members_message SET member_id = {wang_member} WHERE dedupe_key = '{ready_number}#2'",
        "orders.own_messages",
    ),
    breaks(
        "UPDATE orders_refundline SET line_id = (SELECT id FROM orders_orderline WHERE order_id = {dropped} "
        "AND position = 1) WHERE line_id = (SELECT id FROM orders_orderline WHERE order_id = {stopped} "
        "AND position = 1)",
        "orders.own_refunds",
        "orders.refund_lines",
    ),
    breaks(
        "UPDATE orders_reviewtask SET decided_by = (SELECT requested_by FROM orders_order WHERE id = {approved}) "
        "WHERE order_id = {approved}",
        "orders.four_eyes",
    ),
)
