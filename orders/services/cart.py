"""A member's cart: what goes in, what goes out, and the click that makes it an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, Refusal
from foundation.retrying import with_retries
from inventory.models import Sku
from members import services as members
from orders.models import CartLine
from orders.rules.placement import MAX_QUANTITY, NotStored, PlacementRequest, UnknownSku
from orders.services.placing import Placed
from orders.services.queue import place_order

MAX_CART = 50
"""Lines of one cart; placement takes twice as many."""


class CartFull(Refusal):
    code = "cart_full"
    message = _("Your cart is full. Redeem or remove something first.")


def put_in_cart(member_id: int, sku_code: str, quantity: int, *, at: datetime) -> CartLine:
    """Put units of a SKU into a member's cart, on top of those that are there, at the price of the moment.

    :raises UnknownSku: there is none
    :raises InvalidInput: no sensible quantity
    :raises CartFull: too many different gifts
    :raises NotFound: the member has left
    """
    return with_retries(lambda: _put(member_id, sku_code, quantity, at=at))


@transaction.atomic
def _put(member_id: int, sku_code: str, quantity: int, *, at: datetime) -> CartLine:
    if not 0 < quantity <= MAX_QUANTITY:
        raise InvalidInput(field="quantity")
    sku = Sku.objects.filter(code=sku_code).first()
    if sku is None:
        raise UnknownSku(sku=sku_code)
    members.lock_customer(member_id)
    mine = CartLine.objects.filter(member_id=member_id)
    line = mine.select_for_update().filter(sku=sku).first()
    if line is None:
        if mine.count() >= MAX_CART:
            raise CartFull
        return CartLine.objects.create(
            member_id=member_id, sku=sku, quantity=quantity, unit_points=sku.points_price, added_at=at
        )
    line.quantity = min(line.quantity + quantity, MAX_QUANTITY)
    line.unit_points, line.added_at = sku.points_price, at
    line.save(update_fields=["quantity", "unit_points", "added_at"])
    return line


@transaction.atomic
def change_cart(member_id: int, quantities: Mapping[str, int]) -> None:
    """Set how many units of each SKU a member's cart holds; the member has seen today's prices by that.

    What is not in the cart any more stays out of it.

    :raises InvalidInput: no sensible quantity
    """
    if any(not 0 < quantity <= MAX_QUANTITY for quantity in quantities.values()):
        raise InvalidInput(field="quantity")
    lines = CartLine.objects.filter(member_id=member_id, sku__code__in=quantities)
    changed = list(lines.select_for_update(of=("self",)).select_related("sku").order_by("pk"))
    for line in changed:
        line.quantity, line.unit_points = quantities[line.sku.code], line.sku.points_price
    CartLine.objects.bulk_update(changed, ["quantity", "unit_points"])


def remove_from_cart(member_id: int, sku_code: str) -> int:
    """Take a SKU out of a member's cart and return how many units of it were there."""
    with transaction.atomic():
        lines = CartLine.objects.select_for_update().filter(member_id=member_id, sku__code=sku_code)
        removed = sum(line.quantity for line in lines)
        CartLine.objects.filter(member_id=member_id, sku__code=sku_code).delete()
    return removed


@transaction.atomic
def merge_into_cart(member_id: int, quantities: Mapping[str, int], *, at: datetime) -> None:
    """Bring what somebody chose before they signed in into their cart; what cannot be kept is left out.

    Of what is in the cart already the larger quantity stays: the same person meant the same gift.
    """
    held = dict(CartLine.objects.filter(member_id=member_id).values_list("sku__code", "quantity"))
    for sku_code, quantity in quantities.items():
        missing = quantity - held.get(sku_code, 0)
        if missing > 0:
            try:
                put_in_cart(member_id, sku_code, missing, at=at)
            except Refusal:
                continue


def place_from_cart(request: PlacementRequest) -> Placed:
    """Place an order and take what it ordered out of the cart, in one transaction.

    :raises Refusal: with its code; nothing has been changed, the cart neither
    """
    try:
        return with_retries(lambda: _place(request))
    except (IntegrityError, DataError) as refused:
        raise NotStored from refused


@transaction.atomic
def _place(request: PlacementRequest) -> Placed:
    placed = place_order(request)
    if placed.is_replay:
        return placed  # the first click emptied the cart; what lies there by now was put there since
    ordered = {line.sku: line.quantity for line in request.lines}
    lines = CartLine.objects.filter(member_id=request.member_id, sku__code__in=ordered)
    for line in lines.select_for_update(of=("self",)).select_related("sku").order_by("pk"):
        line.quantity -= ordered[line.sku.code]
        if line.quantity > 0:
            line.save(update_fields=["quantity"])
        else:
            line.delete()
    return placed
