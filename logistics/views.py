"""Where a member's parcel is."""

from __future__ import annotations

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.refusals import NotFound
from logistics.models import Parcel, TrackingEvent
from logistics.rules import STATE_OF
from members.models import Member
from members.views import member_page
from orders.models import Order
from orders.models.order import SENT
from orders.rules.timeline import Entry
from orders.views.told import tellers


@require_safe
@member_page
def parcel_track(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show what the carrier told us of a parcel, newest first."""
    mine = Parcel.objects.filter(order__member=member, number=number, handed_over_at__isnull=False)
    parcel = mine.select_related("order", "waybill__carrier", "service").first()
    if parcel is None:
        raise NotFound
    lines = parcel.lines.select_related("order_line").order_by("order_line__position")
    context = {
        "parcel": parcel,
        "lines": list(lines),
        "tracking": list(parcel.waybill.tracking.order_by("-occurred_at", "-pk")),
    }
    return render(request, "logistics/track.html", context)


class Tracks:
    """What carriers told us of an order's parcels, for the order's own page."""

    def mark(self, order: Order) -> str:
        """Return the number of the latest tracking event, which is never changed nor taken back."""
        if order.status not in SENT:
            return ""
        tracking = TrackingEvent.objects.filter(waybill__parcel__order=order)
        return str(tracking.aggregate(latest=Max("pk"))["latest"] or 0)

    def entries(self, order: Order) -> list[Entry]:
        """Return each parcel's track; the first word of each kind is a milestone of the whole order."""
        if order.status not in SENT:
            return []
        tracking = TrackingEvent.objects.filter(waybill__parcel__order=order)
        seen: set[tuple[str, str]] = set()
        entries = []
        for event in tracking.select_related("waybill__parcel").order_by("occurred_at", "pk"):
            parcel, state = event.waybill.parcel.number, STATE_OF.get(event.status)
            title = state.label if state else event.text
            is_first = (parcel, event.status) not in seen
            seen.add((parcel, event.status))
            entries.append(
                Entry(
                    event.occurred_at,
                    title,
                    event.text,
                    parcel=parcel,
                    is_carriers=True,
                    is_milestone=is_first,
                )
            )
        return entries


tellers.append(Tracks())
