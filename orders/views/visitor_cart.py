"""The cart of somebody who has not signed in: a few numbers in their session, brought into their own cart later."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from inventory.models import Sku
from members.models import Member
from orders import services
from orders.rules.placement import MAX_QUANTITY

MAX_LINES = 20
_KEY = "cart"


def held(request: HttpRequest) -> dict[str, tuple[int, int]]:
    """Return units and the price seen, by SKU code, what was put there last coming first."""
    kept = request.session.get(_KEY) or {}
    return {str(code): (int(units), int(points)) for code, (units, points) in reversed(kept.items())}


def put(request: HttpRequest, sku: Sku, quantity: int) -> None:
    """Put units in, on top of those that are there.

    :raises CartFull: too many different gifts
    """
    kept = dict(request.session.get(_KEY) or {})
    if sku.code not in kept and len(kept) >= MAX_LINES:
        raise services.CartFull
    before, _points = kept.pop(sku.code, (0, 0))
    kept[sku.code] = [min(before + quantity, MAX_QUANTITY), sku.points_price]
    request.session[_KEY] = kept


def change(request: HttpRequest, quantities: dict[str, int], prices: dict[str, int]) -> None:
    """Set units of what is there; the visitor has seen today's prices by that."""
    kept = request.session.get(_KEY) or {}
    request.session[_KEY] = {
        code: [quantities.get(code, units), prices.get(code, points)]
        for code, (units, points) in kept.items()
    }


def remove(request: HttpRequest, code: str) -> int:
    """Take a SKU out and return how many units of it were there."""
    kept = dict(request.session.get(_KEY) or {})
    units, _points = kept.pop(code, (0, 0))
    request.session[_KEY] = kept
    return int(units)


def hand_over(request: HttpRequest, member: Member, *, at: datetime) -> None:
    """Bring what was chosen before the log-in into the member's own cart."""
    kept = request.session.get(_KEY)
    if kept:
        services.merge_into_cart(member.pk, {code: units for code, (units, _p) in kept.items()}, at=at)
        del request.session[_KEY]
