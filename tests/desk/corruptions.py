"""One corruption for each check of the auditor: what somebody with a database shell might do, and who must notice.

The texts name orders of the lived-in mall as ``{ready}`` (the id) and ``{ready_number}``; ``{lin}`` and ``{wang}`` are
accounts, ``{mug}`` is a stock.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Corruption:
    """A change that breaks a law, and every check that must see it; the first is the one it was written for."""

    sql: str
    seen_by: tuple[str, ...]


def breaks(sql: str, *seen_by: str) -> Corruption:
    return Corruption(sql, seen_by)


# A posting pair that says: these points were gone and came back. The sums stay what they are.
_LENT = """
    WITH t AS (
        INSERT INTO members_pointstransaction (kind, reference, origin, at, by, note)
        VALUES ('adjust', 'lent', '', now(), 'shell', '') RETURNING id
    )
    INSERT INTO members_pointsposting (id, transaction_id, account_id, bucket, lot_id, amount)
    OVERRIDING SYSTEM VALUE
    SELECT p.id, t.id, l.account_id, 'available', l.id, p.amount
    FROM t, members_pointslot l JOIN (VALUES {rows}) p (id, reference, amount) ON p.reference = l.reference
"""

# Who finds that an order was given to another member.
_TAKEN_OVER = (
    "orders.own_points",
    "orders.own_requests",
    "orders.own_messages",
    "orders.own_address",
    "orders.own_moves",
    "orders.own_lines",
)

POINTS = (
    breaks("ALTER TABLE members_pointsposting DISABLE TRIGGER USER", "members.triggers"),
    breaks(
        "UPDATE members_pointsposting SET amount = amount + 1 WHERE bucket = 'system' AND account_id = -3",
        "members.zero_sum",
    ),
    breaks(
        "UPDATE members_pointsposting SET account_id = -4 WHERE bucket = 'system' AND account_id = -3",
        "members.sides",
    ),
    breaks(
        "UPDATE members_pointsaccount SET available = available + 1 WHERE id = {lin}",
        "members.account_balance",
        "members.account_lots",
    ),
    breaks(
        "UPDATE members_pointslot SET remaining = remaining - 1 WHERE reference = 'grant/wang'",
        "members.lot_balance",
        "members.account_lots",
    ),
    breaks(
        "UPDATE members_pointslot SET account_id = {wang} WHERE reference = 'grant/late'",
        "members.account_lots",
        "members.own_lots",
    ),
    breaks(
        "UPDATE members_pointslot SET issued = issued + 1 WHERE reference = 'grant/late'", "members.lot_grant"
    ),
    breaks(
        _LENT.format(rows="(-1, 'grant/wang', -1), (9000000, 'grant/wang', 1)"),
        "members.account_history",
        "members.lot_history",
    ),
    breaks(
        _LENT.format(
            rows="(-2, 'grant/early', 1), (-1, 'grant/late', -1), (9000000, 'grant/late', 1), "
            "(9000001, 'grant/early', -1)"
        ),
        "members.lot_history",
    ),
    breaks(
        """
        UPDATE members_pointslot
        SET expires_at = expires_at - interval '500 days', granted_until = granted_until - interval '500 days'
        WHERE reference = 'grant/late'
        """,
        "members.earliest_expiry",
    ),
    breaks(
        "UPDATE members_pointslot SET expires_at = expires_at + interval '1 day' WHERE reference = 'grant/late'",
        "members.promised_expiry",
    ),
    breaks(
        """
        UPDATE members_pointsposting SET lot_id = (SELECT id FROM members_pointslot WHERE reference = 'grant/lapsed')
        WHERE bucket <> 'system' AND transaction_id = (
            SELECT id FROM members_pointstransaction WHERE kind = 'release' AND reference = '{rejected_number}'
        )
        """,
        "members.same_lots",
        "members.lot_balance",
        "members.lot_history",
    ),
    breaks(
        """
        UPDATE members_pointstransaction SET origin = '{closed_number}'
        WHERE kind = 'refund' AND origin = '{stopped_number}'
        """,
        "orders.refunds",
        "orders.refund_records",
    ),
    breaks(
        """
        UPDATE members_pointsposting SET lot_id = (SELECT id FROM members_pointslot WHERE reference = 'grant/late')
        WHERE transaction_id = (
            SELECT id FROM members_pointstransaction WHERE kind = 'refund' AND origin = '{stopped_number}'
        )
        """,
        "members.refund_lots",
        "members.lot_balance",
    ),
    breaks(
        "UPDATE members_pointstransaction SET at = at - interval '1 year' WHERE kind = 'expire'",
        "members.expired_in_time",
    ),
    breaks(
        """
        UPDATE members_pointstransaction SET reference = '{ready_number}'
        WHERE kind = 'release' AND reference = '{rejected_number}'
        """,
        "members.one_end",
        "members.same_lots",
        "orders.captures",
    ),
    breaks("DROP INDEX one_default_address_per_member", "members.constraints"),
    breaks(
        """
        UPDATE members_message SET state = 'waiting', next_attempt_at = next_attempt_at - interval '6 minutes'
        WHERE dedupe_key = '{ready_number}#2'
        """,
        "members.messages_overdue",
    ),
    breaks(
        """
        INSERT INTO members_smsreceipt (provider, digest, provider_reference, phone, succeeded, code, received_at,
            attempts, next_attempt_at)
        SELECT 'aliyun', 'shell', '1', '', true, '', next_attempt_at, 0, next_attempt_at - interval '1 day'
        FROM members_message WHERE dedupe_key = '{ready_number}#2' LIMIT 1
        """,
        "members.receipts_overdue",
    ),
    breaks(
        """
        INSERT INTO members_message (member_id, channel, template, context, dedupe_key, is_secret, state, attempts,
            next_attempt_at, last_error, provider, provider_reference, created_at, replayed_by)
        SELECT member_id, 'sms', 'sign_in.code', '{{"code": "123456"}}', 'shell', true, 'waiting', 0,
            next_attempt_at + interval '9 days', '', '', '', created_at - interval '1 day', ''
        FROM members_message WHERE dedupe_key = '{ready_number}#2' LIMIT 1
        """,
        "members.secrets",
    ),
    breaks(
        """
        INSERT INTO members_unsubscription (member_id, topic, channel, since)
        SELECT member_id, 'order', 'mail', sent_at - interval '1 hour'
        FROM members_message WHERE dedupe_key = '{ready_number}#2' AND channel = 'mail'
        """,
        "members.unsubscribed",
    ),
    breaks(
        """
        INSERT INTO members_quiethours (member_id, begins, ends, changed_at)
        SELECT member_id, '09:00', '08:59', created_at - interval '1 day'
        FROM members_message WHERE dedupe_key = '{ready_number}#2' AND channel = 'mail'
        """,
        "members.quiet_hours",
    ),
    breaks(
        """
        UPDATE members_pointslot
        SET expires_at = granted_at + interval '1 minute', granted_until = granted_at + interval '1 minute'
        WHERE reference = 'grant/late'
        """,
        "members.lots_overdue",
    ),
    breaks(
        """
        UPDATE members_pointsposting SET account_id = {lin} WHERE bucket = 'held' AND transaction_id = (
            SELECT id FROM members_pointstransaction WHERE kind = 'capture' AND reference = '{approved_number}'
        )
        """,
        "members.own_lots",
        "members.account_balance",
        "members.account_history",
        "members.same_lots",
    ),
)

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
        "logistics.picked",
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

PARCELS = (
    breaks("ALTER TABLE logistics_trackingevent DISABLE TRIGGER USER", "logistics.triggers"),
    breaks(
        "UPDATE logistics_picktask SET warehouse_id = {cellar} WHERE order_id = {picking}",
        "logistics.pick_places",
    ),
    breaks(
        "UPDATE logistics_pickline SET picked = picked - 1 WHERE task_id = {closed_task}", "logistics.picked"
    ),
    breaks(
        "UPDATE logistics_parcelline SET quantity = quantity - 1 WHERE order_line_id = (SELECT id FROM "
        "orders_orderline WHERE order_id = {closed} AND position = 1)",
        "logistics.parcel_units",
    ),
    breaks("UPDATE logistics_waybill SET state = 'void' WHERE number = 'SF101'", "logistics.shipped"),
    breaks(
        "UPDATE logistics_parcel SET handed_over_at = packed_at WHERE order_id = {packed}",
        "logistics.not_shipped",
    ),
    breaks(
        "UPDATE logistics_parcel SET delivered_at = NULL, state = 'in_transit' WHERE order_id = {closed}",
        "logistics.delivered",
    ),
    breaks(
        "DELETE FROM logistics_trackingevent WHERE waybill_id = (SELECT id FROM logistics_waybill "
        "WHERE number = 'SF101')",
        "logistics.carriers_word",
    ),
    breaks(
        "ALTER TABLE logistics_trackingevent DROP CONSTRAINT one_row_per_carrier_event",
        "logistics.constraints",
    ),
    breaks(
        "UPDATE logistics_picktask SET order_id = {review} WHERE order_id = {ready}",
        "logistics.tasks_opened",
        "logistics.own_picks",
        "logistics.pick_places",
    ),
    breaks(
        "UPDATE logistics_picktask SET state = 'open' WHERE order_id = {dropped}", "logistics.tasks_dropped"
    ),
    breaks(
        "UPDATE logistics_waybill SET next_attempt_at = next_attempt_at - interval '6 minutes' "
        "WHERE state = 'wanted'",
        "logistics.waybills_overdue",
    ),
    breaks(
        "INSERT INTO logistics_carrierpush (source, digest, body, received_at, attempts, next_attempt_at, last_error) "
        "VALUES ('kdniao', 'x', '{{}}', '2026-01-01', 0, '2026-01-01', '')",
        "logistics.pushes_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_poll_at = '2026-01-01' WHERE number = 'SF104'",
        "logistics.polls_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_poll_at = '2027-01-01' WHERE number = 'SF101'",
        "logistics.left_alone",
    ),
    breaks(
        "UPDATE logistics_parcel SET handed_over_at = '2026-11-01' WHERE order_id = {stuck}",
        "logistics.followed",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_attempt_at = next_attempt_at - interval '6 minutes' "
        "WHERE state = 'cancelling'",
        "logistics.cancellings_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET state = 'issued', number = 'SF999' WHERE state = 'cancelling'",
        "logistics.given_back",
    ),
    breaks("UPDATE logistics_waybill SET state = 'void' WHERE state = 'cancelling'", "logistics.given_back"),
    breaks(
        "UPDATE logistics_pickline SET order_line_id = (SELECT id FROM orders_orderline WHERE order_id = {ready} "
        "AND position = 1) WHERE task_id = {picking_task} AND quantity = 2",
        "logistics.own_picks",
        "logistics.picked",
    ),
    breaks(
        "UPDATE logistics_parcel SET order_id = {packed} WHERE order_id = {stopped}",
        "logistics.own_parcels",
        "logistics.addresses",
    ),
)

AFTERSALES = (
    breaks(
        "UPDATE aftersales_returnrequest SET number = number || 'x' WHERE number = '{refunded_number}-R1'",
        "aftersales.refunds",
        "aftersales.restocked",
    ),
    breaks(
        "UPDATE aftersales_returnline SET disposition = 'write_off' WHERE disposition = 'restock'",
        "aftersales.restocked",
    ),
    breaks(
        "UPDATE orders_orderline SET returned = returned - 1 WHERE order_id = {refunded} AND position = 1",
        "aftersales.returned",
        "orders.refund_lines",
    ),
    breaks("DROP INDEX one_open_refund_request_per_order", "aftersales.constraints"),
    breaks("UPDATE orders_order SET open_cases = 1 WHERE id = {closed}", "aftersales.open_cases"),
    breaks(
        "UPDATE aftersales_returnline SET order_line_id = (SELECT id FROM orders_orderline WHERE order_id = {ready} "
        "AND position = 1) WHERE request_id = (SELECT id FROM aftersales_returnrequest WHERE order_id = {delivered}) "
        "AND quantity = 2",
        "aftersales.own_lines",
    ),
    breaks(
        "UPDATE aftersales_returnrequest SET requested_by = 'member:0' WHERE order_id = {delivered}",
        "aftersales.own_requests",
    ),
    breaks(
        "UPDATE aftersales_complaint SET number = 'lost' WHERE request_id = 'c1'",
        "aftersales.complaint_facts",
        "aftersales.complaint_told",
    ),
    breaks(
        "UPDATE members_message SET dedupe_key = dedupe_key || 'x' WHERE template = 'complaint.answered'",
        "aftersales.complaint_told",
    ),
    breaks("UPDATE aftersales_complaintround SET serial = 2", "aftersales.complaint_rounds"),
    breaks(
        "UPDATE aftersales_returnrequest SET due_at = '2026-01-01' WHERE status = 'requested'",
        "aftersales.refunds_overdue",
    ),
    breaks(
        "UPDATE aftersales_complaint SET escalated_at = NULL WHERE request_id = 'c2'",
        "aftersales.complaints_overdue",
    ),
    breaks(
        "UPDATE aftersales_complaint SET closes_at = '2026-01-01' WHERE request_id = 'c1'",
        "aftersales.complaints_closing",
    ),
    breaks(
        "UPDATE aftersales_complaint SET member_id = {lin_member} WHERE request_id = 'c1'",
        "aftersales.own_complaints",
        "aftersales.complaint_told",
    ),
)

PEOPLE = (
    breaks(
        "INSERT INTO members_letter "
        "(member_id, kind, address, link, created_at, attempts, next_attempt_at, last_error) "
        "VALUES ({lin_member}, 'mail.confirm', 'x@example.com', '', '2020-01-01', 0, '2020-01-01', '')",
        "members.letters_overdue",
    ),
    breaks(
        "INSERT INTO members_trycount (scope, subject, used, ends_at) VALUES ('code.day', 'x', 1, '2020-01-01')",
        "members.tidied",
    ),
    breaks(
        "INSERT INTO members_signincode (token, number_digest, code_digest, tries, created_at, expires_at) "
        "VALUES (gen_random_uuid(), 'x', 'x', 5, '2030-01-01', '2030-01-02')",
        "members.own_codes",
    ),
    breaks("UPDATE members_member SET name = 'Lin' WHERE id = {gone_member}", "desk.erased"),
    breaks("DROP INDEX one_open_erasure_request_per_member", "desk.constraints"),
)

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

CORRUPTIONS = (*SAID_AND_MENDED, *PEOPLE, *POINTS, *STOCK, *ORDERS, *PARCELS, *AFTERSALES)
