"""Corruptions of the points ledger, of messages, and of what they owe each other."""

from tests.desk.corruptions.corruption import breaks

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
        "members.earliest_expiry",
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
        INSERT INTO members_unsubscription (member_id, topic, event, channel, since)
        SELECT member_id, '', template, channel, sent_at - interval '1 hour'
        FROM members_message WHERE dedupe_key = '{ready_number}#2' AND channel = 'inbox'
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
