"""Whether what somebody means to redeem can be had, line by line, and what to do where it cannot.

Placement decides for itself under its locks (`placement.decide`); this says the same beforehand, in a page's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import Sku
from orders.rules.redemption import Limit, Policy, Wish
from orders.rules.spoken import Spoken, spoken


class Wanted(NamedTuple):
    """So many of a SKU, read with its gift and its `free` units; `seen_points` is the price last shown to them."""

    sku: Sku
    quantity: int
    seen_points: int | None = None


@dataclass(slots=True)
class Row:
    """One line as it stands now."""

    sku: Sku
    quantity: int
    trouble: str = ""
    """Why it cannot be redeemed as it is, and what to do; empty when it can."""
    note: str = ""
    """What changed since it was chosen."""
    most: int = 0
    """Units that could be had; 0 when none."""
    is_chosen: bool = True

    @property
    def points(self) -> int:
        """Points of the line at today's price."""
        return self.sku.points_price * self.quantity

    @property
    def cash(self) -> int:
        """Fen of the line at today's price."""
        return self.sku.cash_price * self.quantity


@dataclass(slots=True)
class Basket:
    """Some lines and what they come to."""

    rows: list[Row] = field(default_factory=list)

    @property
    def chosen(self) -> list[Row]:
        """The lines that are to be redeemed now."""
        return [row for row in self.rows if row.is_chosen]

    @property
    def points(self) -> int:
        """Points of the chosen lines at today's prices."""
        return sum(row.points for row in self.chosen)

    @property
    def cash(self) -> int:
        """Fen of the chosen lines at today's prices."""
        return sum(row.cash for row in self.chosen)

    @property
    def has_trouble(self) -> bool:
        """Tell whether a chosen line cannot be redeemed as it is."""
        return any(row.trouble for row in self.chosen)

    @property
    def is_virtual(self) -> bool:
        """Tell whether nothing of it is sent, so that no address is needed."""
        return bool(self.chosen) and all(row.sku.gift.is_virtual for row in self.chosen)

    @property
    def is_mixed(self) -> bool:
        """Tell whether virtual gifts lie among others; each kind goes its own way."""
        return len({row.sku.gift.is_virtual for row in self.chosen}) > 1


def counted(wanted: Iterable[Wanted], policy: Policy, at: datetime) -> set[tuple[int, datetime]]:
    """Return the gifts and the moments since which the member's earlier redemptions of them count."""
    return {
        (sku.gift_id, since)
        for sku, _quantity, _seen in wanted
        for limit in policy.limits_of(sku.gift_id, sku.gift.category_id)
        if (since := limit.counts_since(at))
    }


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose wishes they are, as far as the rules care; a visitor's tier is not known yet."""

    tier_rank: int | None
    channel: str
    earlier: dict[tuple[int, datetime], int] = field(default_factory=dict)
    """Units redeemed by gift and the moment a limit counts from."""


def stand(wanted: Sequence[Wanted], policy: Policy, reader: Reader, *, at: datetime) -> Basket:
    """Say how each line stands."""
    of_gift: dict[int, int] = {}
    for sku, quantity, _seen in wanted:
        of_gift[sku.gift_id] = of_gift.get(sku.gift_id, 0) + quantity
    rows = []
    for sku, quantity, seen in wanted:
        row = Row(sku, quantity, most=getattr(sku, "free", 0))
        row.trouble = _missing(sku, quantity, at)
        if not row.trouble:
            rules = rules_told(sku, of_gift[sku.gift_id], policy, reader, at=at)
            row.trouble = next((rule.text for rule in rules if not rule.holds), "")
            row.most = min([row.most, *(rule.left for rule in rules if rule.left is not None)])
        if seen is not None and seen != sku.points_price:
            row.note = _("The price changed from %(before)s to %(now)s points.") % {
                "before": f"{seen:,}",
                "now": f"{sku.points_price:,}",
            }
        rows.append(row)
    return Basket(rows)


def rules_told(sku: Sku, quantity: int, policy: Policy, reader: Reader, *, at: datetime) -> list[Spoken]:
    """Say the redemption rules of a gift for so many units of it, as they stand for whoever reads."""
    gift = sku.gift
    wish = Wish(gift.pk, gift.category_id, gift.label, quantity)
    return [_told(limit, wish, reader, at) for limit in policy.limits_of(gift.pk, gift.category_id)]


def _told(limit: Limit, wish: Wish, reader: Reader, at: datetime) -> Spoken:
    since = limit.counts_since(at)
    earlier = reader.earlier.get((wish.gift_id, since), 0) if since else 0
    return spoken(limit, wish, tier_rank=reader.tier_rank, channel=reader.channel, earlier=earlier, at=at)


def _missing(sku: Sku, quantity: int, at: datetime) -> str:
    free = getattr(sku, "free", 0)
    if not sku.is_active or not sku.gift.is_on_shelf(at):
        return _("This gift is not on the shelf any more. Remove it, or look for another one.")
    if sku.cash_price:
        return _("This gift also costs cash, which cannot be paid here yet. Remove it for now.")
    if not free:
        return _("All gone for now. Remove it, or leave it here and look in again.")
    if free < quantity:
        return ngettext(
            "Only %(free)s is left. Choose fewer.", "Only %(free)s are left. Choose fewer.", free
        ) % {"free": free}
    return ""
