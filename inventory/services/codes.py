"""Codes of virtual gifts: stocked like units, each given to one unit of one order, shown to its member only.

A code is never logged, never part of a message or a fact; who reads it has the gift.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import NotFound, Refusal
from foundation.sql import update_rows
from inventory.models import Sku, Stock, VirtualCode
from inventory.services.stock import Arrival, receive_stock

LONGEST_CODE = 200


class NotVirtual(Refusal):
    code = "not_virtual"
    message = _("“%(name)s” is a gift that is sent; it has no codes.")


class NoCodeLeft(Refusal):
    """Units were promised that are no codes: somebody adjusted the stock of a virtual gift by hand."""

    code = "no_code_left"
    message = _("No code of “%(sku)s” is left.")


@transaction.atomic
def add_codes(sku_code: str, secrets: Iterable[str], *, batch: str, at: datetime, by: str) -> int:
    """Stock codes of a virtual gift and return how many were new; a code that is there already stays as it is.

    :param batch: what they came in; the same batch may be sent again
    :raises NotFound: no such SKU
    :raises NotVirtual: its gift is sent in a parcel
    """
    sku = Sku.objects.select_for_update(of=("self",)).select_related("gift").filter(code=sku_code).first()
    if sku is None:
        raise NotFound
    if not sku.gift.is_virtual:
        raise NotVirtual(name=sku.gift.label)
    wanted = list(dict.fromkeys(secrets))
    known = set(VirtualCode.objects.filter(sku=sku, secret__in=wanted).values_list("secret", flat=True))
    fresh = [secret for secret in wanted if secret not in known]
    if not fresh:
        return 0
    made = VirtualCode.objects.bulk_create(
        VirtualCode(sku=sku, secret=secret, batch=batch, added_at=at, added_by=by) for secret in fresh
    )
    stock = Stock.objects.filter(sku=sku).order_by("warehouse__priority", "warehouse__code")
    warehouse = stock.values_list("warehouse__code", flat=True)[0]
    receive_stock([Arrival(sku.code, warehouse, len(made), f"codes/{made[0].pk}", at, by)])
    return len(made)


@dataclass(frozen=True, slots=True)
class Handout:
    """So many codes of a SKU for an order line; `reference` is "order number/position"."""

    reference: str
    sku_id: int
    sku_code: str
    quantity: int


@transaction.atomic
def give_codes(handouts: Sequence[Handout], *, at: datetime) -> None:
    """Give each unit of some order lines a code of its own, those that were stocked first coming first.

    Codes that another worker holds are passed by; one code per unit is a UNIQUE besides.

    :raises NoCodeLeft: fewer codes than units; nothing has been given
    """
    given: list[VirtualCode] = []
    for handout in handouts:
        nobodys = VirtualCode.objects.filter(sku=handout.sku_id, given_at=None).order_by("pk")
        codes = list(nobodys.select_for_update(skip_locked=True)[: handout.quantity])
        if len(codes) < handout.quantity:
            raise NoCodeLeft(sku=handout.sku_code)
        for unit, code in enumerate(codes, start=1):
            code.reference, code.given_at = f"{handout.reference}/{unit}", at
        given += codes
    update_rows(given, ["reference", "given_at"])


@transaction.atomic
def show_codes(references: Iterable[str], *, at: datetime) -> dict[str, list[str]]:
    """Return the codes of order lines by their reference, noting when they were first read."""
    shown: dict[str, list[str]] = {}
    for reference in references:
        codes = list(
            VirtualCode.objects.select_for_update()
            .filter(reference__startswith=f"{reference}/")
            .order_by("pk")
        )
        for code in codes:
            code.shown_at = code.shown_at or at
        update_rows(codes, ["shown_at"])
        shown[reference] = [code.secret for code in codes]
    return shown
