"""My data: everything the house knows of a member to take along, and the wish to be forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk import services
from desk.disclosure import as_json
from desk.forms import ErasureForm
from desk.models import ErasureRequest
from desk.rules import KEPT_YEARS
from foundation.refusals import Refusal
from members.models import Member
from members.views import actor, member_page


@require_safe
@member_page
def my_data(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member can have and ask for."""
    return _page(request, member)


def _page(request: HttpRequest, member: Member, *, refused: str = "", status: int = 200) -> HttpResponse:
    asked = ErasureRequest.objects.filter(member=member).order_by("-pk").first()
    context = {"member": member, "asked": asked, "refused": refused}
    return render(request, "members/my_data.html", context, status=status)


@require_POST
@member_page
def download(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Give a member everything about themselves as one JSON file, a few times a day."""
    at = timezone.now()
    try:
        services.count_download(member.pk, at=at)
    except Refusal as refusal:
        response = _page(request, member, refused=str(refusal), status=refusal.status)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    name = f"pointsmall-{member.number}-{timezone.localtime(at):%Y%m%d}.json"
    return StreamingHttpResponse(
        as_json(member.pk, at=at),
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@member_page
def erase(request: HttpRequest, member: Member) -> HttpResponse:
    """Explain what is forgotten and what is kept; then take the wish."""
    form = ErasureForm(request.POST or None, points=member.account.available + member.account.held)
    refused, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_erasure(
                member.pk,
                gives_up_points=form.cleaned_data.get("gives_up_points", False),
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused, status = str(refusal), refusal.status
        else:
            messages.success(request, _("We have your wish. An operator checks it and deals with it."))
            return redirect("my-data")
    found = services.obstacles(member.pk, gives_up_points=True)
    context = {"form": form, "refused": refused, "obstacles": found, "years": KEPT_YEARS}
    return render(request, "members/erase.html", context, status=status)


@require_POST
@member_page
def keep(request: HttpRequest, member: Member) -> HttpResponse:
    """Take the wish to be forgotten back."""
    services.withdraw_erasure(member.pk, at=timezone.now(), by=actor(member))
    messages.success(request, _("Good that you stay. Nothing is erased."))
    return redirect("my-data")
