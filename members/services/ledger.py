"""The one writer of the points ledger: every balance of an account or a lot is the sum of its postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from foundation.sql import Statement

AVAILABLE, HELD, SYSTEM = "available", "held", "system"


class Posting(NamedTuple):
    """So many points (signed) of one lot into one bucket of an account."""

    account_id: int
    bucket: str
    lot_id: int
    amount: int


class Entry(NamedTuple):
    """A points transaction to be written; its postings sum to zero."""

    kind: str
    reference: str
    at: datetime
    by: str
    postings: tuple[Posting, ...]
    origin: str = ""
    note: str = ""


class Part(NamedTuple):
    """So many points of one lot of a member's account."""

    account_id: int
    lot_id: int
    points: int


Side = tuple[int | None, str]
"""An account (None: the part's own) and one of its buckets."""


def flow(parts: Iterable[Part], source: Side, target: Side) -> tuple[Posting, ...]:
    """Return the postings that move each part from one side to the other; they sum to zero."""
    return tuple(
        Posting(part.account_id if account is None else account, bucket, part.lot_id, sign * part.points)
        for part in parts
        for (account, bucket), sign in ((source, -1), (target, 1))
    )


_POST = Statement(
    "members_post",
    "text[], text[], text[], timestamptz[], text[], text[], int[], bigint[], text[], bigint[], bigint[]",
    """
    WITH entries AS MATERIALIZED (
        SELECT nextval('members_pointstransaction_id_seq') AS id, e.*
        FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS e(kind, reference, origin, at, by, note, i)
    ), written AS (
        INSERT INTO members_pointstransaction (id, kind, reference, origin, at, by, note)
        SELECT id, kind, reference, origin, at, by, note FROM entries
    ), postings AS MATERIALIZED (
        SELECT * FROM unnest($7, $8, $9, $10, $11) AS p(i, account_id, bucket, lot_id, amount)
    ), posted AS (
        INSERT INTO members_pointsposting (transaction_id, account_id, bucket, lot_id, amount)
        SELECT e.id, p.account_id, p.bucket, p.lot_id, p.amount FROM postings p JOIN entries e USING (i)
    ), lots AS (
        UPDATE members_pointslot l SET remaining = l.remaining + d.remaining, held = l.held + d.held
        FROM (
            SELECT lot_id, sum(amount) AS remaining, coalesce(sum(amount) FILTER (WHERE bucket = 'held'), 0) AS held
            FROM postings WHERE bucket <> 'system' GROUP BY lot_id
        ) d
        WHERE l.id = d.lot_id
    )
    UPDATE members_pointsaccount a SET available = a.available + d.available, held = a.held + d.held
    FROM (
        SELECT account_id,
            coalesce(sum(amount) FILTER (WHERE bucket = 'available'), 0) AS available,
            coalesce(sum(amount) FILTER (WHERE bucket = 'held'), 0) AS held
        FROM postings WHERE bucket <> 'system' GROUP BY account_id
    ) d
    WHERE a.id = d.account_id
    """,
)


def post(entries: Sequence[Entry]) -> None:
    """Write transactions with their postings and bring accounts and lots along, in one statement.

    The caller holds the locks of the member accounts, taken in the order of their ids. A balance that would
    fall below zero, or a second transaction of the same kind and reference, breaks the whole call.

    :raises IntegrityError: a CHECK or a UNIQUE refused; nothing has been written
    """
    if not entries:
        return
    for entry in entries:
        assert sum(posting.amount for posting in entry.postings) == 0, f"{entry.reference} does not balance"
    postings = [(i, *posting) for i, entry in enumerate(entries, start=1) for posting in entry.postings]
    kinds, references, ats, bys, _, origins, notes = map(list, zip(*entries, strict=True))
    _POST.change(kinds, references, origins, ats, bys, notes, *map(list, zip(*postings, strict=True)))
