"""The points side of placing orders: lock what a batch of members has, hold what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.sql import Statement
from members.models import PointsAccount
from members.services.ledger import AVAILABLE, HELD, SYSTEM, Entry, Part, flow, post


class InsufficientPoints(Refusal):
    """The member has fewer points than the order costs."""

    code = "insufficient_points"
    message = _("You need %(needed)s points but have %(available)s. Choose fewer gifts or another one.")


@dataclass(slots=True)
class WalletLot:
    """Points of one lot that nothing holds yet."""

    id: int
    free: int
    expires_at: datetime


@dataclass(slots=True)
class Delivery:
    """Where a member wants a parcel; snapshotted by the order."""

    id: int
    recipient: str
    phone: str
    region_code: str
    region_name: str
    detail: str
    is_served: bool


@dataclass(slots=True)
class Wallet:
    """A member as placement sees them, their account locked until the transaction ends."""

    account_id: int
    member_id: int
    number: str
    is_active: bool
    token_epoch: int
    joined_at: datetime
    tier_rank: int
    lots: list[WalletLot] = field(default_factory=list)
    addresses: dict[int, Delivery] = field(default_factory=dict)

    def free(self, at: datetime) -> int:
        """Return the points that can be held at this moment."""
        return sum(lot.free for lot in self.lots if lot.expires_at > at)

    def take(self, points: int, at: datetime) -> list[tuple[int, int]]:
        """Take points from the lots that expire first and return (lot id, points) pairs (law 3).

        :raises InsufficientPoints: nothing has been taken
        """
        available = self.free(at)
        if available < points:
            raise InsufficientPoints(needed=points, available=available)
        parts = []
        for lot in self.lots:
            part = min(points, lot.free) if lot.expires_at > at else 0
            if part:
                lot.free -= part
                points -= part
                parts.append((lot.id, part))
        return parts


_LOCK = Statement(
    "members_lock_wallets",
    "bigint[], bigint[]",
    """
    SELECT a.id, m.id, m.number, m.status = 'active' AND u.is_active, u.token_epoch, m.joined_at, t.rank,
        d.id, d.recipient, d.phone, d.region_id, d.region_name, d.detail, r.is_served
    FROM unnest($1, $2) AS wanted(member_id, address_id)
    JOIN members_pointsaccount a ON a.member_id = wanted.member_id
    JOIN members_member m ON m.id = a.member_id
    JOIN members_user u ON u.id = m.user_id
    JOIN members_tier t ON t.id = m.tier_id
    LEFT JOIN members_address d ON d.id = wanted.address_id AND d.member_id = m.id AND d.retired_at IS NULL
    LEFT JOIN members_region r ON r.code = d.region_id
    ORDER BY a.id FOR UPDATE OF a
    """,
)
_LOTS = Statement(
    "members_open_lots",
    "bigint[]",
    """
    SELECT account_id, id, remaining - held, expires_at FROM members_pointslot
    WHERE account_id = ANY($1) AND remaining > held
    ORDER BY account_id, expires_at, id
    """,
)


def lock_wallets(wanted: Iterable[tuple[int, int | None]]) -> dict[int, Wallet]:
    """Lock the accounts of members, by account id, and read what placement needs to know of them.

    :param wanted: (member id, address id) pairs; an address that is none, or not the member's, is left out
    :returns: wallets by member id
    """
    pairs = sorted(set(wanted), key=lambda pair: (pair[0], pair[1] or 0))
    wallets: dict[int, Wallet] = {}
    by_account: dict[int, Wallet] = {}
    for row in _LOCK.rows([member for member, _a in pairs], [address for _m, address in pairs]):
        wallet = wallets.get(row[1])
        if wallet is None:
            wallet = wallets[row[1]] = by_account[row[0]] = Wallet(*row[:7])
        if row[7] is not None:
            wallet.addresses[row[7]] = Delivery(*row[7:])
    # A statement of its own: the accounts are locked by now, so its snapshot shows what others committed.
    for account_id, lot_id, free, expires_at in _LOTS.rows(list(by_account)):
        by_account[account_id].lots.append(WalletLot(lot_id, free, expires_at))
    return wallets


@dataclass(frozen=True, slots=True)
class Hold:
    """Points to hold for an order; captured in the same breath when nothing is left to decide."""

    reference: str
    account_id: int
    parts: Sequence[tuple[int, int]]
    at: datetime
    by: str
    is_captured: bool


def hold_points(holds: Sequence[Hold]) -> None:
    """Hold points of locked wallets, and capture those of orders that are ready at once.

    :raises IntegrityError: a reference was held before; nothing has been written
    """
    entries = []
    for hold in holds:
        parts = [Part(hold.account_id, lot, points) for lot, points in hold.parts]
        postings = flow(parts, (None, AVAILABLE), (None, HELD))
        entries.append(Entry("hold", hold.reference, hold.at, hold.by, postings))
        if hold.is_captured:
            postings = flow(parts, (None, HELD), (PointsAccount.REDEEMED, SYSTEM))
            entries.append(Entry("capture", hold.reference, hold.at, hold.by, postings))
    post(entries)
