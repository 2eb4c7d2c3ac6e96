"""Where a member's parcel is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.refusals import NotFound
from logistics import queries
from logistics.models import Parcel
from logistics.rules import STATE_OF
from members.models import Member
from members.views import member_page
from orders.models import Order
from orders.models.order import SENT
from orders.rules.timeline import Entry
from orders.views.told import Told, tellers


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
        """Return the number of the latest news."""
        return str(queries.latest_news_of(order.pk)) if order.status in SENT else ""

    def told(self, order: Order) -> Told:
        """Return each parcel's track; the first word of each kind is a milestone of the whole order."""
        if order.status not in SENT:
            return Told("", [])
        known = queries.news_of(order.pk)
        seen: set[tuple[str, str]] = set()
        entries = []
        for news in known:
            state = STATE_OF.get(news.status)
            is_first = (news.parcel, news.status) not in seen
            seen.add((news.parcel, news.status))
            entries.append(
                Entry(
                    news.occurred_at,
                    state.label if state else news.text,
                    news.text,
                    parcel=news.parcel,
                    is_carriers=True,
                    is_milestone=is_first,
                )
            )
        return Told(str(max((news.id for news in known), default=0)), entries)


tellers.append(Tracks())
