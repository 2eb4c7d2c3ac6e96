"""One order as it stands and moves, and confirming that it arrived."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_fsm import can_proceed

from foundation.refusals import Refusal
from members.models import Member
from members.views import actor, member_page
from orders import queries, services
from orders.models import Order, OrderEvent
from orders.models.order import Status
from orders.rules.changing import can_ask_refund, can_cancel_part, can_change_address, whys_of
from orders.rules.reading import steps_of, what_member_reads
from orders.rules.timeline import Entry, entries_of, merged
from orders.views.told import tellers


@require_safe
@member_page
def order_page(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show an order: where it stands, what happens next, its parcels, its lines, and its history."""
    order = queries.order_in_full(member.pk, number)
    context = {**page_of(order), "is_new": "placed" in request.GET}
    return render(request, "orders/order.html", context)


@require_safe
@member_page
def live(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Answer the part of the order page that moves, or that nothing has moved since (304)."""
    head = queries.order_head(member.pk, number)
    tag = _tag(head, [teller.mark(head) for teller in tellers])
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        order = queries.order_in_full(member.pk, number)
        page = page_of(order)
        response = render(request, "orders/parts/live.html", page)
        tag = page["tag"]
    response.headers["ETag"] = tag
    return response


def _tag(order: Order, marks: list[str]) -> str:
    """Name the state a page was drawn in: all that may change it, the tellers' marks, and the language of its words."""
    state = [
        order.number,
        order.last_seq,
        order.on_hold_reason,
        order.address_final_at,
        order.deadline_at,
        get_language(),
        *marks,
    ]
    return f'"{hashlib.sha256(repr(state).encode()).hexdigest()[:24]}"'


def page_of(order: Order) -> dict[str, Any]:
    """Return what a page about an order read in full shows."""
    events = list(order.events.all())
    known = [teller.told(order) for teller in tellers]
    told = [entry for each in known for entry in each.entries]
    tag = _tag(order, [each.mark for each in known])
    return {
        "order": order,
        "tag": tag,
        "lines": list(order.lines.all()),
        "timeline": merged(entries_of(order), told),
        "parcels": _parcels(order, told),
        "reading": what_member_reads(order),
        "steps": steps_of(order),
        "seen": json.dumps({"If-None-Match": tag}),
        "can_cancel": can_proceed(order.cancel),
        "can_cancel_part": can_cancel_part(order),
        "can_change_address": can_change_address(order),
        "can_confirm": can_proceed(order.sign) and not order.open_cases,
        "can_ask_refund": can_ask_refund(order),
        "can_review": order.status in (Status.SIGNED, Status.CLOSED),
        "has_refund": any(event.kind == OrderEvent.Kind.CASE_OPENED for event in events),
        "whys": whys_of(order),
        "why_ended": next((e.reason for e in reversed(events) if e.kind == OrderEvent.Kind.REJECTED), ""),
        "points_back": _points_back(order),
    }


def _parcels(order: Order, told: list[Entry]) -> list[tuple[dict[str, Any], list[Entry]]]:
    """Return each parcel with its track, newest first."""
    tracks: dict[str, list[Entry]] = defaultdict(list)
    for entry in told:
        tracks[entry.parcel].insert(0, entry)
    return [(parcel, tracks[str(parcel["number"])]) for parcel in queries.parcels_of(order)]


def _points_back(order: Order) -> int:
    """Return the points that came back: refunds of what was captured, or all that was held when it ended before."""
    return order.points_total if order.ended_at and not order.ready_at else order.points_refunded


@member_page
def confirm(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Ask whether everything is there; note that the member has it, and go on to what they think of it."""
    order = queries.order_in_full(member.pk, number)
    refused = ""
    if request.method == "POST":
        try:
            services.confirm_receipt([services.Move(order.pk, timezone.now(), actor(member))])
        except Refusal as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Thank you. Receipt is confirmed."))
            return redirect("order-feedback", number=order.number)
        if order.status in (Status.SIGNED, Status.CLOSED):  # the same click, sent twice
            return redirect("order-feedback", number=order.number)
    elif not can_proceed(order.sign):
        return redirect("order", number=order.number)
    context = {**page_of(order), "refused": refused}
    return render(request, "orders/confirm.html", context, status=409 if refused else 200)
