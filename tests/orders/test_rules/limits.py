"""A rule of redemption that says no more than it is asked to."""

from __future__ import annotations

from orders.rules.redemption import Limit


def limit(kind: str, **fields: object) -> Limit:
    nothing: dict[str, object] = {
        "gift_id": None,
        "category_id": None,
        "tier_rank": None,
        "tier_name": "",
        "quantity": None,
        "period": "",
        "starts_at": None,
        "ends_at": None,
        "channels": (),
    }
    return Limit(kind, **(nothing | fields))  # type: ignore[arg-type]
