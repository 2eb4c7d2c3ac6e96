"""Shelves as placement sees them: what is free where, and which warehouse comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import services as inventory
from inventory.models import Gift, Sku, Warehouse
from tests.worlds import AT, sku

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def mug() -> Sku:
    """Three mugs in Shanghai, five in Chengdu, which comes second."""
    made = sku(stock=3)
    inventory.add_warehouse(Warehouse(code="west", name="成都仓", region_code="510100", priority=200))
    inventory.receive_stock([inventory.Arrival(made.code, "west", 5, "in/west", AT, "test")])
    return made


def test_lock_shelves_reads_what_is_free_in_each_warehouse_by_priority(mug: Sku) -> None:
    (shelf,) = inventory.lock_shelves([mug.code, mug.code, "unknown"]).values()
    codes = dict(Warehouse.objects.values_list("pk", "code"))
    assert [(codes[warehouse], free) for _stock, warehouse, free in shelf.free] == [("main", 3), ("west", 5)]
    assert (shelf.sku_code, shelf.points_price, shelf.gift_id) == (mug.code, mug.points_price, mug.gift_id)


def test_take_draws_on_the_first_warehouse_that_has_enough(mug: Sku) -> None:
    shelf = inventory.lock_shelves([mug.code])[mug.code]
    (main, main_id, _), (west, west_id, _) = shelf.free
    assert [shelf.take(3), shelf.take(1), shelf.take(5), shelf.take(4, main_id)] == [main, west, None, None]
    assert [place[2] for place in shelf.free] == [0, 4]
    assert shelf.take(4, west_id) == west


@pytest.mark.parametrize(
    ("since", "until", "listed", "redeemable"),
    [
        (None, None, True, True),
        (None, None, False, False),
        (AT, None, True, True),
        (AT + HOUR, None, True, False),
        (None, AT, True, False),
        (None, AT + HOUR, True, True),
    ],
)
def test_is_redeemable_while_the_gift_is_on_the_shelf(
    mug: Sku, since: object, until: object, listed: bool, redeemable: bool
) -> None:
    Gift.objects.filter(pk=mug.gift_id).update(on_shelf_from=since, on_shelf_until=until, is_listed=listed)
    assert inventory.lock_shelves([mug.code])[mug.code].is_redeemable(AT) is redeemable


def test_is_redeemable_asks_the_sku_too(mug: Sku) -> None:
    Sku.objects.filter(pk=mug.pk).update(is_active=False)
    assert inventory.lock_shelves([mug.code])[mug.code].is_redeemable(AT) is False
