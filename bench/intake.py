"""Places so many orders through the service, 100 a call: `python -m bench.intake ORDERS` says as JSON how fast."""

from __future__ import annotations

import json
import os
import random
import sys
import time

CALL = 100


def main(orders: int) -> None:
    """Warm up with one call, then measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.utils import timezone

    from members.models import Address
    from orders import services

    homes = list(Address.objects.filter(is_default=True).values_list("pk", "member_id", "member__number"))
    run = random.randbytes(8).hex()

    def call(first: int) -> int:
        requests = []
        for number in range(first, first + CALL):
            address, member, member_number = random.choice(homes)
            sku = f"SKU{random.randint(1, 1000):04}"
            requests.append(
                services.PlacementRequest(
                    member_id=member,
                    lines=(services.LineWish(sku, 1),),
                    address_id=address,
                    requested_by="channel:bench",
                    request_id=f"{run}-{number}",
                    digest=f"{run}{number:048}",
                    channel="api",
                    by=f"member:{member_number}",
                    at=timezone.now(),
                )
            )
        return sum(isinstance(outcome, services.Placed) for outcome in services.place_orders(requests))

    call(0)
    begun = time.perf_counter()
    placed = sum(call(first) for first in range(CALL, CALL + orders, CALL))
    per_second = placed / (time.perf_counter() - begun)
    json.dump({"per_second": per_second, "refused": orders - placed}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
