"""Redemption rules in plain words, as the gift page tells them to the member who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.refusals import Refusal
from orders.rules.redemption import Limit, Wish, check_limit

_PERIODS: dict[str, str | Promise] = {
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "year": gettext_lazy("year"),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule in words, and whether it lets this member redeem one more."""

    text: str
    holds: bool
    left: int | None = None
    """Units the member can still redeem under the rule; None when it does not count them."""


def spoken(
    limit: Limit, wish: Wish, *, tier_rank: int | None, channel: str, earlier: int, at: datetime
) -> Spoken:
    """Say a rule to a member.

    :param tier_rank: the member's; None for a visitor who has not signed in, whom no tier rule judges yet
    :param earlier: units of the gift redeemed since `limit.counts_since(at)`
    """
    rank = (limit.tier_rank or 0) if tier_rank is None else tier_rank
    try:
        check_limit(limit, wish, tier_rank=rank, channel=channel, earlier=earlier, at=at)
        holds = True
    except Refusal:
        holds = False
    left = None
    if limit.kind == "max_per_order":
        left = limit.quantity
    elif limit.kind in ("max_per_member", "max_per_period"):
        left = max(0, (limit.quantity or 0) - earlier)
    return Spoken(_words(limit, left), holds, left)


def _words(limit: Limit, left: int | None) -> str:
    quantity = limit.quantity or 0
    match limit.kind:
        case "tier_at_least":
            return _("For members of tier %(tier)s and above.") % {"tier": limit.tier_name}
        case "max_per_order":
            return ngettext(
                "At most %(quantity)s per order.", "At most %(quantity)s per order.", quantity
            ) % {"quantity": quantity}
        case "max_per_member":
            return _("Each member can redeem %(quantity)s; you can still redeem %(left)s.") % {
                "quantity": quantity,
                "left": left,
            }
        case "max_per_period":
            return _("Each member can redeem %(quantity)s per %(period)s; you can still redeem %(left)s.") % {
                "quantity": quantity,
                "period": _PERIODS[limit.period],
                "left": left,
            }
        case "window":
            return _window(limit.starts_at, limit.ends_at)
    return _("Not through every channel.")


def _window(starts_at: datetime | None, ends_at: datetime | None) -> str:
    if starts_at and ends_at:
        return _("Can be redeemed from %(start)s until %(end)s.") % {
            "start": _when(starts_at),
            "end": _when(ends_at),
        }
    if starts_at:
        return _("Can be redeemed from %(start)s on.") % {"start": _when(starts_at)}
    return _("Can be redeemed until %(end)s.") % {"end": _when(ends_at) if ends_at else ""}


def _when(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
