"""Where a member's parcel is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.refusals import NotFound
from logistics.models import Parcel
from members.models import Member
from members.views import member_page


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
