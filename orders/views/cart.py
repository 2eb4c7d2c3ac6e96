"""The cart: what goes in from the gift's page, how it stands, and what of it is redeemed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.refusals import NotFound, Refusal
from inventory import queries as inventory
from members.models import Member
from orders import queries, services
from orders.forms import CartForm, WishForm, line_text
from orders.rules.standing import Basket, Wanted
from orders.views import visitor_cart
from orders.views.baskets import basket_of
from orders.views.gifts import gift_page


@require_POST
def put(request: HttpRequest, code: str) -> HttpResponse:
    """Put a gift into the cart and go back to its page, where that is said."""
    member = _reader(request)
    try:
        gift = inventory.gift_by_code(code)
    except NotFound as missing:
        raise Http404 from missing
    form = WishForm(request.POST, variants=inventory.variants_of(gift))
    if not form.is_valid():
        return gift_page(request, gift, form, status=422)
    sku, quantity = form.chosen, form.cleaned_data["quantity"]
    assert sku is not None
    try:
        if member:
            services.put_in_cart(member.pk, sku.code, quantity, at=timezone.now())
        else:
            visitor_cart.put(request, sku, quantity)
    except Refusal as refusal:
        return gift_page(request, gift, form, status=refusal.status, refused=str(refusal))
    return redirect(
        f"{reverse('gift', args=[code])}?{urlencode({'sku': sku.code, 'quantity': quantity, 'added': 1})}"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cart(request: HttpRequest) -> HttpResponse:
    """Show what lies in the cart and how it stands; change it, take something out, or go on to redeem it."""
    member = _reader(request)
    if member:
        visitor_cart.hand_over(request, member, at=timezone.now())
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, member, request.POST["remove"])
    if request.method == "POST" and "put_back" in request.POST:
        return _put_back(request, member)
    wanted = _wanted(request, member)
    basket = _marked(basket_of(wanted, member, at=timezone.now()), _asked(request))
    form = CartForm(request.POST if request.method == "POST" else None, rows=basket.rows)
    if request.method != "POST":
        return _cart_page(request, member, basket, form)
    if not form.is_valid():
        return _cart_page(request, member, basket, form, status=422)
    _change(request, member, wanted, form.quantities())
    if "redeem" in request.POST and basket.chosen:
        lines = [services.LineWish(row.sku.code, form.quantities()[row.sku.code]) for row in basket.chosen]
        query = urlencode({"line": [line_text(line) for line in lines]}, doseq=True)
        return redirect(f"{reverse('cart-redeem')}?{query}")
    left_out = bool(_asked(request)) and len(basket.chosen) < len(basket.rows)
    chosen = [row.sku.code for row in basket.chosen] if left_out else []
    return redirect(f"{reverse('cart')}?{urlencode({'only': chosen}, doseq=True)}")


def _reader(request: HttpRequest) -> Member | None:
    """Return the member who asks, None for a visitor; operators have no cart."""
    member: Member | None = getattr(request.user, "member", None)
    if member is None and request.user.is_authenticated:
        raise PermissionDenied
    return member


def _wanted(request: HttpRequest, member: Member | None) -> list[Wanted]:
    if member:
        return [Wanted(line.sku, line.quantity, line.unit_points) for line in queries.cart_of(member.pk)]
    held = visitor_cart.held(request)
    skus = inventory.skus_by_code(held) if held else {}
    return [Wanted(skus[code], units, seen) for code, (units, seen) in held.items() if code in skus]


def _asked(request: HttpRequest) -> list[str]:
    return (request.POST if request.method == "POST" else request.GET).getlist("only")


def _marked(basket: Basket, only: list[str]) -> Basket:
    """Mark what is to be redeemed: what was ticked, else all that can be had and goes the same way."""
    ready = [row for row in basket.rows if not row.trouble]
    kind = ready[0].sku.gift.is_virtual if ready else False
    for row in basket.rows:
        row.is_chosen = not row.trouble and (
            row.sku.code in only if only else row.sku.gift.is_virtual == kind
        )
    return basket


def _change(
    request: HttpRequest, member: Member | None, wanted: list[Wanted], quantities: dict[str, int]
) -> None:
    if member:
        services.change_cart(member.pk, quantities)
    else:
        visitor_cart.change(request, quantities, {want.sku.code: want.sku.points_price for want in wanted})


def _remove(request: HttpRequest, member: Member | None, code: str) -> HttpResponse:
    """Take a line out; the page that follows offers to put it back."""
    code = code.replace("\0", "")
    units = services.remove_from_cart(member.pk, code) if member else visitor_cart.remove(request, code)
    query = f"?{urlencode({'removed': code, 'units': units})}" if units else ""
    return redirect(f"{reverse('cart')}{query}")


def _put_back(request: HttpRequest, member: Member | None) -> HttpResponse:
    code, units = request.POST["put_back"].replace("\0", ""), request.POST.get("units", "")
    sku = inventory.skus_by_code([code]).get(code)
    if sku and units.isascii() and units.isdigit() and len(units) <= 4 and int(units) > 0:
        if member:
            services.put_in_cart(member.pk, code, int(units), at=timezone.now())
        else:
            visitor_cart.put(request, sku, int(units))
    return redirect("cart")


def _removed(request: HttpRequest) -> dict[str, object] | None:
    """Return what was just taken out, so that it can be put back."""
    code, units = request.GET.get("removed", "").replace("\0", ""), request.GET.get("units", "")
    if not (code and units.isascii() and units.isdigit() and len(units) <= 4):
        return None
    sku = inventory.skus_by_code([code]).get(code)
    return {"sku": sku, "units": units} if sku else None


def _cart_page(
    request: HttpRequest, member: Member | None, basket: Basket, form: CartForm, *, status: int = 200
) -> HttpResponse:
    available = member.account.available if member else None
    context = {
        "basket": basket,
        "pairs": form.pairs(),
        "available": available,
        "after": available - basket.points if available is not None else None,
        "removed": _removed(request),
        "obstacle": _obstacle(basket, available),
    }
    response = render(request, "orders/cart.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _obstacle(basket: Basket, available: int | None) -> str:
    """Say why the chosen lines cannot be redeemed together; empty when they can."""
    if not basket.chosen:
        return _("Tick what you want to redeem.")
    if basket.is_mixed:
        return _("Virtual gifts are redeemed on their own. Tick only virtual gifts, or none of them.")
    if available is not None and available < basket.points:
        missing = f"{basket.points - available:,}"
        return _("You are %(missing)s points short. Tick fewer gifts.") % {"missing": missing}
    return ""
