"""What logistics' floor knows of a member's parcels, as the member may have it."""

from __future__ import annotations

from collections.abc import Iterator

from foundation.disclosure import Chapter, Row, told
from logistics.models import TrackingEvent


def _tracking(member_id: int) -> Iterator[Row]:
    mine = TrackingEvent.objects.filter(waybill__parcel__order__member_id=member_id)
    return told(mine, "waybill__parcel__order__number", "waybill__number", "status", "text", "occurred_at")


CHAPTERS: tuple[Chapter, ...] = (Chapter("tracking", _tracking),)
