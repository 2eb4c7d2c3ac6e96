"""A member's complaints: write one, see what became of them, say that it is settled."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_fsm import can_proceed

from aftersales import queries, services
from aftersales.forms import ComplaintForm, ReopenForm
from aftersales.models import Complaint
from aftersales.models.complaints import MAX_WORDS
from foundation.refusals import NotFound, Refusal
from members.models import Member
from members.views import actor, cursor, member_page
from orders.models import Order
from orders.queries import order_id_of, orders_of, page

PAGE = 20
OFFERED = 20


@member_page
def new_complaint(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a complaint, about an order or not; an order that is not the member's is none."""
    about = request.GET.get("order", "")
    offered = page(orders_of(member.pk), size=OFFERED).orders
    if about and about not in {order.number for order in offered}:
        older = Order.objects.filter(pk=order_id_of(orders_of(member.pk), about))
        offered = [*older.prefetch_related("lines"), *offered]
    if request.method == "POST":
        form = ComplaintForm(request.POST, offered=offered)
        if form.is_valid() and (filed := _file(form, member)):
            messages.success(request, _("We have it. You find the answer here and in your inbox."))
            return redirect("complaint", number=filed.number)
        return render(request, "aftersales/complaint_new.html", {"form": form}, status=422)
    words = request.GET.get("text", "").replace("\0", "")[:MAX_WORDS]
    initial = {"order": about, "words": words, "request_id": str(uuid.uuid4())}
    form = ComplaintForm(initial=initial, offered=offered)
    return render(request, "aftersales/complaint_new.html", {"form": form})


def _file(form: ComplaintForm, member: Member) -> Complaint | None:
    typed = form.cleaned_data
    try:
        return services.file_complaint(
            member.pk,
            category=typed["category"],
            words=typed["words"],
            request_id=typed["request_id"],
            order_number=typed["order"],
            at=timezone.now(),
            by=actor(member),
        )
    except NotFound:
        form.add_error("order", _("This is none of your orders. Choose one from the list."))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return None


@require_safe
@member_page
def complaints(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member complained about, newest first."""
    found = queries.complaints_of(member.pk, before=cursor(request), size=PAGE)
    before = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "aftersales/complaints.html", {"complaints": found[:PAGE], "before": before})


@require_safe
@member_page
def complaint(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Show one complaint: where it stands, by when it is answered, the answer."""
    return _shown(request, queries.complaint_of(member.pk, number))


@require_POST
@member_page
def close_complaint(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Note that the member is content with the answer."""
    found = queries.complaint_of(member.pk, number)
    try:
        services.close_complaint(found.pk, at=timezone.now(), by=actor(member))
    except Refusal as refusal:
        return _shown(request, queries.complaint_of(member.pk, number), refused=refusal)
    messages.success(request, _("Thank you. We are glad that it is settled."))
    return redirect("complaint", number=number)


@require_POST
@member_page
def reopen_complaint(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Take what the member has to say to an answer; the complaint waits for us again."""
    found = queries.complaint_of(member.pk, number)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form=form, status=422)
    try:
        services.reopen_complaint(
            found.pk,
            words=form.cleaned_data["words"],
            after_round=form.cleaned_data["round"],
            at=timezone.now(),
            by=actor(member),
        )
    except Refusal as refusal:
        return _shown(request, queries.complaint_of(member.pk, number), refused=refusal, form=form)
    messages.success(request, _("We look into it again. You find the answer here and in your inbox."))
    return redirect("complaint", number=number)


def _shown(
    request: HttpRequest,
    found: Complaint,
    *,
    refused: Refusal | None = None,
    form: ReopenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    cannot = _why_not_again(found) if can_proceed(found.reopen) else None
    context = {
        "complaint": found,
        "rounds": list(found.rounds.order_by("serial")) if found.round > 1 else [],
        "can_close": can_proceed(found.close),
        "can_reopen": can_proceed(found.reopen) and cannot is None,
        "cannot_reopen": cannot,
        "form": form or ReopenForm(initial={"round": found.round}),
        "refused": refused,
    }
    return render(request, "aftersales/complaint.html", context, status=refused.status if refused else status)


def _why_not_again(found: Complaint) -> Refusal | None:
    try:
        services.check_can_reopen(found, at=timezone.now())
    except Refusal as refusal:
        return refusal
    return None
