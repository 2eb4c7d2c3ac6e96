"""What must hold before a member may redeem, and what makes a person look at an order first.

Rules are rows that operators edit; here they are plain values, and what they decide is plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from orders.rules.numbers import SHANGHAI

FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=SHANGHAI)


class TierTooLow(Refusal):
    code = "tier_too_low"
    message = _("“%(name)s” is for members of tier %(tier)s and above.")


class LimitReached(Refusal):
    code = "limit_reached"
    message = _("You can redeem at most %(limit)s of “%(name)s”; you can still redeem %(left)s.")


class WindowClosed(Refusal):
    code = "window_closed"
    message = _("“%(name)s” cannot be redeemed at this time.")


class ChannelClosed(Refusal):
    code = "channel_closed"
    message = _("“%(name)s” cannot be redeemed through this channel.")


@dataclass(frozen=True, slots=True)
class Limit:
    """A redemption rule as plain values; `gift_id` and `category_id` None means every gift."""

    kind: str
    gift_id: int | None
    category_id: int | None
    tier_rank: int | None
    tier_name: str | Promise
    quantity: int | None
    period: str
    starts_at: datetime | None
    ends_at: datetime | None
    channels: tuple[str, ...]

    def concerns(self, gift_id: int, category_id: int) -> bool:
        """Tell whether the rule speaks of this gift."""
        return self.gift_id in (None, gift_id) and self.category_id in (None, category_id)

    def counts_since(self, at: datetime) -> datetime | None:
        """Return since when a member's earlier redemptions count; None when they do not."""
        if self.kind == "max_per_member":
            return FIRST_MOMENT
        return period_start(self.period, at) if self.kind == "max_per_period" else None


@dataclass(frozen=True, slots=True)
class Look:
    """A review rule as plain values."""

    kind: str
    points_from: int
    days: int | None
    orders: int | None
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules in force, with the version of the tables they were read from."""

    version: int
    limits: tuple[Limit, ...]
    looks: tuple[Look, ...]

    @property
    def memory(self) -> timedelta | None:
        """How far back the rules look at a member's latest orders; None when they do not."""
        minutes = [look.minutes for look in self.looks if look.kind == "many_orders" and look.minutes]
        return timedelta(minutes=max(minutes)) if minutes else None

    def limits_of(self, gift_id: int, category_id: int) -> Iterator[Limit]:
        """Yield the redemption rules that speak of a gift."""
        return (limit for limit in self.limits if limit.concerns(gift_id, category_id))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rule sees of one gift in an order."""

    gift_id: int
    category_id: int
    name: str | Promise
    quantity: int


def period_start(period: str, at: datetime) -> datetime:
    """Return when the day, week, month or year (Asia/Shanghai) that holds this moment began."""
    day = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def check_limit(
    limit: Limit, wish: Wish, *, tier_rank: int, channel: str, earlier: int, at: datetime
) -> None:
    """Refuse a wish that a rule does not allow.

    :param earlier: units of the gift that the member redeemed since `limit.counts_since(at)`
    :raises TierTooLow, LimitReached, WindowClosed, ChannelClosed: what the rule says
    """
    match limit.kind:
        case "tier_at_least" if tier_rank < (limit.tier_rank or 0):
            raise TierTooLow(name=wish.name, tier=limit.tier_name)
        case "max_per_order" if wish.quantity > (limit.quantity or 0):
            raise LimitReached(name=wish.name, limit=limit.quantity, left=limit.quantity)
        case "max_per_member" | "max_per_period" if earlier + wish.quantity > (limit.quantity or 0):
            left = max(0, (limit.quantity or 0) - earlier)
            raise LimitReached(name=wish.name, limit=limit.quantity, left=left)
        case "window" if (limit.starts_at and at < limit.starts_at) or (
            limit.ends_at and at >= limit.ends_at
        ):
            raise WindowClosed(name=wish.name)
        case "channel" if channel not in limit.channels:
            raise ChannelClosed(name=wish.name)


def review_hits(
    looks: Iterable[Look],
    *,
    points: int,
    joined_at: datetime,
    is_first_to_address: bool,
    latest: Sequence[datetime],
    at: datetime,
) -> list[str]:
    """Return the kinds of the review rules an order hits.

    :param points: what the order costs
    :param latest: the moments of the member's latest orders, this one left out
    """
    hits = []
    for look in looks:
        if points < look.points_from:
            continue
        match look.kind:
            case "high_value":
                hit = True
            case "new_member":
                hit = at - joined_at < timedelta(days=look.days or 0)
            case "first_to_address":
                hit = is_first_to_address
            case "many_orders":
                since = at - timedelta(minutes=look.minutes or 0)
                hit = 1 + sum(1 for moment in latest if moment > since) >= (look.orders or 0)
            case _:
                hit = False
        if hit and look.kind not in hits:
            hits.append(look.kind)
    return hits
