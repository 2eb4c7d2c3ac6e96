"""A member's orders: the list, one order as it stands and moves, cancelling it, confirming it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_fsm import can_proceed

from foundation.refusals import InvalidInput, Refusal
from members.models import Member
from members.views import actor, member_page
from orders import queries, services
from orders.forms import CancelForm, ListForm
from orders.models import Order, OrderEvent
from orders.models.order import Status
from orders.rules.amounts import CANCEL_FEE_PERCENT, cancellation_fee
from orders.rules.reading import steps_of, what_member_reads

TABS = (
    ("", pgettext_lazy("orders", "All")),
    ("to_review", pgettext_lazy("orders", "In review")),
    ("to_pay", pgettext_lazy("orders", "To pay")),
    ("preparing", pgettext_lazy("orders", "To be sent")),
    ("on_the_way", pgettext_lazy("orders", "To receive")),
    ("completed", pgettext_lazy("orders", "Completed")),
    ("ended", pgettext_lazy("orders", "Cancelled")),
    (queries.AFTER_SALE, pgettext_lazy("orders", "After-sales")),
)


@require_safe
@member_page
def my_orders(request: HttpRequest, member: Member) -> HttpResponse:
    """Show a member's orders, newest first, by tab and by what is looked for."""
    form = ListForm(request.GET)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else ""
    found = queries.Page([], "")
    if form.is_valid():
        try:
            found = queries.order_page(
                member.pk,
                status=tab or None,
                q=form.cleaned_data["q"],
                placed_from=form.placed_from(),
                placed_to=form.placed_to(),
                after=request.GET.get("after") or None,
                size=10,
            )
        except InvalidInput:  # a cursor that somebody edited: the list starts from its top
            return redirect("my-orders")
    counts = queries.counts_by_tab(member.pk)
    context = {
        "form": form,
        "tab": tab,
        "tabs": [(code, label, counts[code or "all"]) for code, label in TABS],
        "orders": [(order, what_member_reads(order)) for order in found.orders],
        "after": found.after,
        "is_searching": any(form.data.get(name) for name in ("q", "since", "until")),
    }
    return render(request, "orders/my_orders.html", context)


@require_safe
@member_page
def order_page(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show an order: where it stands, what happens next, its parcels, its lines, and its history."""
    order = queries.order_in_full(member.pk, number)
    context = {**_context(order), "is_new": "placed" in request.GET}
    return render(request, "orders/order.html", context)


@require_safe
@member_page
def live(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Answer the part of the order page that moves, or that nothing has moved since (304)."""
    order = queries.order_in_full(member.pk, number)
    tag = _tag(order)
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "orders/parts/live.html", _context(order))
    response.headers["ETag"] = tag
    return response


def _tag(order: Order) -> str:
    """Name the state a page was drawn in: each change records an event, and words depend on the language."""
    return f'"{order.number}-{order.last_seq}-{get_language()}"'


def _context(order: Order) -> dict[str, Any]:
    events = list(order.events.all())
    return {
        "order": order,
        "lines": list(order.lines.all()),
        "events": [event for event in reversed(events) if event.kind != OrderEvent.Kind.OVERDUE],
        "parcels": queries.parcels_of(order),
        "reading": what_member_reads(order),
        "steps": steps_of(order),
        "seen": json.dumps({"If-None-Match": _tag(order)}),
        "can_cancel": can_proceed(order.cancel),
        "can_confirm": can_proceed(order.sign) and not order.open_cases,
        "can_ask_refund": _can_ask_refund(order),
        "has_refund": any(event.kind == OrderEvent.Kind.CASE_OPENED for event in events),
        "why_ended": next((e.reason for e in reversed(events) if e.kind == OrderEvent.Kind.REJECTED), ""),
        "points_back": _points_back(order),
    }


def _can_ask_refund(order: Order) -> bool:
    arrived = order.status in (Status.DELIVERED, Status.SIGNED)
    return arrived and not order.open_cases and any(line.refundable for line in order.lines.all())


def _points_back(order: Order) -> int:
    """Return the points that came back: refunds of what was captured, or all that was held when it ended before."""
    return order.points_total if order.ended_at and not order.ready_at else order.points_refunded


@member_page
def cancel(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show what comes back and what it costs; cancel when the member agrees to exactly that."""
    order = queries.order_in_full(member.pk, number)
    fee = cancellation_fee(order.status, order.points_total)
    form = CancelForm(request.POST or None)
    refused = "" if can_proceed(order.cancel) else _too_late(order)
    if request.method == "POST" and not refused and form.is_valid():
        refused = _cancel(order, member, form)
        if not refused:
            messages.success(request, _("Your order is cancelled."))
            return redirect("order", number=order.number)
        order = queries.order_in_full(member.pk, number)  # what stands in the way may have moved it
        refused = refused if can_proceed(order.cancel) else _too_late(order)
        fee = cancellation_fee(order.status, order.points_total)
    context = {
        **_context(order),
        "form": form,
        "fee": fee,
        "fee_percent": CANCEL_FEE_PERCENT,
        "back": order.points_total - fee,
        "refused": refused,
    }
    return render(
        request, "orders/cancel.html", context, status=409 if refused and request.method == "POST" else 200
    )


def _cancel(order: Order, member: Member, form: CancelForm) -> str:
    """Cancel at the fee the member was shown; return why not, if not."""
    said = str(dict(CancelForm.REASONS)[form.cleaned_data["reason"]]) if form.cleaned_data["reason"] else ""
    move = services.Move(order.pk, timezone.now(), actor(member), said, {"fee": form.cleaned_data["fee"]})
    try:
        services.cancel_orders([move])
    except Refusal as refusal:
        return str(refusal)
    return ""


def _too_late(order: Order) -> str:
    """Say why an order cannot be cancelled, and what to do instead."""
    match order.status:
        case Status.SHIPPED:
            return _(
                "The parcel is with the carrier already. Refuse it at the door, or ask for a refund once it is there."
            )
        case Status.DELIVERED | Status.SIGNED:
            return _("The gift has arrived, so there is nothing to cancel. You can ask for a refund instead.")
    return _("This order is over; there is nothing left to cancel.")


@member_page
def confirm(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Ask whether everything is there; note that the member has it."""
    order = queries.order_in_full(member.pk, number)
    refused = ""
    if request.method == "POST":
        try:
            services.confirm_receipt([services.Move(order.pk, timezone.now(), actor(member))])
        except Refusal as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Thank you. Receipt is confirmed."))
            return redirect("order", number=order.number)
    elif not can_proceed(order.sign):
        return redirect("order", number=order.number)
    context = {**_context(order), "refused": refused}
    return render(request, "orders/confirm.html", context, status=409 if refused else 200)
