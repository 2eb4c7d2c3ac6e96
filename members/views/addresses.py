"""Where a member's gifts go."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.refusals import NotFound, Refusal
from members import services
from members.forms import AddressForm, PasteForm, region_values, values_of
from members.models import Address, Member, Region
from members.views.visiting import member_page, safe_next, typed_before


@member_page
def add_address(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new address, and go back to where it is needed."""
    return _address_page(request, member, None)


@member_page
def change_address(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Put a new address in the place of an old one; orders keep what they were given."""
    return _address_page(request, member, _address(member, address_id))


def _address_page(request: HttpRequest, member: Member, old: Address | None) -> HttpResponse:
    is_post = request.method == "POST"
    before = QueryDict() if is_post else typed_before(request)
    after = safe_next(request, request.POST if is_post else before or request.GET, reverse("profile"))
    status, paste = 200, PasteForm(initial={"pasted": request.POST.get("pasted", "")})
    if is_post and (
        "parse" in request.POST or _is_only_pasted(request.POST)
    ):  # read it, and save nothing yet
        paste = PasteForm(request.POST)
        form = AddressForm(initial=_filled(request.POST, paste))
        status = 200 if paste.is_valid() else 422
    elif is_post and "save" not in request.POST and {"choose", "meant"} & set(request.POST):
        # A region was chosen: offer what lies within it, complain of nothing.
        form = AddressForm(initial=request.POST.dict() | _meant(request.POST))
    elif is_post:
        form = AddressForm(request.POST)
        if form.is_valid() and (saved := _save_address(form, member, old)):
            messages.success(request, _("The address is saved."))
            return redirect(_with_address(after, saved.pk))
        status = 422
    else:
        form = AddressForm(
            initial=(values_of(old) if old else {"recipient": member.name, "phone": member.phone})
            | before.dict()
        )
    context = {"form": form, "paste": paste, "old": old, "next": after}
    return render(request, "members/address.html", context, status=status)


def _is_only_pasted(typed: QueryDict) -> bool:
    """Tell whether somebody pasted an address and went straight to "save": that cannot be meant to be refused."""
    empty = not any(typed.get(name, "").strip() for name in ("province", "detail"))
    return "save" in typed and empty and bool(typed.get("pasted", "").strip())


def _filled(typed: QueryDict, paste: PasteForm) -> dict[str, Any]:
    """Return what the form shows after a paste: what the text says, and what was typed where it says nothing."""
    if not paste.is_valid():
        return typed.dict()
    regions = {"province": "", "city": "", "county": ""}
    return typed.dict() | (regions if paste.said.keys() & regions.keys() or paste.meant else {}) | paste.said


def _meant(typed: QueryDict) -> dict[str, str]:
    """Return which of several regions of one name was meant; its name need not stand before the street any more."""
    region = (
        Region.objects.select_related("parent__parent")
        .filter(pk=typed.get("meant", "").replace("\0", ""))
        .first()
    )
    if region is None:
        return {}
    return region_values(region) | {"detail": typed.get("detail", "").removeprefix(region.name)}


def _save_address(form: AddressForm, member: Member, old: Address | None) -> Address | None:
    typed = form.cleaned_data
    try:
        return services.add_address(
            member.pk,
            recipient=typed["recipient"],
            phone=typed["phone"],
            region_code=form.region_code,
            detail=typed["detail"],
            is_default=typed["is_default"],
            at=timezone.now(),
            replaces=old.pk if old else None,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _with_address(after: str, address_id: int) -> str:
    path, _sep, query = after.partition("?")
    values = QueryDict(query, mutable=True)
    if path == reverse("profile"):
        return after
    values["address"] = str(address_id)
    return f"{path}?{values.urlencode()}"


@member_page
def remove_address(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Ask whether an address shall go; when it shall, take it out of the list."""
    address = _address(member, address_id)
    if request.method == "POST":
        services.retire_address(member.pk, address_id, at=timezone.now())
        messages.success(request, _("The address is removed. Orders on their way keep it."))
        return redirect("profile")
    return render(request, "members/remove_address.html", {"address": address})


@require_POST
@member_page
def make_default(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Offer an address first from now on."""
    services.change_default_address(member.pk, address_id)
    messages.success(request, _("This address is offered first from now on."))
    return redirect("profile")


def _address(member: Member, address_id: int) -> Address:
    address = Address.objects.filter(pk=address_id, member=member, retired_at=None)
    found = address.select_related("region__parent__parent").first()
    if found is None:
        raise NotFound
    return found


def address_to_add(**query: str) -> str:
    """Return the page that takes a new address and then goes on to another page."""
    return f"{reverse('address-new')}?{urlencode(query)}"
