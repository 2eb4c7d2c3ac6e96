"""The codes of a virtual order, behind a button: nobody reads them over a shoulder by accident."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from foundation.refusals import NotFound
from members.models import Member
from members.views import member_page
from orders import queries, services
from orders.models.order import SENT


@member_page
def codes(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Offer to show the codes of an order; show them when the member asks for it."""
    order = queries.order_in_full(member.pk, number)
    if not order.is_virtual:
        raise NotFound
    shown = services.show_codes(order, at=timezone.now()) if request.method == "POST" else []
    context = {"order": order, "is_ready": order.status in SENT, "shown": shown}
    return render(request, "orders/codes.html", context)
