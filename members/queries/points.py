"""What a member has, when it expires, and the statement of where it came from and went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, Prefetch, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from members.models import PointsAccount, PointsLot, PointsPosting, PointsTransaction

Kind = PointsTransaction.Kind
Bucket = PointsPosting.Bucket

KINDS: dict[str, tuple[str, ...]] = {
    "earned": (Kind.GRANT,),
    "redeemed": (Kind.HOLD, Kind.CAPTURE),
    "returned": (Kind.RELEASE, Kind.REFUND),
    "expired": (Kind.EXPIRE,),
}
"""What a statement can be narrowed to; a correction stands under none of them and in the whole."""


def points_of(member_id: int) -> PointsAccount:
    """Return a member's account with the lots that still hold points, those that expire first coming first."""
    lots = Prefetch("lots", PointsLot.objects.filter(remaining__gt=0).order_by("expires_at", "pk"))
    return PointsAccount.objects.prefetch_related(lots).get(member_id=member_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a statement: a name of `KINDS` or nothing for all, from one moment on, before another."""

    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transaction as a member's statement tells it: what it did to the available and to the held points."""

    transaction: PointsTransaction
    available: int
    held: int
    posting: int
    """The oldest posting of the line; the next page begins before it."""

    @property
    def order_number(self) -> str:
        """The number of the order it belongs to; empty when it belongs to none."""
        for reference in (self.transaction.origin, self.transaction.reference):
            if len(reference) == 18 and reference.isdigit():
                return reference
        return ""

    @property
    def words(self) -> str:
        """What happened, as a member says it."""
        if self.transaction.kind == Kind.CAPTURE and not self.available:
            return str(_("Held points redeemed"))
        return str(_WORDS[Kind(self.transaction.kind)])


_WORDS: dict[str, str | Promise] = {
    Kind.GRANT: _("Points received"),
    Kind.HOLD: _("Held for an order"),
    Kind.CAPTURE: _("Redeemed for a gift"),
    Kind.RELEASE: _("Held points are free again"),
    Kind.REFUND: _("Points returned"),
    Kind.EXPIRE: _("Points expired"),
    Kind.ADJUST: _("Correction"),
    Kind.REVERSE: _("Taken back"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines, newest first; `before` asks for those that follow and is None at the end."""

    lines: list[StatementLine]
    before: int | None


def statement_of(
    account_id: int, asked: Asked = Asked(), *, before: int | None = None, size: int = 20
) -> Statement:
    """Return one page of an account's statement, found by the posting where the last page ended.

    A transaction takes points from several lots at times, so 12 postings are read for each line; a page whose
    transactions took more is shorter.
    """
    mine = _postings(account_id, asked)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    most = 12 * size
    rows = list(mine.order_by("-pk").values_list("transaction_id", "pk", "bucket", "amount")[: most + 1])
    has_more = len(rows) > most
    if has_more:  # the last one whole: it may have taken its points from more lots than a page reads
        rest = mine.filter(transaction=rows[-1][0], pk__lt=rows[-1][1]).order_by("-pk")
        rows += rest.values_list("transaction_id", "pk", "bucket", "amount")
    sums = {row[0]: [0, 0, row[1]] for row in rows}
    for transaction_id, pk, bucket, amount in rows:
        sums[transaction_id][bucket == Bucket.HELD] += amount
        sums[transaction_id][2] = pk
    found = PointsTransaction.objects.in_bulk(list(sums)[: 2 * size + 1])
    lines = list(_folded(StatementLine(found[pk], *sums[pk]) for pk in list(sums)[: 2 * size + 1]))
    has_more = has_more or len(lines) > size or len(sums) > 2 * size + 1
    if has_more and len(lines) > 1 and lines[-1].transaction.kind == Kind.CAPTURE and not lines[-1].available:
        lines.pop()  # its hold may be what comes next: the two are told together
    shown = lines[:size]
    return Statement(shown, shown[-1].posting if has_more and shown else None)


def whole_statement_of(account_id: int, asked: Asked = Asked()) -> Iterator[StatementLine]:
    """Yield every line of an account's statement, newest first, out of one statement's server-side cursor."""
    told = (
        _postings(account_id, asked)
        .values("transaction_id")
        .annotate(
            available=Sum("amount", filter=Q(bucket=Bucket.AVAILABLE), default=0),
            held=Sum("amount", filter=Q(bucket=Bucket.HELD), default=0),
            newest=Max("pk"),
            posting=Min("pk"),
        )
        .order_by("-newest")
        .values_list(*(f"transaction__{name}" for name in _TOLD), "available", "held", "posting")
    )
    return _folded(
        StatementLine(PointsTransaction(**dict(zip(_TOLD, row, strict=False))), *row[len(_TOLD) :])
        for row in told.iterator(chunk_size=500)
    )


_TOLD = ("kind", "reference", "origin", "at", "note")


def _postings(account_id: int, asked: Asked) -> QuerySet[PointsPosting]:
    mine = PointsPosting.objects.filter(account=account_id).exclude(bucket=Bucket.SYSTEM)
    if asked.kind:
        mine = mine.filter(transaction__kind__in=KINDS[asked.kind])
    if asked.since is not None:
        mine = mine.filter(transaction__at__gte=asked.since)
    if asked.until is not None:
        mine = mine.filter(transaction__at__lt=asked.until)
    return mine


def _folded(lines: Iterable[StatementLine]) -> Iterator[StatementLine]:
    """Tell a hold that was captured in the same moment as one line: the points were redeemed."""
    newer: StatementLine | None = None
    for line in lines:
        if newer is not None and _are_one(newer.transaction, line.transaction):
            yield StatementLine(newer.transaction, line.available, newer.held + line.held, line.posting)
            newer = None
            continue
        if newer is not None:
            yield newer
        newer = line
    if newer is not None:
        yield newer


def _are_one(newer: PointsTransaction, older: PointsTransaction) -> bool:
    return (newer.kind, older.kind) == (Kind.CAPTURE, Kind.HOLD) and (newer.reference, newer.at) == (
        older.reference,
        older.at,
    )


def points_by_expiry(account: PointsAccount) -> dict[date, int]:
    """Return what an account, read with its lots, can spend, by the day (Asia/Shanghai) on which it expires."""
    days: dict[date, int] = {}
    for lot in account.lots.all():
        if lot.remaining > lot.held:
            day = localdate(lot.expires_at)
            days[day] = days.get(day, 0) + lot.remaining - lot.held
    return days
