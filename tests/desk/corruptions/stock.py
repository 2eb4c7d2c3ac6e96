"""Corruptions of stock, its movements, its reservations and its codes."""

from tests.desk.corruptions.corruption import breaks

STOCK = (
    breaks("DROP TRIGGER {no_truncate} ON inventory_stockmovement", "inventory.triggers"),
    breaks("UPDATE inventory_stock SET on_hand = on_hand + 1 WHERE id = {mug}", "inventory.counters"),
    breaks(
        """
        INSERT INTO inventory_stockmovement
            (id, stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
        OVERRIDING SYSTEM VALUE
        VALUES (-1, {mug}, 'adjusted', -1, 0, 'lent', now(), 'shell', 'x'),
            (9000000, {mug}, 'adjusted', 1, 0, 'back', now(), 'shell', 'x')
        """,
        "inventory.bounds",
    ),
    breaks(
        "UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = {mug}",
        "inventory.reserved",
        "inventory.counters",
    ),
    breaks(
        """
        UPDATE inventory_stockmovement SET reference = 'elsewhere'
        WHERE kind = 'released' AND reference = '{rejected_number}/1'
        """,
        "inventory.reservation_movements",
    ),
    breaks(
        "UPDATE inventory_stockmovement SET kind = 'received' WHERE reference = 'count/1'",
        "inventory.movement_kinds",
    ),
    breaks(
        """
        UPDATE inventory_stockmovement SET kind = 'returned' WHERE kind = 'received' AND stock_id = {mug}
        """,
        "inventory.returned",
        "aftersales.restocked",
    ),
    breaks("UPDATE inventory_stockmovement SET reason = '' WHERE reference = 'count/1'", "inventory.reasons"),
    breaks(
        """
        INSERT INTO inventory_virtualcode (sku_id, secret, batch, added_at, added_by, reference)
        SELECT sku_id, 'made up', 'shell', now(), 'shell', '' FROM inventory_stock WHERE id = {mug}
        """,
        "inventory.codes",
    ),
    breaks(
        """
        INSERT INTO inventory_virtualcode (sku_id, secret, batch, added_at, added_by, reference, given_at)
        SELECT sku_id, 'given away', 'shell', now(), 'shell', '{ready_number}/1/1', now()
        FROM inventory_stock WHERE id = {mug}
        """,
        "orders.codes_given",
    ),
    breaks("UPDATE orders_order SET address_id = NULL WHERE id = {ready}", "orders.codes_way"),
    breaks(
        """
        INSERT INTO inventory_warehouse (code, name, name_en, region_code, priority)
        VALUES ('empty', 'x', 'x', '310104', 9)
        """,
        "inventory.stock_everywhere",
    ),
    breaks("ALTER TABLE inventory_stock DROP CONSTRAINT reserved_within_on_hand", "inventory.constraints"),
)
