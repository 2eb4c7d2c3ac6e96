"""What happens to points outside placement: granted, captured, released, refunded, expired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, NotFound, Refusal
from members import rules
from members.models import Member, PointsAccount, PointsLot, PointsPosting, PointsTransaction
from members.services.ledger import AVAILABLE, HELD, SYSTEM, Entry, Part, Posting, Side, flow, post

Kind = PointsTransaction.Kind
CLOSING = "closing"
"""What the references of points begin with that expired because their account was closed."""


class RefundExceeds(Refusal):
    """More points would go back than the order took or holds."""

    code = "refund_exceeds"
    message = _("Only %(left)s points of this order can still be returned.")


class AccountClosed(Refusal):
    """The member has left; what is granted now could never be redeemed."""

    code = "account_closed"
    message = _("This member's account is closed. Points can no longer be granted to it.")


@dataclass(frozen=True, slots=True)
class Grant:
    """Points for a member that expire together; the same reference grants once."""

    member_id: int
    points: int
    expires_at: datetime
    reference: str
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PointsMove:
    """What was held under a reference moves on."""

    reference: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PointsRefund:
    """So many of the points captured, or still held, under `origin` go back; `reference` makes it happen once."""

    origin: str
    reference: str
    points: int
    at: datetime
    by: str


def _accounts_to_grant(grants: Sequence[Grant]) -> dict[int, int]:
    """Check grants, lock the accounts they go to, and return those by member."""
    for grant in grants:
        if grant.points <= 0:
            raise InvalidInput(field="points")
        if grant.expires_at <= grant.at:
            raise InvalidInput(field="expires_at")
    wanted = {grant.member_id for grant in grants}
    accounts = lock_accounts(member_ids=wanted)
    if len(accounts) < len(wanted):
        raise NotFound
    if Member.objects.filter(pk__any=wanted, status=Member.Status.CLOSED).exists():
        raise AccountClosed
    return accounts


@transaction.atomic
def grant_points(grants: Sequence[Grant]) -> int:
    """Give points to members, each in a lot of its own, and return how many grants were new.

    :raises InvalidInput: a grant of no points, or one that would expire at once
    :raises NotFound: no such member
    :raises AccountClosed: a member who has left; nothing has been granted
    """
    accounts = _accounts_to_grant(grants)
    wanted = {grant.reference: grant for grant in grants}
    known = PointsTransaction.objects.filter(kind=Kind.GRANT, reference__any=wanted)
    fresh = [wanted[ref] for ref in wanted.keys() - set(known.values_list("reference", flat=True))]
    fresh.sort(key=lambda grant: (grant.expires_at, grant.reference))
    lots = PointsLot.objects.bulk_create(
        PointsLot(
            account_id=accounts[grant.member_id],
            issued=grant.points,
            remaining=0,  # the ledger brings it up
            expires_at=grant.expires_at,
            granted_until=grant.expires_at,
            granted_at=grant.at,
            reference=grant.reference,
        )
        for grant in fresh
    )
    post(
        [
            Entry(
                Kind.GRANT,
                grant.reference,
                grant.at,
                grant.by,
                (
                    Posting(PointsAccount.ISSUED, SYSTEM, lot.pk, -grant.points),
                    Posting(lot.account_id, AVAILABLE, lot.pk, grant.points),
                ),
                note=grant.note,
            )
            for grant, lot in zip(fresh, lots, strict=True)
        ]
    )
    return len(fresh)


@transaction.atomic
def capture_points(moves: Sequence[PointsMove]) -> None:
    """Turn holds into redemptions, once per reference (law 4).

    :raises IntegrityError: captured before; nothing has been written
    """
    held = _held_parts(move.reference for move in moves)
    post(
        [
            Entry(
                Kind.CAPTURE,
                move.reference,
                move.at,
                move.by,
                flow(held[move.reference], (None, HELD), (PointsAccount.REDEEMED, SYSTEM)),
            )
            for move in moves
        ]
    )


@transaction.atomic
def release_points(moves: Sequence[PointsMove]) -> None:
    """Give held points back to the lots they came from, once per reference (law 3).

    :raises IntegrityError: released before; nothing has been written
    """
    held = _held_parts(move.reference for move in moves)
    if moves:
        _revive(((part.lot_id, move.at) for move in moves for part in held[move.reference]), by=moves[0].by)
    post(
        [
            Entry(
                Kind.RELEASE,
                move.reference,
                move.at,
                move.by,
                flow(held[move.reference], (None, HELD), (None, AVAILABLE)),
            )
            for move in moves
        ]
    )


@transaction.atomic
def release_part(refunds: Sequence[PointsRefund]) -> None:
    """Give some of what is held back to the lots it came from, latest expiry first; the rest stays held.

    :raises RefundExceeds: more than the origin still holds
    """
    refunds = [refund for refund in refunds if refund.points > 0]
    origins = [refund.origin for refund in refunds]
    held = {
        origin: [list(part) for part in reversed(parts)] for origin, parts in _held_parts(origins).items()
    }
    ends = PointsTransaction.objects.filter(kind__in=(Kind.CAPTURE, Kind.RELEASE), reference__any=origins)
    for ended in ends.values_list("reference", flat=True):
        held.pop(ended, None)
    _give_back(Kind.RELEASE, refunds, held, source=(None, HELD))


@transaction.atomic
def refund_points(refunds: Sequence[PointsRefund]) -> None:
    """Give redeemed points back to the lots they came from, latest expiry first.

    A lot that expired meanwhile lives on for some grace days (law 3).

    :raises RefundExceeds: more than the origin captured, less what went back before
    """
    refunds = [refund for refund in refunds if refund.points > 0]
    _give_back(Kind.REFUND, refunds, _captured_parts(refunds), source=(PointsAccount.REDEEMED, SYSTEM))


def _give_back(
    kind: Kind, refunds: Sequence[PointsRefund], left: dict[str, list[list[int]]], *, source: Side
) -> None:
    """Move points to where they came from, by what each origin has left: [account, lot, points]."""
    entries: list[Entry] = []
    revived: list[tuple[int, datetime]] = []
    for refund in refunds:
        parts, missing = [], refund.points
        for part in left.get(refund.origin, []):
            points = min(missing, part[2])
            if points:
                part[2] -= points
                missing -= points
                parts.append(Part(part[0], part[1], points))
        if missing:
            raise RefundExceeds(left=refund.points - missing)
        postings = flow(parts, source, (None, AVAILABLE))
        entries.append(Entry(kind, refund.reference, refund.at, refund.by, postings, origin=refund.origin))
        revived += [(part.lot_id, refund.at) for part in parts]
    if revived:
        _revive(revived, by=refunds[0].by)
    post(entries)


@transaction.atomic
def expire_points(*, at: datetime, by: str, limit: int = 500) -> int:
    """Expire what is left in lots whose time is over and return how many lots that were.

    Held points stay: they expire, if they come back, after their grace days.
    """
    due = PointsLot.objects.filter(expires_at__lte=at, remaining__gt=F("held")).order_by("expires_at")
    accounts = lock_accounts(account_ids=set(due.values_list("account_id", flat=True)[:limit]))
    lots = list(due.filter(account_id__in=accounts.values()).order_by("account_id", "pk"))
    _expire(lots, at=at, by=by)
    return len(lots)


@transaction.atomic
def expire_all_points(member_id: int, *, at: datetime, by: str) -> None:
    """Expire all that nothing holds of a member's points before its time, because the account is closed."""
    accounts = lock_accounts(member_ids={member_id})
    lots = PointsLot.objects.filter(account_id__in=accounts.values(), remaining__gt=F("held"))
    _expire(list(lots.order_by("account_id", "pk")), at=at, by=by, cause=CLOSING)


def lock_accounts(*, member_ids: Collection[int] = (), account_ids: Collection[int] = ()) -> dict[int, int]:
    """Lock the accounts of members in the order of their ids and return account ids by member id."""
    accounts = PointsAccount.objects.filter(kind=PointsAccount.Kind.MEMBER)
    accounts = accounts.filter(Q(member__in=member_ids) | Q(pk__in=account_ids))
    locked = accounts.order_by("pk").select_for_update(of=("self",)).values_list("member_id", "pk")
    return {member: account for member, account in locked if member is not None}


def _held_parts(references: Iterable[str]) -> dict[str, list[Part]]:
    """Lock the accounts behind holds; return what each reference still holds of which lot, by expiry."""
    wanted = list(references)
    held = PointsPosting.objects.filter(bucket=HELD)
    rows = list(
        held.order_by("lot__expires_at", "lot_id")
        .filter(transaction__kind=Kind.HOLD, transaction__reference__any=wanted)
        .values_list("transaction__reference", "account_id", "lot_id", "amount")
    )
    lock_accounts(account_ids={row[1] for row in rows})
    freed: dict[tuple[str, int], int] = defaultdict(int)
    before = held.filter(transaction__kind=Kind.RELEASE, transaction__origin__any=wanted)
    for origin, lot, points in before.values_list("transaction__origin", "lot_id", "amount"):
        freed[origin, lot] -= points
    parts = defaultdict(list)
    for reference, account, lot, points in rows:
        if points > freed[reference, lot]:
            parts[reference].append(Part(account, lot, points - freed[reference, lot]))
    return parts


def _captured_parts(refunds: Sequence[PointsRefund]) -> dict[str, list[list[int]]]:
    """Lock the accounts behind captures; return [account, lot, points not yet refunded] per origin, newest first."""
    origins = [refund.origin for refund in refunds]
    captures = list(
        PointsPosting.objects.filter(
            transaction__kind=Kind.CAPTURE, transaction__reference__any=origins, bucket=HELD
        )
        .order_by("-lot__expires_at", "-lot_id")
        .values_list("transaction__reference", "account_id", "lot_id", "amount")
    )
    lock_accounts(account_ids={row[1] for row in captures})
    returned: dict[tuple[str, int], int] = defaultdict(int)
    before = PointsPosting.objects.filter(
        transaction__kind=Kind.REFUND, transaction__origin__any=origins, bucket=AVAILABLE
    )
    for origin, lot, points in before.values_list("transaction__origin", "lot_id", "amount"):
        returned[origin, lot] += points
    parts = defaultdict(list)
    for reference, account, lot, points in captures:
        parts[reference].append([account, lot, -points - returned[reference, lot]])
    return parts


def _revive(returned: Iterable[tuple[int, datetime]], *, by: str) -> None:
    """Let points that are about to come back to an expired lot live on for the grace days, from their return.

    What was left in the lot all the while expires first, or a single point would carry the rest along.
    """
    lots_at: dict[datetime, set[int]] = defaultdict(set)
    for lot_id, at in returned:
        lots_at[at].add(lot_id)
    for at, ids in lots_at.items():
        expired = PointsLot.objects.filter(pk__any=ids, expires_at__lte=at)
        _expire(list(expired.filter(remaining__gt=F("held")).order_by("account_id", "pk")), at=at, by=by)
        expired.update(expires_at=rules.revived_until(at))


def _expire(lots: Sequence[PointsLot], *, at: datetime, by: str, cause: str = "lot") -> None:
    """Expire what nothing holds of lots whose time is over, or whose account is closed."""
    post(
        [
            Entry(
                Kind.EXPIRE,
                f"{cause}/{lot.pk}/{at:%Y%m%dT%H%M%S.%f}",
                at,
                by,
                flow(
                    [Part(lot.account_id, lot.pk, lot.remaining - lot.held)],
                    (None, AVAILABLE),
                    (PointsAccount.EXPIRED, SYSTEM),
                ),
            )
            for lot in lots
        ]
    )
