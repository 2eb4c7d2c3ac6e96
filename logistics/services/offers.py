"""What carriers offered in the past, for parcels that left before the mall moved in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from logistics.models import Carrier, CarrierService

ANY = 2**31 - 1
"""A weight or size no parcel exceeds."""


@transaction.atomic
def name_past_services(carriers: Iterable[str]) -> dict[str, str]:
    """Give each carrier one service that takes any parcel for nothing, and return their codes by carrier code.

    Nobody can choose it for a new parcel: it is not active. A carrier that is not known yet is made, not active
    either, under its code; operators give it its name when they want to send with it.
    """
    wanted = sorted(set(carriers))
    Carrier.objects.bulk_create(
        [Carrier(code=code, name=code, is_active=False) for code in wanted], ignore_conflicts=True
    )
    ids = dict(Carrier.objects.filter(code__in=wanted).values_list("code", "pk"))
    codes = {code: f"past-{code.lower()}" for code in wanted}
    CarrierService.objects.bulk_create(
        [
            CarrierService(
                carrier_id=ids[carrier],
                code=code,
                name=carrier,
                max_weight_g=ANY,
                max_length_mm=ANY,
                first_price=0,
                additional_price=0,
                is_active=False,
            )
            for carrier, code in codes.items()
        ],
        ignore_conflicts=True,
    )
    return codes
