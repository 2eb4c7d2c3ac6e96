"""Corruptions of orders that were mended, and of what members said of them."""

from tests.desk.corruptions.corruption import breaks

SAID_AND_MENDED = (
    breaks(
        "UPDATE orders_order SET points_cancelled = points_cancelled - 1 WHERE id = {parted}",
        "orders.part_cancels",
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
