"""Our own words for what carriers tell us, whichever party says it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

COLLECTED = "collected"
IN_TRANSIT = "in_transit"
OUT_FOR_DELIVERY = "out_for_delivery"
AWAITING_PICKUP = "awaiting_pickup"
DELIVERED = "delivered"
EXCEPTION = "exception"
RETURNING = "returning"
RETURNED = "returned"
LOST = "lost"

# A parcel's status never falls to a lower rank; among equals the later event counts. A failed attempt, a new
# attempt and a locker may follow each other in any order, so they are equals. A lost parcel may still turn up.
RANK: Mapping[str, int] = MappingProxyType(
    {
        COLLECTED: 10,
        IN_TRANSIT: 20,
        OUT_FOR_DELIVERY: 30,
        AWAITING_PICKUP: 30,
        EXCEPTION: 30,
        LOST: 40,
        DELIVERED: 50,
        RETURNING: 60,
        RETURNED: 70,
    }
)
STATUSES: tuple[str, ...] = tuple(RANK)


class CarrierUnavailable(Exception):
    """The party did not give a usable answer; the same call may be made again later.

    `retry_after` is the wait in seconds that the party asked for, `excerpt` the start of what it sent.
    """

    def __init__(self, reason: str, *, retry_after: int | None = None, excerpt: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.excerpt = excerpt


class CarrierRefused(Exception):
    """The party understood and said no; the same call would be refused again.

    `reason` is in the party's words, `code` its number for it, if it has one.
    """

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One thing that happened to a parcel. `occurred_at` is UTC.

    `time_text` is the carrier's time, in ISO form if it can be read. `doubtful` says that it makes no sense and
    that `occurred_at` is the moment we heard of it instead.
    """

    status: str
    code: str
    text: str
    location: str
    occurred_at: datetime
    time_text: str
    doubtful: bool = False

    @property
    def rank(self) -> int:
        """How far along the parcel's way this is; see RANK."""
        return RANK[self.status]

    @property
    def key(self) -> str:
        """The same for the same event of one waybill, by push or by query; 64 hex digits."""
        return hashlib.sha256(f"{self.code}\x1f{self.time_text}\x1f{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TrackReport:
    """All that a party knows of one waybill: the whole track, oldest first, each time."""

    carrier_code: str
    waybill: str
    reference: str
    success: bool
    reason: str
    points: tuple[TrackPoint, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """One end of a parcel's way."""

    name: str
    phone: str
    province: str
    city: str
    county: str
    detail: str
    post_code: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """What a parcel holds; `weight_grams` is of one unit."""

    name: str
    quantity: int
    weight_grams: int = 0


@dataclass(frozen=True, slots=True)
class WaybillRequest:
    """What a carrier must know to give a number; the same `reference` always gets the same number."""

    reference: str
    carrier_code: str
    sender: Contact
    receiver: Contact
    goods: tuple[Goods, ...]
    weight_grams: int
    remark: str = ""
