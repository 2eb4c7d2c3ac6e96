"""Right after the click: the order is there. What members fear is not to know, so this page says it at once."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from members.models import Member
from members.views import member_page
from orders import queries
from orders.models import Order
from orders.models.order import ENDED_EARLY, Status
from orders.rules.reading import what_member_reads


@require_safe
@member_page
def placed(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show that an order was received, checked and confirmed, or what it waits for."""
    order = queries.order_in_full(member.pk, number)
    return render(request, "orders/placed.html", _context(order))


@require_safe
@member_page
def placed_live(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Answer the part of that page that moves, or that nothing has moved since (304)."""
    order = queries.order_in_full(member.pk, number)
    tag = _tag(order)
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "orders/parts/placed_live.html", _context(order))
    response.headers["ETag"] = tag
    return response


def _tag(order: Order) -> str:
    return f'"placed-{order.number}-{order.last_seq}-{get_language()}"'


def _context(order: Order) -> dict[str, Any]:
    reading = what_member_reads(order)
    is_confirmed = order.ready_at is not None
    return {
        "order": order,
        "lines": list(order.lines.all()),
        "reading": reading,
        "is_confirmed": is_confirmed,
        "is_checked": order.status not in (Status.CREATED, Status.UNDER_REVIEW),
        "is_over": order.status in ENDED_EARLY,
        "pace": "1s" if order.status == Status.CREATED else "5s",
        "seen": json.dumps({"If-None-Match": _tag(order)}),
    }
