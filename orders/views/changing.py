"""What a member mends before an order is sent: cancel it, or single gifts of it, or send it elsewhere.

Each page shows what will happen, and what it costs, before the member agrees to exactly that.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from foundation.refusals import Refusal
from members import queries as members
from members.models import Address, Member
from members.views import actor, address_to_add, member_page
from orders import queries, services
from orders.forms import AddressChoice, CancelForm, PartForm
from orders.models import Order
from orders.models.order import Status
from orders.rules.amounts import CANCEL_FEE_PERCENT, cancellation_fee
from orders.rules.changing import (
    can_ask_refund,
    can_cancel_part,
    can_change_address,
    rule_of_part,
    why_not_address,
    why_not_cancel,
    why_not_part,
)
from orders.rules.deadlines import deadline


@member_page
def cancel(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show what comes back and what it costs; cancel when the member agrees to exactly that."""
    order = queries.order_in_full(member.pk, number)
    form = CancelForm(request.POST or None)
    refused = "" if can_proceed(order.cancel) else str(why_not_cancel(order))
    if request.method == "POST":
        if order.status == Status.CANCELLED:  # the same click, sent twice
            return redirect("order", number=order.number)
        if not refused and form.is_valid():
            refused = _cancel(order, member, form)
            if not refused:
                messages.success(request, _("Your order is cancelled."))
                return redirect("order", number=order.number)
            order = queries.order_in_full(member.pk, number)  # what stands in the way may have moved it
            refused = refused if can_proceed(order.cancel) else str(why_not_cancel(order))
    context = {
        **_cancelling(order),
        **_price(order, order.points_left),
        "form": form,
        "points": order.points_left,
        "refused": refused,
    }
    status = 409 if refused and request.method == "POST" else 200
    return render(request, "orders/cancel.html", context, status=status)


def _cancelling(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "lines": [line for line in order.lines.all() if line.left],
        "can_cancel": can_proceed(order.cancel),
        "can_cancel_part": can_cancel_part(order),
        "can_ask_refund": can_ask_refund(order),
    }


def _price(order: Order, points: int) -> dict[str, int]:
    """Say what cancelling units of so many points costs now, and what comes back."""
    fee = cancellation_fee(order.status, points)
    return {"fee": fee, "fee_percent": CANCEL_FEE_PERCENT, "back": points - fee}


def _said(form: CancelForm | PartForm) -> dict[str, Any]:
    """Return the fee that the member was shown, and the code of the reason they chose."""
    chosen = form.cleaned_data["reason"]
    return {"fee": form.cleaned_data["fee"], **({"reason": chosen} if chosen else {})}


def _cancel(order: Order, member: Member, form: CancelForm) -> str:
    """Cancel at the fee the member was shown; return why not, if not."""
    move = services.Move(order.pk, timezone.now(), actor(member), data=_said(form))
    try:
        services.cancel_orders([move])
    except Refusal as refusal:
        return str(refusal)
    return ""


@member_page
def cancel_part(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Take single gifts out of an order: first how many, then what comes back, then the click that does it."""
    order = queries.order_in_full(member.pk, number)
    asked = request.POST or (request.GET if any(name.startswith("line-") for name in request.GET) else None)
    if request.method == "POST" and _is_done(order, request.POST.get("key", "")):
        return redirect("order", number=order.number)  # the same click, sent twice
    form = PartForm(asked, lines=list(order.lines.all()))
    refused = ""
    if request.method == "POST" and form.is_valid() and form.is_agreed:
        try:
            _cancel_part(order, member, form)
        except Refusal as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("These gifts are cancelled, and their points are back."))
            return redirect("order", number=order.number)
        order = queries.order_in_full(member.pk, number)  # what stands in the way may have moved it
        form = PartForm(asked, lines=list(order.lines.all()))
    is_complete = form.is_bound and form.is_valid()
    units = form.units() if is_complete else []
    context = {
        **_cancelling(order),
        **_price(order, sum(line.unit_points * quantity for line, quantity in units)),
        "form": form,
        "units": units,
        "is_all": sum(quantity for _line, quantity in units) == sum(line.left for line in form.lines),
        "rule": rule_of_part(order),
        "key": uuid.uuid4(),
        "why_not": "" if can_cancel_part(order) else why_not_part(order),
        "refused": refused,
    }
    status = 409 if refused else 422 if form.is_bound and not is_complete else 200
    return render(request, "orders/cancel_part.html", context, status=status)


def _is_done(order: Order, key: str) -> bool:
    seen = {event.data.get("key") for event in order.events.all()} - {None}
    return key.replace("-", "") in seen


def _cancel_part(order: Order, member: Member, form: PartForm) -> None:
    move = services.Move(order.pk, timezone.now(), actor(member), data=_said(form))
    wanted = [services.LineCancel(line.pk, quantity) for line, quantity in form.units()]
    services.cancel_units(move, wanted, key=form.cleaned_data["key"].hex)


@member_page
def change_address(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Send an order elsewhere: first where to, then what that changes, then the click that does it."""
    order = queries.order_in_full(member.pk, number)
    addresses = [each for each in members.addresses_of(member.pk) if each.pk != order.address_id]
    form = AddressChoice(request.POST or request.GET or None, addresses=addresses)
    refused, status = "", 200
    if request.method == "POST" and str(order.address_id) == request.POST.get("address"):
        return redirect("order", number=order.number)  # the same click, sent twice
    chosen = form.chosen if form.is_bound and form.is_valid() else None
    if form.is_bound and chosen is None:
        status = 422
    elif request.method == "POST" and chosen is not None:
        move = services.Move(order.pk, timezone.now(), actor(member))
        try:
            services.change_address(move, chosen.pk)
        except Refusal as refusal:
            refused, status = str(refusal), refusal.status
            order = queries.order_in_full(member.pk, number)
        else:
            messages.success(request, _("The address is changed."))
            return redirect("order", number=order.number)
    context = {
        "order": order,
        "form": form,
        "addresses": addresses,
        "chosen": chosen,
        "change": _difference(order, chosen) if chosen else {},
        "can_change": can_change_address(order),
        "can_cancel": can_proceed(order.cancel),
        "why_not": why_not_address(order),
        "add_address": address_to_add(next=request.path),
        "refused": refused,
    }
    return render(request, "orders/address.html", context, status=status)


def _difference(order: Order, chosen: Address) -> dict[str, Any]:
    """Say what another address means for an order: how far apart they are, and when the gift leaves and arrives."""
    now = timezone.now()
    estimate = services.delivery_estimate(
        chosen.region, weight_g=sum(line.left * line.weight_g for line in order.lines.all()), at=now
    )
    codes = order.region_code, chosen.region_id
    return {
        "is_same_county": codes[0] == codes[1],
        "is_same_province": codes[0][:2] == codes[1][:2],
        "sent_by": order.deadline_at
        if order.status in (Status.READY, Status.PACKED)
        else deadline(Status.READY, now),
        "estimate": estimate,
    }
