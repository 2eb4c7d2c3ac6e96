"""Reads of members that more than one caller needs; how many statements each costs is pinned by a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.timezone import localdate

from members.models import (
    Address,
    Member,
    Message,
    PointsAccount,
    PointsLot,
    PointsPosting,
    PointsTransaction,
    Region,
)


def member_in_full(member_id: int) -> Member:
    """Return a member with tier and user, in one statement."""
    return Member.objects.select_related("tier", "user").get(pk=member_id)


def addresses_of(member_id: int) -> list[Address]:
    """Return where a member has gifts sent, the default first."""
    return list(Address.objects.filter(member_id=member_id, retired_at=None))


def points_of(member_id: int) -> PointsAccount:
    """Return a member's account with the lots that still hold points, those that expire first coming first."""
    lots = Prefetch("lots", PointsLot.objects.filter(remaining__gt=0).order_by("expires_at", "pk"))
    return PointsAccount.objects.prefetch_related(lots).get(member_id=member_id)


def member_and_address(number: str) -> tuple[int, int | None] | None:
    """Return a member's id and the id of the default address, by member number; None when there is no such member."""
    default = Address.objects.filter(member=OuterRef("pk"), is_default=True).values("pk")
    return (
        Member.objects.filter(number=number)
        .annotate(default=Subquery(default))
        .values_list("pk", "default")
        .first()
    )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transaction as a member's statement tells it: what it did to the available and to the held points."""

    transaction: PointsTransaction
    available: int
    held: int

    @property
    def order_number(self) -> str:
        """The number of the order it belongs to; empty when it belongs to none."""
        for reference in (self.transaction.origin, self.transaction.reference):
            if len(reference) == 18 and reference.isdigit():
                return reference
        return ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines, newest first; `before` asks for those that follow and is None at the end."""

    lines: list[StatementLine]
    before: int | None


def statement_of(account_id: int, *, before: int | None = None, size: int = 20) -> Statement:
    """Return one page of an account's statement, found by the posting where the last page ended.

    A transaction takes points from several lots at times, so postings are read on until the page is full or 12 for
    each of its lines were seen; the rest is the next page's.
    """
    mine = PointsPosting.objects.filter(account=account_id).exclude(bucket=PointsPosting.Bucket.SYSTEM)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    sums: dict[int, list[int]] = {}
    seen = 12 * size
    postings = list(mine.order_by("-pk").values_list("pk", "transaction_id", "bucket", "amount")[: seen + 1])
    whole = {row[1] for row in postings} - ({postings[-1][1]} if len(postings) > seen else set())
    cursor = None
    for pk, transaction_id, bucket, amount in postings:
        if transaction_id not in whole or (transaction_id not in sums and len(sums) == size):
            break
        sums.setdefault(transaction_id, [0, 0])[bucket == PointsPosting.Bucket.HELD] += amount
        cursor = pk
    found = PointsTransaction.objects.in_bulk(list(sums))
    lines = [StatementLine(found[pk], available, held) for pk, (available, held) in sums.items()]
    return Statement(_folded(lines), cursor if postings and postings[-1][0] != cursor else None)


def _folded(lines: list[StatementLine]) -> list[StatementLine]:
    """Tell a hold that was captured in the same moment as one line: the points were redeemed."""
    folded: list[StatementLine] = []
    for line in lines:
        after = folded[-1].transaction if folded else None
        told = line.transaction
        if (
            after is not None
            and (after.kind, told.kind) == (PointsTransaction.Kind.CAPTURE, PointsTransaction.Kind.HOLD)
            and (after.reference, after.at) == (told.reference, told.at)
        ):
            folded[-1] = StatementLine(after, line.available, folded[-1].held + line.held)
        else:
            folded.append(line)
    return folded


def points_by_expiry(account: PointsAccount) -> dict[date, int]:
    """Return what an account, read with its lots, can spend, by the day (Asia/Shanghai) on which it expires."""
    days: dict[date, int] = {}
    for lot in account.lots.all():
        if lot.remaining > lot.held:
            day = localdate(lot.expires_at)
            days[day] = days.get(day, 0) + lot.remaining - lot.held
    return days


def inbox_of(member_id: int, *, before: int | None = None, size: int = 20) -> list[Message]:
    """Return a member's messages, newest first; one more than a page when there are more."""
    messages = Message.objects.filter(member_id=member_id, channel=Message.Channel.INBOX)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    return list(messages.order_by("-pk")[: size + 1])


def regions_within(parent: str | None) -> list[Region]:
    """Return the provinces, or what a province or a city is divided into."""
    return list(Region.objects.filter(parent=parent or None).order_by("code"))
