"""Gifts and SKUs as operators bring them in."""

from __future__ import annotations

from django.db import transaction

from inventory.models import Gift, Sku, Stock, Warehouse


@transaction.atomic
def add_gifts(gifts: list[Gift]) -> list[Gift]:
    """Save new gifts.

    :raises IntegrityError: a code is taken
    """
    return Gift.objects.bulk_create(gifts)


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
