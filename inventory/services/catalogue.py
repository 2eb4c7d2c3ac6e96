"""Gifts and SKUs as operators bring them in."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from foundation.pictures import Picture
from inventory.models import UPLOADED, Gift, Sku, Stock, Warehouse

PICTURES = "gifts"
"""Where uploaded pictures lie under MEDIA_ROOT. They stay: orders of the past show what was redeemed."""


@transaction.atomic
def add_gifts(gifts: list[Gift]) -> list[Gift]:
    """Save new gifts.

    :raises IntegrityError: a code is taken
    """
    return Gift.objects.bulk_create(gifts)


@transaction.atomic
def save_gift(gift: Gift, *, fresh: Picture | None = None) -> Gift:
    """Save a gift as an operator wants it; a fresh picture becomes its first, or else its last one.

    :raises IntegrityError: the code is taken
    """
    if fresh is not None:
        path = _keep(fresh)
        if not gift.picture:
            gift.picture = path
        elif path not in gift.pictures:
            gift.more_pictures = [*gift.more_pictures, path]
    gift.save()
    return gift


def _keep(picture: Picture) -> str:
    """Write a picture under a name that only it has, and return its path; the same picture is written once."""
    name = f"{hashlib.sha256(picture.jpeg).hexdigest()[:32]}.jpg"
    if not default_storage.exists(picture_path(name)):
        default_storage.save(picture_path(name), ContentFile(picture.jpeg))
    return f"{UPLOADED}{name}"


def picture_path(name: str) -> str:
    """Return where an uploaded picture lies under MEDIA_ROOT."""
    return f"{PICTURES}/{name[:2]}/{name}"


@transaction.atomic
def add_skus(skus: list[Sku]) -> list[Sku]:
    """Save new SKUs with an empty stock row in every warehouse, so that placement can lock them.

    :raises IntegrityError: a code or barcode is taken
    """
    saved = Sku.objects.bulk_create(skus)
    warehouses = list(Warehouse.objects.all())
    Stock.objects.bulk_create(
        Stock(sku=sku, warehouse=warehouse) for sku in saved for warehouse in warehouses
    )
    return saved


@transaction.atomic
def add_warehouse(warehouse: Warehouse) -> Warehouse:
    """Save a new warehouse with an empty stock row for every SKU."""
    warehouse.save()
    Stock.objects.bulk_create(Stock(sku=sku, warehouse=warehouse) for sku in Sku.objects.all())
    return warehouse
