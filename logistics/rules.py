"""Which carrier takes a parcel, what that costs, what a carrier's word does to a parcel, and how long we ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from logistics import terms
from logistics.models import CarrierService, Parcel, PickLine
from orders.models.order import ENDED_EARLY, Status

State = Parcel.State

STATE_OF = {
    terms.COLLECTED: State.HANDED_OVER,
    terms.IN_TRANSIT: State.IN_TRANSIT,
    terms.OUT_FOR_DELIVERY: State.OUT_FOR_DELIVERY,
    terms.AWAITING_PICKUP: State.AWAITING_PICKUP,
    terms.EXCEPTION: State.FAILED,
    terms.LOST: State.LOST,
    terms.DELIVERED: State.DELIVERED,
    terms.RETURNING: State.RETURNING,
    terms.RETURNED: State.RETURNED,
}
_RANK = {state: terms.RANK[status] for status, state in STATE_OF.items()}

POLL_EVERY = timedelta(minutes=30)
"""Carriers lock a number that is asked for more often."""
FOLLOWED_FOR = timedelta(days=30)
"""How long a parcel may be silent until nobody asks any more: its order called a person long before that."""
MOST_REFUSALS = 8
"""How often in a row a carrier may say that it knows no such parcel, and nobody asks any more."""
AT_AN_END = (State.DELIVERED, State.RETURNED, State.LOST, State.STOPPED)
"""What becomes of parcels in the end. A carrier that finds a lost one after all pushes the news."""


def is_followed(parcel: Parcel, *, at: datetime) -> bool:
    """Tell whether a carrier is asked where a parcel is: it is on its way, was heard of lately, and somebody waits."""
    heard_at = max(filter(None, (parcel.handed_over_at, parcel.last_event_at)), default=None)
    is_over = parcel.state in AT_AN_END or parcel.order.status in (*ENDED_EARLY, Status.CLOSED)
    return parcel.handed_over_at is not None and not is_over and at < (heard_at or at) + FOLLOWED_FOR


def rank(state: str) -> int:
    """Return how far along its way a parcel in this state is."""
    return _RANK.get(State(state), 0)


def takes(service: CarrierService, *, province: str, weight_g: int, longest_mm: int) -> bool:
    """Tell whether a carrier service goes there and takes a parcel of this weight and size."""
    reaches = not service.provinces or province in service.provinces
    return reaches and weight_g <= service.max_weight_g and longest_mm <= service.max_length_mm


def freight(service: CarrierService, weight_g: int) -> int:
    """Return the price in fen: the first weight, then every begun step of additional weight."""
    steps = -(-max(0, weight_g - service.first_weight_g) // service.additional_weight_g)
    return service.first_price + steps * service.additional_price


def cheapest(
    services: Iterable[CarrierService], *, province: str, weight_g: int, longest_mm: int
) -> CarrierService | None:
    """Return the cheapest service that takes the parcel, the faster of two equals; None when none does."""
    fitting = [s for s in services if takes(s, province=province, weight_g=weight_g, longest_mm=longest_mm)]
    return min(fitting, key=lambda s: (freight(s, weight_g), s.days, s.code), default=None)


def state_after(state: str, last_event_at: datetime | None, points: Iterable[terms.TrackPoint]) -> str:
    """Return a parcel's state after carrier events: by rank, later ones first among equals; never back."""
    best = (rank(state), last_event_at or datetime.min.replace(tzinfo=UTC))
    for point in points:
        candidate = (point.rank, point.occurred_at)
        if candidate >= best:
            best, state = candidate, STATE_OF[point.status]
    return state


def put_back_list(lines: Iterable[PickLine]) -> str:
    """Spell what goes back of a task, so that a click can name the list that it answers."""
    return ",".join(
        f"{line.pk}:{line.to_put_back}/{line.quantity}"
        for line in sorted(lines, key=lambda line: line.pk)
        if line.to_put_back
    )
