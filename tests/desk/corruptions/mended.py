"""Corruptions of orders that were mended, and of what members said of them."""

from tests.desk.corruptions.corruption import breaks

SAID_AND_MENDED = (
    breaks(
        "UPDATE orders_order SET points_cancelled = points_cancelled - 1 WHERE id = {parted}",
        "orders.part_cancels",
    ),
    breaks(
        """
        UPDATE orders_orderevent SET data = jsonb_set(data, '{{points}}', '1') || '{{"fee": 299}}'
        WHERE order_id = {parted} AND kind = 'order.units_cancelled'
        """,
        "orders.part_cancels",
        "orders.cancel_fees",
    ),
    breaks(
        "UPDATE orders_orderevent SET data = data || '{{\"fee\": 0}}' "
        "WHERE order_id = {stopped} AND kind = 'order.cancelled'",
        "orders.cancel_fees",
    ),
    # A part of a hold that names no hold is a release of nothing; one that names another releases what is not its own.
    breaks(
        """
        UPDATE members_pointstransaction SET origin = '' WHERE kind = 'release' AND origin = '{thinned_number}'
        """,
        "members.one_end",
        "members.same_lots",
        "orders.captures",
        "orders.refunds",
        "orders.refund_records",
    ),
    breaks(
        """
        UPDATE members_pointstransaction SET origin = '{withdrawn_number}'
        WHERE kind = 'release' AND origin = '{thinned_number}'
        """,
        "members.one_end",
        "members.same_lots",
        "orders.captures",
        "orders.refunds",
        "orders.refund_records",
    ),
    breaks(
        "UPDATE orders_order SET points_refunded = 0, points_cancelled = 0 WHERE id = {review}",
        "orders.held",
        "orders.refunds",
        "orders.part_cancels",
    ),
    breaks(
        "UPDATE logistics_pickline SET quantity = quantity + 1, picked = picked + 1 "
        "WHERE task_id = {repacked_task} AND quantity = 2",
        "logistics.trimmed",
    ),
    breaks(
        "UPDATE logistics_pickline SET to_put_back = 2 WHERE task_id = {half_picked_task} AND to_put_back = 1",
        "logistics.to_put_back",
    ),
    breaks(
        "UPDATE logistics_pickline SET to_put_back = 1 WHERE task_id = {repacked_task} AND quantity = 2",
        "logistics.to_put_back",
    ),
    breaks(
        "UPDATE inventory_reservation SET quantity = quantity + 1, given_back = 0 "
        "WHERE reference = '{parted_number}/1'",
        "inventory.reservation_movements",
        "orders.reservations",
    ),
    breaks("UPDATE orders_order SET region_code = '110101' WHERE id = {elsewhere}", "orders.addresses"),
    breaks(
        "UPDATE orders_order SET address_final_at = NULL WHERE id = {elsewhere}",
        "logistics.addresses",
    ),
    breaks(
        "UPDATE aftersales_giftreview SET order_line_id = "
        "(SELECT id FROM orders_orderline WHERE order_id = {parted} AND position = 2)",
        "aftersales.reviews",
        "aftersales.own_reviews",
    ),
    breaks(
        "UPDATE aftersales_giftreview SET member_id = {wang_member}",
        "aftersales.own_reviews",
    ),
    breaks("UPDATE aftersales_survey SET by = 'member:0'", "aftersales.own_surveys"),
)
