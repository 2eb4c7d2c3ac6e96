"""How long the way takes, as the carriers say."""

from __future__ import annotations

from logistics import rules
from logistics.models import CarrierService

USUAL_SIDE_MM = 400
"""The longest side of a parcel that nobody has packed yet."""


def days_to(province: str, weight_g: int) -> int | None:
    """Return the usual days of the service that a parcel of this weight would go with; None when none goes there.

    :param province: code of the province it goes to
    """
    offered = CarrierService.objects.filter(is_active=True, carrier__is_active=True)
    service = rules.cheapest(offered, province=province, weight_g=weight_g, longest_mm=USUAL_SIDE_MM)
    return service.days if service else None
