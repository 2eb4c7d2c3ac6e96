"""The page of a gift: what it is, what it costs, whether it can be had, and the rules that apply to the reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.refusals import NotFound
from inventory import queries as inventory
from inventory.models import Gift, Sku
from members import queries as members
from members.models import Member
from orders import services
from orders.forms import WishForm
from orders.rules.spoken import Spoken
from orders.rules.standing import Wanted, rules_told
from orders.views.baskets import reader_of


@require_safe
def gift(request: HttpRequest, code: str) -> HttpResponse:
    """Show a gift; what was chosen before comes back with the address."""
    try:
        shown = inventory.gift_by_code(code)
    except NotFound as missing:
        raise Http404 from missing
    quantity = request.GET.get("quantity", "")
    chosen = {
        "sku": request.GET.get("sku", ""),
        "quantity": quantity if quantity.isascii() and quantity.isdigit() and len(quantity) <= 4 else "1",
    }
    return gift_page(request, shown, WishForm(initial=chosen, variants=inventory.variants_of(shown)))


def gift_page(
    request: HttpRequest, shown: Gift, form: WishForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    """Answer with the page of a gift, with what somebody chose on it and why that cannot be, if it cannot."""
    at = timezone.now()
    member: Member | None = getattr(request.user, "member", None)
    rules = _rules_told(shown, form.variants, member, at)
    lefts = [rule.left for rule in rules if rule.left is not None]
    free = max((getattr(sku, "free", 0) for sku in form.variants), default=0)
    context = {
        "gift": shown,
        "form": form,
        "chosen": form.chosen,
        "quantity": form["quantity"].value() or "1",
        "quantity_limit": min([*lefts, free]),
        "rules": rules,
        "member": member,
        "obstacle": _obstacle(shown, form.variants, rules, member, at),
        "refused": refused,
        "is_added": "added" in request.GET and not form.is_bound,
        "estimate": _estimate(shown, form.variants, member, at),
    }
    response = render(request, "orders/gift.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _rules_told(shown: Gift, variants: Sequence[Sku], member: Member | None, at: datetime) -> list[Spoken]:
    """Say the redemption rules of a gift, as they stand for whoever reads."""
    policy = services.policy_in_force()
    if not variants:
        return []
    sku = variants[0]
    sku.gift = shown
    return rules_told(sku, 1, policy, reader_of([Wanted(sku, 1)], member, policy, at=at), at=at)


def _estimate(
    shown: Gift, variants: Sequence[Sku], member: Member | None, at: datetime
) -> services.Estimate | None:
    """Return how long it takes to the member's default address; None when nobody can say."""
    if member is None or shown.is_virtual or not variants:
        return None
    address = members.default_address_of(member.pk)
    if address is None:
        return None
    return services.delivery_estimate(address.region, weight_g=variants[0].weight_g, at=at)


def _obstacle(
    shown: Gift, variants: Sequence[Any], rules: list[Spoken], member: Member | None, at: datetime
) -> dict[str, str]:
    """Return why the gift cannot be redeemed now, as a kind and a sentence; empty when nothing stands in the way."""
    if not shown.is_on_shelf(at) or not variants:
        return {"kind": "off_shelf", "text": _("This gift is not on the shelf at the moment.")}
    if all(sku.cash_price for sku in variants):
        return {
            "kind": "cash",
            "text": _("This gift costs points and cash. Paying the cash part here is coming soon."),
        }
    if not any(sku.free for sku in variants):
        return {"kind": "out_of_stock", "text": _("All gone for now. Look in again in a few days.")}
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
