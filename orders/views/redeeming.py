"""Where gifts are redeemed, from a gift's page or from the cart: one click, however often sent, is one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.refusals import Refusal
from inventory import queries as inventory
from inventory.models import Gift
from members import queries as members
from members.models import Member
from members.views import actor, address_to_add, member_page, typed_before
from orders import services
from orders.forms import RedeemForm, WishForm, lines_asked, new_key
from orders.models.order import Status
from orders.rules.deadlines import deadline
from orders.rules.placement import MAX_NOTE, IdempotencyMismatch
from orders.rules.standing import Wanted
from orders.views.baskets import CHANNEL, basket_of
from orders.views.gifts import gift_page


@member_page
def redeem(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """Show what redeeming one gift means, and do it."""
    shown = inventory.gift_by_code(code)
    wish = WishForm(request.GET, variants=inventory.variants_of(shown))
    if not wish.is_valid():
        return gift_page(request, shown, wish, status=422)
    sku = wish.chosen
    assert sku is not None
    sku.gift = shown
    return _redeem(request, member, [Wanted(sku, wish.cleaned_data["quantity"])], gift=shown)


@member_page
def redeem_cart(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what redeeming some lines of the cart means, and do it; the address says which, so that nothing is lost."""
    asked = lines_asked(request.GET.getlist("line"))
    skus = inventory.skus_by_code(line.sku for line in asked) if asked else {}
    wanted = [Wanted(skus[line.sku], line.quantity) for line in asked if line.sku in skus]
    if not wanted:
        return redirect("cart")
    return _redeem(request, member, wanted)


def _redeem(
    request: HttpRequest, member: Member, wanted: Sequence[Wanted], *, gift: Gift | None = None
) -> HttpResponse:
    if request.method == "POST" and "new_address" in request.POST:
        return redirect(_to_new_address(request))
    is_sent = any(not sku.gift.is_virtual for sku, _quantity, _seen in wanted)
    addresses = members.addresses_of(member.pk) if is_sent else []
    options: dict[str, Any] = {"addresses": addresses, "needs_address": is_sent}
    if request.method == "POST":
        return _place(request, member, wanted, RedeemForm(request.POST, **options), gift=gift)
    form = RedeemForm(initial=_first_choice(request, addresses), **options)
    return _redeem_page(request, member, wanted, form, gift=gift)


def _place(
    request: HttpRequest, member: Member, wanted: Sequence[Wanted], form: RedeemForm, *, gift: Gift | None
) -> HttpResponse:
    """Place the order, or show the page again with what stands in the way and everything that was typed."""
    if not form.is_valid():
        is_spoilt = any(field.errors for field in form.hidden_fields())
        why = (
            _("Something went wrong with this page. Look at it once more, then redeem again.")
            if is_spoilt
            else ""
        )
        return _redeem_page(request, member, wanted, form, gift=gift, refused=why, status=422)
    place = services.place_order if gift else services.place_from_cart
    try:
        placed = place(_request(form, wanted, member))
    except Refusal as refusal:
        why = str(refusal)
        if isinstance(refusal, IdempotencyMismatch):
            why = _(
                "You sent this order already, with other details. Look at your orders before you redeem again."
            )
        return _redeem_page(request, member, wanted, form, gift=gift, refused=why, status=refusal.status)
    return redirect("order-placed", number=placed.number)


def _request(form: RedeemForm, wanted: Sequence[Wanted], member: Member) -> services.PlacementRequest:
    typed = form.cleaned_data
    lines = tuple(services.LineWish(sku.code, quantity) for sku, quantity, _seen in wanted)
    return services.PlacementRequest(
        member_id=member.pk,
        lines=lines,
        address_id=int(typed["address"]) if "address" in typed else None,
        requested_by=actor(member),
        request_id=str(typed["request_id"]),
        digest=form.digest(lines),
        channel=CHANNEL,
        by=actor(member),
        at=timezone.now(),
        note=typed["note"],
        expected_points=typed["expected_points"],
    )


def _first_choice(request: HttpRequest, addresses: list[Any]) -> dict[str, str]:
    """Return what the page starts with: the address just added, else the default one, and the note typed before."""
    before = typed_before(request) or request.GET
    asked = before.get("address", "")
    known = [str(address.pk) for address in addresses]
    return {
        "address": asked if asked in known else next(iter(known), ""),
        "note": before.get("note", "")[:200].replace("\0", ""),
    }


def _redeem_page(
    request: HttpRequest,
    member: Member,
    wanted: Sequence[Wanted],
    form: RedeemForm,
    *,
    gift: Gift | None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show what would be ordered. After a refusal what was typed stays, and a fresh quote and key go with it."""
    at = timezone.now()
    basket = basket_of(wanted, member, at=at)
    key = form.data.get("request_id", "") if form.is_bound and not refused else new_key()
    available = members.points_of(member.pk).available if refused else member.account.available
    context = {
        "gift": gift,
        "basket": basket,
        "total": basket.points,
        "available": available,
        "after": available - basket.points,
        "addresses": members.addresses_of(member.pk) if "address" in form.fields else [],
        "form": form,
        "is_sent": "address" in form.fields,
        "chosen_address": str(form["address"].value() or "") if "address" in form.fields else "",
        "request_id": key,
        "refused": refused,
        "ready_by": deadline(Status.READY, at),
    }
    return render(request, "orders/redeem.html", context, status=status)


def _to_new_address(request: HttpRequest) -> str:
    """Return the address form, which comes back here with what was chosen and typed."""
    back = request.GET.copy()
    back["note"] = request.POST.get("note", "")[:MAX_NOTE]
    return address_to_add(next=f"{request.path}?{back.urlencode()}")
