"""How long a gift takes to a place: our own working days, and what the carriers say of the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from members.models import Region
from orders.rules.deadlines import sending_days
from orders.rules.numbers import SHANGHAI

Transit = Callable[[str, int], int | None]
"""Days on the way to a province for a parcel of so many grams; None when nobody goes there."""

_transit: list[Transit] = []


@dataclass(frozen=True, slots=True)
class Estimate:
    """Days from now until the gift is there, and where that is."""

    earliest: int
    latest: int
    place: str


def ask_for_transit(transit: Transit) -> None:
    """Let an upper floor that knows the carriers say how long the way takes."""
    _transit[:] = [transit]


def delivery_estimate(region: Region, *, weight_g: int, at: datetime) -> Estimate | None:
    """Return how long a gift takes to a region if it is redeemed at this moment; None when nobody can say.

    The warehouse may send it on the next working day, and promises to have picked, packed and sent it within the
    targets of its states. A review that a rule asks for is not in it: nobody knows beforehand.
    """
    days = _transit[0](region.province_code, weight_g) if _transit else None
    if days is None:
        return None
    today = at.astimezone(SHANGHAI).date()
    first, last = sending_days(today)
    city = region.parent or region
    place = region if "直辖" in city.name or len(city.name) == 1 else city  # counties under no city
    return Estimate((first - today).days + days, (last - today).days + days, place.name)
