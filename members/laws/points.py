"""The laws of points."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, constraints_stand, count, triggers_stand
from members.rules import GRACE_DAYS

POSTINGS = count("members_pointsposting")
TRANSACTIONS = count("members_pointstransaction")
ACCOUNTS = count("members_pointsaccount")
LOTS = count("members_pointslot")
HOLDS = count("members_pointstransaction", "kind = 'hold'")

_HOLD = "coalesce(nullif(t.origin, ''), t.reference)"
"""The reference of the hold that a transaction makes, ends, or releases a part of."""

# The return of points that gave a lot its present expiry, since the promised one had passed.
_REVIVED = f"""
    SELECT l.id AS lot_id, max(t.at) AS at
    FROM members_pointslot l
    JOIN members_pointsposting p ON p.lot_id = l.id AND p.bucket = 'available'
    JOIN members_pointstransaction t ON t.id = p.transaction_id AND t.kind IN ('release', 'refund')
    WHERE l.expires_at > l.granted_until AND t.at = l.expires_at - interval '{GRACE_DAYS * 24} hours'
    GROUP BY l.id
"""  # noqa: S608

LAWS: tuple[Law, ...] = (
    triggers_stand("members"),
    Law(
        1,
        "members.zero_sum",
        _("The postings of a points transaction sum to zero"),
        TRANSACTIONS,
        """
        SELECT t.kind || ' ' || t.reference
        FROM members_pointstransaction t
        LEFT JOIN (
            SELECT transaction_id, sum(amount) AS total FROM members_pointsposting GROUP BY transaction_id
        ) p ON p.transaction_id = t.id
        WHERE p.total IS DISTINCT FROM 0
        """,
    ),
    Law(
        1,
        "members.sides",
        _("Each kind of points transaction moves points between its own buckets and accounts"),
        POSTINGS,
        """
        SELECT t.kind || ' ' || t.reference || ': ' || p.bucket || ' ' || p.amount
        FROM members_pointsposting p
        JOIN members_pointstransaction t ON t.id = p.transaction_id
        JOIN members_pointsaccount a ON a.id = p.account_id
        WHERE (p.bucket = 'system') = (a.kind = 'member')
            OR t.kind NOT IN ('adjust', 'reverse')
            AND (t.kind, a.kind, p.bucket, sign(p.amount)::int) NOT IN (
                ('grant', 'issued', 'system', -1), ('grant', 'member', 'available', 1),
                ('hold', 'member', 'available', -1), ('hold', 'member', 'held', 1),
                ('capture', 'member', 'held', -1), ('capture', 'redeemed', 'system', 1),
                ('release', 'member', 'held', -1), ('release', 'member', 'available', 1),
                ('refund', 'redeemed', 'system', -1), ('refund', 'member', 'available', 1),
                ('expire', 'member', 'available', -1), ('expire', 'expired', 'system', 1)
            )
        """,
    ),
    Law(
        2,
        "members.account_balance",
        _("An account's available and held points are the sums of its postings"),
        ACCOUNTS,
        """
        SELECT 'account ' || a.id || ': ' || a.available || ' + ' || a.held
        FROM members_pointsaccount a
        LEFT JOIN (
            SELECT account_id, sum(amount) FILTER (WHERE bucket = 'available') AS available,
                sum(amount) FILTER (WHERE bucket = 'held') AS held
            FROM members_pointsposting WHERE bucket <> 'system' GROUP BY account_id
        ) p ON p.account_id = a.id
        WHERE a.available <> coalesce(p.available, 0) OR a.held <> coalesce(p.held, 0)
        """,
    ),
    Law(
        2,
        "members.lot_balance",
        _("A lot's remaining and held points are the sums of its postings"),
        LOTS,
        """
        SELECT 'lot ' || l.id || ': ' || l.remaining || ' / ' || l.held
        FROM members_pointslot l
        LEFT JOIN (
            SELECT lot_id, sum(amount) AS remaining, sum(amount) FILTER (WHERE bucket = 'held') AS held
            FROM members_pointsposting WHERE bucket <> 'system' GROUP BY lot_id
        ) p ON p.lot_id = l.id
        WHERE l.remaining <> coalesce(p.remaining, 0) OR l.held <> coalesce(p.held, 0)
        """,
    ),
    Law(
        2,
        "members.account_lots",
        _("A member's available and held points are what remains of their lots"),
        ACCOUNTS,
        """
        SELECT 'account ' || a.id || ': ' || a.available + a.held
        FROM members_pointsaccount a
        LEFT JOIN (
            SELECT account_id, sum(remaining) AS remaining, sum(held) AS held FROM members_pointslot GROUP BY account_id
        ) l ON l.account_id = a.id
        WHERE a.available + a.held <> coalesce(l.remaining, 0) OR a.held <> coalesce(l.held, 0)
        """,
    ),
    Law(
        2,
        "members.lot_grant",
        _("A lot was issued with the points of its one grant"),
        LOTS,
        """
        SELECT 'lot ' || l.id || ': ' || l.issued
        FROM members_pointslot l
        LEFT JOIN (
            SELECT p.lot_id, sum(p.amount) AS issued, count(*) AS grants
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'available'
            WHERE t.kind = 'grant' GROUP BY p.lot_id
        ) g ON g.lot_id = l.id
        WHERE g.issued IS DISTINCT FROM l.issued OR g.grants > 1
        """,
    ),
    Law(
        2,
        "members.account_history",
        _("No account was ever below zero, after any posting"),
        POSTINGS,
        """
        SELECT 'account ' || account_id || ' ' || bucket || ': ' || min(balance)
        FROM (
            SELECT account_id, bucket, sum(amount) OVER (
                PARTITION BY account_id, bucket ORDER BY id ROWS UNBOUNDED PRECEDING
            ) AS balance
            FROM members_pointsposting WHERE bucket <> 'system'
        ) moments
        WHERE balance < 0 GROUP BY account_id, bucket
        """,
    ),
    Law(
        2,
        "members.lot_history",
        _("No lot was ever below zero, after any posting"),
        POSTINGS,
        """
        SELECT 'lot ' || lot_id || ' ' || bucket || ': ' || min(balance)
        FROM (
            SELECT lot_id, bucket, sum(amount) OVER (
                PARTITION BY lot_id, bucket ORDER BY id ROWS UNBOUNDED PRECEDING
            ) AS balance
            FROM members_pointsposting WHERE bucket <> 'system'
        ) moments
        WHERE balance < 0 GROUP BY lot_id, bucket
        """,
    ),
    # For each hold: did a lot that expires before the last one it drew on keep free points? A lot whose expiry was put
    # off later is left out of the holds before that, because when it would have expired then is no longer known.
    Law(
        3,
        "members.earliest_expiry",
        _("Each hold took the points that expire first"),
        HOLDS,
        f"""
        WITH revived AS ({_REVIVED}), holds AS (
            SELECT t.id, t.at, t.reference, l.account_id, max(l.expires_at) AS latest
            FROM members_pointstransaction t
            JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'held'
            JOIN members_pointslot l ON l.id = p.lot_id
            LEFT JOIN revived r ON r.lot_id = l.id AND r.at > t.at
            WHERE t.kind = 'hold' AND r.lot_id IS NULL
            GROUP BY t.id, l.account_id
        ), looks AS (
            SELECT l.id AS lot_id, h.id AS transaction_id, h.reference
            FROM holds h
            JOIN members_pointslot l
                ON l.account_id = h.account_id AND l.expires_at < h.latest AND l.expires_at > h.at
            LEFT JOIN revived r ON r.lot_id = l.id AND r.at > h.at
            WHERE r.lot_id IS NULL
        ), moments AS (
            SELECT reference, lot_id, sum(amount) OVER (PARTITION BY lot_id ORDER BY transaction_id) AS free
            FROM (
                SELECT reference, lot_id, transaction_id, 0 AS amount FROM looks
                UNION ALL
                SELECT NULL, lot_id, transaction_id, amount FROM members_pointsposting
                WHERE bucket = 'available' AND lot_id IN (SELECT lot_id FROM looks)
            ) steps
        )
        SELECT DISTINCT 'hold ' || reference || ': lot ' || lot_id FROM moments
        WHERE reference IS NOT NULL AND free > 0
        """,  # noqa: S608
    ),
    Law(
        3,
        "members.promised_expiry",
        _("A lot expires when it was promised to, or the grace days after points came back to it expired"),
        LOTS,
        f"""
        SELECT 'lot ' || l.id FROM members_pointslot l
        LEFT JOIN ({_REVIVED}) r ON r.lot_id = l.id AND r.at >= l.granted_until
        WHERE l.expires_at <> l.granted_until AND r.lot_id IS NULL
        """,  # noqa: S608
    ),
    Law(
        3,
        "members.same_lots",
        _(
            "What was held of a lot is captured from it or released to it, at once or in parts, neither more nor less"
        ),
        HOLDS,
        f"""
        SELECT 'hold ' || hold
        FROM (
            SELECT {_HOLD} AS hold, p.account_id, p.lot_id,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'hold' AND p.bucket = 'held'), 0) AS held,
                coalesce(sum(p.amount) FILTER (WHERE t.kind <> 'hold' AND p.bucket = 'held'), 0) AS ended,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'hold' AND p.bucket = 'available'), 0) AS taken,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'release' AND p.bucket = 'available'), 0) AS returned,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'release' AND p.bucket = 'held'), 0) AS released,
                bool_or(t.kind <> 'hold' AND t.origin = '') AS has_end
            FROM members_pointstransaction t JOIN members_pointsposting p ON p.transaction_id = t.id
            WHERE t.kind IN ('hold', 'capture', 'release') AND p.bucket <> 'system'
            GROUP BY 1, p.account_id, p.lot_id
        ) parts
        GROUP BY hold
        HAVING bool_or(held + taken <> 0 OR returned + released <> 0 OR held + ended < 0)
            OR bool_or(has_end) AND bool_or(held + ended <> 0)
        """,  # noqa: S608
    ),
    Law(
        3,
        "members.refund_lots",
        _("A refund goes back to the lots it was captured from, to each at most what it gave"),
        count("members_pointstransaction", "kind = 'refund'"),
        """
        SELECT 'refund of ' || origin || ' to lot ' || lot_id
        FROM (
            SELECT CASE t.kind WHEN 'refund' THEN t.origin ELSE t.reference END AS origin, p.account_id, p.lot_id,
                coalesce(sum(p.amount) FILTER (WHERE t.kind = 'refund'), 0) AS refunded,
                coalesce(-sum(p.amount) FILTER (WHERE t.kind = 'capture'), 0) AS captured
            FROM members_pointstransaction t JOIN members_pointsposting p ON p.transaction_id = t.id
            WHERE t.kind = 'refund' AND p.bucket = 'available' OR t.kind = 'capture' AND p.bucket = 'held'
            GROUP BY 1, p.account_id, p.lot_id
        ) parts
        WHERE refunded > captured
        """,
    ),
    Law(
        3,
        "members.expired_in_time",
        _("No points expired before their time, unless the account was closed"),
        count("members_pointstransaction", "kind = 'expire'"),
        f"""
        SELECT t.reference
        FROM members_pointstransaction t
        JOIN members_pointsposting p ON p.transaction_id = t.id AND p.bucket = 'available'
        JOIN members_pointslot l ON l.id = p.lot_id
        LEFT JOIN ({_REVIVED}) r ON r.lot_id = l.id AND r.at >= t.at
        WHERE t.kind = 'expire' AND l.expires_at > t.at AND r.lot_id IS NULL AND NOT EXISTS (
            SELECT FROM members_pointsaccount a JOIN members_member m ON m.id = a.member_id
            WHERE a.id = l.account_id AND m.status = 'closed' AND t.reference LIKE 'closing/%%'
        )
        """,  # noqa: S608
    ),
    Law(
        4,
        "members.one_end",
        _(
            "A hold ends at most once, by a capture or a release; before that parts of it may be released, and nothing "
            "comes without a hold"
        ),
        HOLDS,
        f"""
        SELECT {_HOLD} FROM members_pointstransaction t
        WHERE kind IN ('hold', 'capture', 'release') GROUP BY 1
        HAVING count(*) FILTER (WHERE kind = 'hold') <> 1
            OR count(*) FILTER (WHERE kind <> 'hold' AND origin = '') > 1
            OR max(id) FILTER (WHERE origin <> '') > max(id) FILTER (WHERE kind <> 'hold' AND origin = '')
        """,  # noqa: S608
    ),
    constraints_stand("members"),
    # The clock looks at lots every ten minutes.
    Law(
        9,
        "members.lots_overdue",
        _("Lots whose time is over have been expired"),
        LOTS,
        f"""
        SELECT 'lot ' || id FROM members_pointslot
        WHERE remaining > held AND expires_at < %(at)s - interval '10 minutes' - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        10,
        "members.own_lots",
        _("Points move only between an account and its own lots"),
        POSTINGS,
        """
        SELECT 'posting ' || p.id
        FROM members_pointsposting p JOIN members_pointslot l ON l.id = p.lot_id
        WHERE p.bucket <> 'system' AND p.account_id <> l.account_id
        """,
    ),
)
