"""Asking for a refund, following it, taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_fsm import can_proceed

from aftersales import services
from aftersales.forms import RefundForm
from aftersales.models import ReturnRequest
from foundation.refusals import NotFound, Refusal
from members.models import Member
from members.views import actor, member_page
from orders import queries as orders


@member_page
def ask_refund(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Take a request to have points back, whole or per line."""
    order = orders.order_in_full(member.pk, number)
    form = RefundForm(request.POST or None, lines=list(order.lines.all()))
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.request_refund(
                    order.pk, form.wanted(), reason=form.reason(), at=timezone.now(), by=actor(member)
                )
            except Refusal as refusal:
                refused, status = str(refusal), refusal.status
            else:
                messages.success(request, _("We have your request and answer it within two days."))
                return redirect("order-refunds", number=order.number)
    elif not form.lines:
        return redirect("order", number=order.number)
    context = {"order": order, "form": form, "refused": refused}
    return render(request, "aftersales/ask_refund.html", context, status=status)


@require_safe
@member_page
def refunds_of_order(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show the refund requests of an order, newest first, with their answers."""
    order = orders.order_in_full(member.pk, number)
    requests = ReturnRequest.objects.filter(order=order).prefetch_related("lines__order_line").order_by("-pk")
    shown = [(one, list(one.lines.all()), can_proceed(one.withdraw)) for one in requests]
    if not shown:
        raise NotFound
    return render(request, "aftersales/refunds.html", {"order": order, "requests": shown})


@require_POST
@member_page
def withdraw(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Take a refund request back."""
    asked = ReturnRequest.objects.filter(number=number, order__member=member).select_related("order").first()
    if asked is None:
        raise NotFound
    try:
        services.withdraw_refund(asked.pk, at=timezone.now(), by=actor(member))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your refund request is withdrawn; the order goes on."))
    return redirect("order-refunds", number=asked.order.number)
