"""From a gift to an order: the gift's page with the rules that apply, and the page where it is redeemed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.refusals import NotFound, Refusal
from inventory import queries as inventory
from inventory.models import Gift
from members import queries as members
from members.models import Member
from members.views import actor, address_to_add, member_page
from orders import queries, services
from orders.forms import RedeemForm, WishForm, new_key
from orders.models.order import Status
from orders.rules.deadlines import deadline
from orders.rules.placement import IdempotencyMismatch
from orders.rules.redemption import Wish
from orders.rules.spoken import Spoken, spoken

CHANNEL = "portal"


@require_safe
def gift(request: HttpRequest, code: str) -> HttpResponse:
    """Show a gift: its variants, what it costs, whether it can be had, and the rules that apply to the reader."""
    try:
        shown = inventory.gift_by_code(code)
    except NotFound as missing:
        raise Http404 from missing
    form = WishForm(variants=inventory.variants_of(shown))
    response = _gift_page(request, shown, form)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _gift_page(request: HttpRequest, shown: Gift, form: WishForm, *, status: int = 200) -> HttpResponse:
    at = timezone.now()
    member: Member | None = getattr(request.user, "member", None)
    rules = _rules_told(shown, member, at)
    chosen = form.chosen
    lefts = [rule.left for rule in rules if rule.left is not None]
    context = {
        "gift": shown,
        "form": form,
        "chosen": chosen,
        "quantity": form.data.get("quantity", "1") if form.is_bound else "1",
        "quantity_limit": min([*lefts, max((getattr(sku, "free", 0) for sku in form.variants), default=0)]),
        "rules": rules,
        "member": member,
        "obstacle": _obstacle(shown, form.variants, rules, member, at),
        "ready_by": deadline(Status.READY, at),
    }
    return render(request, "orders/gift.html", context, status=status)


def _rules_told(shown: Gift, member: Member | None, at: datetime) -> list[Spoken]:
    """Say the redemption rules of a gift, as they stand for whoever reads."""
    wish = Wish(shown.pk, shown.category_id, shown.label, 1)
    told = []
    for limit in services.policy_in_force().limits_of(shown.pk, shown.category_id):
        since = limit.counts_since(at)
        earlier = queries.redeemed_since(member.pk, shown.pk, since) if member and since else 0
        rank = member.tier.rank if member else None
        told.append(spoken(limit, wish, tier_rank=rank, channel=CHANNEL, earlier=earlier, at=at))
    return told


def _obstacle(
    shown: Gift, variants: Sequence[Any], rules: list[Spoken], member: Member | None, at: datetime
) -> dict[str, str]:
    """Return why the gift cannot be redeemed now, as a kind and a sentence; empty when nothing stands in the way."""
    if not shown.is_on_shelf(at) or not variants:
        return {"kind": "off_shelf", "text": _("This gift is not on the shelf at the moment.")}
    if not any(sku.free for sku in variants):
        return {"kind": "out_of_stock", "text": _("All gone for now. Look in again in a few days.")}
    if all(sku.cash_price for sku in variants):
        return {"kind": "cash", "text": _("This gift also costs cash, which cannot be paid here yet.")}
    broken = next((rule for rule in rules if not rule.holds), None)
    if broken:
        return {"kind": "rule", "text": broken.text}
    if member and member.account.available < min(sku.points_price for sku in variants):
        missing = min(sku.points_price for sku in variants) - member.account.available
        return {
            "kind": "points",
            "text": _("You need %(missing)s more points for this gift.") % {"missing": f"{missing:,}"},
        }
    return {}


@member_page
def redeem(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """Show what would be ordered and what it costs; one click on it, however often sent, makes one order."""
    shown = inventory.gift_by_code(code)
    wish = WishForm(request.GET, variants=inventory.variants_of(shown))
    if not wish.is_valid():
        return _gift_page(request, shown, wish, status=422)
    if request.method == "POST" and "new_address" in request.POST:
        return redirect(_to_new_address(request))
    addresses = members.addresses_of(member.pk)
    if request.method == "POST":
        return _place(request, member, shown, wish, RedeemForm(request.POST, addresses=addresses))
    form = RedeemForm(initial=_first_choice(request, addresses), addresses=addresses)
    return _redeem_page(request, member, shown, wish, form)


def _place(
    request: HttpRequest, member: Member, shown: Gift, wish: WishForm, form: RedeemForm
) -> HttpResponse:
    """Place the order, or show the page again with what stands in the way and everything that was typed."""
    if not form.is_valid():
        return _redeem_page(request, member, shown, wish, form, status=422)
    try:
        placed = services.place_order(_request(form, wish, member))
    except Refusal as refusal:
        why = str(refusal)
        if isinstance(refusal, IdempotencyMismatch):
            why = _(
                "You sent this order already, with other details. Look at your orders before you redeem again."
            )
        return _redeem_page(request, member, shown, wish, form, refused=why, status=refusal.status)
    return redirect(f"{reverse('order', args=[placed.number])}?placed=1")


def _request(form: RedeemForm, wish: WishForm, member: Member) -> services.PlacementRequest:
    typed, sku, quantity = form.cleaned_data, wish.cleaned_data["sku"], wish.cleaned_data["quantity"]
    return services.PlacementRequest(
        member_id=member.pk,
        lines=(services.LineWish(sku, quantity),),
        address_id=int(typed["address"]),
        requested_by=actor(member),
        request_id=str(typed["request_id"]),
        digest=form.digest(sku, quantity),
        channel=CHANNEL,
        by=actor(member),
        at=timezone.now(),
        note=typed["note"],
        expected_points=typed["expected_points"],
    )


def _first_choice(request: HttpRequest, addresses: list[Any]) -> dict[str, str]:
    """Return what the page starts with: the address just added, else the default one, and the note typed before."""
    asked = request.GET.get("address", "")
    known = [str(address.pk) for address in addresses]
    return {
        "address": asked if asked in known else next(iter(known), ""),
        "note": request.GET.get("note", "")[:200].replace("\0", ""),
    }


def _redeem_page(
    request: HttpRequest,
    member: Member,
    shown: Gift,
    wish: WishForm,
    form: RedeemForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show what would be ordered. After a refusal what was typed stays, and a fresh quote and key go with it."""
    sku, quantity = wish.chosen, wish.cleaned_data["quantity"]
    assert sku is not None
    total = sku.points_price * quantity
    key = form.data.get("request_id", "") if form.is_bound and not refused else new_key()
    available = members.points_of(member.pk).available if refused else member.account.available
    context = {
        "gift": shown,
        "sku": sku,
        "quantity": quantity,
        "total": total,
        "available": available,
        "after": available - total,
        "addresses": members.addresses_of(member.pk),
        "form": form,
        "chosen_address": str(form["address"].value() or ""),
        "request_id": key,
        "refused": refused,
        "ready_by": deadline(Status.READY, timezone.now()),
    }
    return render(request, "orders/redeem.html", context, status=status)


def _to_new_address(request: HttpRequest) -> str:
    """Return the address form, which comes back here with what was chosen and typed."""
    back = request.GET.copy()
    back["note"] = request.POST.get("note", "")
    return address_to_add(next=f"{request.path}?{urlencode(back.dict())}")
