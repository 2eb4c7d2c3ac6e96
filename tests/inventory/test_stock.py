"""Stock outside placement: received, adjusted, released, shipped, returned; counters equal their movements."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from foundation.refusals import InvalidInput, NotFound
from inventory import services as inventory
from inventory.models import Reservation, Sku, Stock, StockMovement, Warehouse
from inventory.services.stock import ReasonNeeded
from tests.worlds import AT, sku, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Sku:
    """Ten mugs, three of which are promised to "A/1"."""
    made = sku(stock=10)
    reserve(made, 3, "A/1")
    return made


def reserve(item: Sku, quantity: int, reference: str) -> None:
    stock = Stock.objects.get(sku=item, warehouse__code="main")
    inventory.reserve([inventory.Promise(stock.pk, quantity, reference, AT, "test")])


def arrival(item: Sku, quantity: int, reference: str, warehouse: str = "main") -> inventory.Arrival:
    return inventory.Arrival(item.code, warehouse, quantity, reference, AT, "operator:lin")


def departures(*references: str) -> list[inventory.Departure]:
    return [inventory.Departure(reference, AT, "test") for reference in references]


def books() -> tuple[object, ...]:
    """All that is known of stock, to compare before and after."""
    return tuple(
        list(model.objects.order_by("pk").values_list()) for model in (Stock, StockMovement, Reservation)
    )


def moves_of(reference: str) -> list[tuple[str, int, int]]:
    rows = StockMovement.objects.filter(reference=reference).order_by("pk")
    return list(rows.values_list("kind", "on_hand_change", "reserved_change"))


def adjust(stock: Stock, change: int, reason: str = "broken") -> Stock:
    return inventory.adjust_stock(
        stock.pk, change=change, reason=reason, reference="count/1", at=AT, by="operator:lin"
    )


# --- Received and adjusted


def test_receive_stock_puts_units_on_hand_once_for_each_reference(mug: Sku) -> None:
    assert inventory.receive_stock([arrival(mug, 5, "in/1"), arrival(mug, 2, "in/2")]) == 2
    assert inventory.receive_stock([arrival(mug, 5, "in/1"), arrival(mug, 1, "in/3")]) == 1
    assert (stock_of(mug), moves_of("in/1")) == ((18, 3), [("received", 5, 0)])


def test_receive_stock_takes_one_reference_for_several_skus(mug: Sku) -> None:
    lamp = sku()
    assert inventory.receive_stock([arrival(mug, 5, "in/1"), arrival(lamp, 4, "in/1")]) == 2
    assert [stock_of(mug), stock_of(lamp)] == [(15, 3), (4, 0)]


@pytest.mark.parametrize("quantity", [0, -1])
def test_receive_stock_refuses_nothing(mug: Sku, quantity: int) -> None:
    before = books()
    with pytest.raises(InvalidInput) as refused:
        inventory.receive_stock([arrival(mug, 1, "in/1"), arrival(mug, quantity, "in/2")])
    assert (refused.value.detail, books()) == ({"field": "quantity"}, before)


@pytest.mark.parametrize(("code", "warehouse"), [("NONE", "main"), (None, "nowhere")])
def test_receive_stock_refuses_what_it_does_not_know(mug: Sku, code: str | None, warehouse: str) -> None:
    before = books()
    unknown = inventory.Arrival(code or mug.code, warehouse, 1, "in/2", AT, "operator:lin")
    with pytest.raises(NotFound):
        inventory.receive_stock([arrival(mug, 1, "in/1"), unknown])
    assert books() == before


def test_adjust_stock_changes_what_is_on_hand_and_says_why(mug: Sku) -> None:
    stock = adjust(Stock.objects.get(sku=mug), -7, "seven broken")
    assert (stock.on_hand, stock.reserved) == stock_of(mug) == (3, 3)
    (movement,) = StockMovement.objects.filter(kind="adjusted")
    assert (movement.on_hand_change, movement.reason, movement.by) == (-7, "seven broken", "operator:lin")


def test_adjust_stock_refuses_no_reason_no_change_and_promised_units(mug: Sku) -> None:
    stock, before = Stock.objects.get(sku=mug), books()
    for change, reason, refusal in [
        (-1, " ", ReasonNeeded),
        (0, "why", InvalidInput),
        (-8, "lost", inventory.OutOfStock),
    ]:
        with pytest.raises(refusal):
            adjust(stock, change, reason)
    assert books() == before


# --- What was promised is released, or shipped and may return


def test_reserve_promises_units_once_for_each_line(mug: Sku) -> None:
    assert (stock_of(mug), moves_of("A/1")) == ((10, 3), [("reserved", 0, 3)])
    before = books()
    with pytest.raises(IntegrityError), transaction.atomic():
        reserve(mug, 1, "A/1")
    assert books() == before


def test_reserve_refuses_more_than_is_free(mug: Sku) -> None:
    before = books()
    with pytest.raises(IntegrityError, match="reserved_within_on_hand"), transaction.atomic():
        reserve(mug, 8, "A/2")
    assert books() == before


def test_release_gives_units_back_and_only_once(mug: Sku) -> None:
    for _ in range(2):
        inventory.release(departures("A/1", "unknown"))
        assert (stock_of(mug), moves_of("A/1")[1:]) == ((10, 0), [("released", 0, -3)])
    reservation = Reservation.objects.get()
    assert (reservation.outcome, reservation.ended_at) == ("released", AT)


def test_ship_out_takes_units_out_of_the_house_and_only_once(mug: Sku) -> None:
    for _ in range(2):
        inventory.ship_out(departures("A/1"))
        assert (stock_of(mug), moves_of("A/1")[1:]) == ((7, 0), [("shipped", -3, -3)])


def test_what_was_shipped_cannot_be_released_nor_the_other_way_round(mug: Sku) -> None:
    reserve(mug, 2, "B/1")
    inventory.ship_out(departures("A/1"))
    inventory.release(departures("B/1"))
    before = books()
    inventory.release(departures("A/1"))
    inventory.ship_out(departures("B/1"))
    assert books() == before


def test_take_back_puts_units_where_they_were_shipped_from_and_once(mug: Sku) -> None:
    inventory.ship_out(departures("A/1"))
    back = [inventory.Return("A/1", 2, "A-R1/1", AT, "operator:lin")]
    inventory.take_back(back)
    assert (stock_of(mug), moves_of("A-R1/1")) == ((9, 0), [("returned", 2, 0)])
    before = books()
    with pytest.raises(IntegrityError), transaction.atomic():
        inventory.take_back(back)
    assert books() == before


@pytest.mark.parametrize("reference", ["A/1", "unknown"])
def test_take_back_refuses_what_never_shipped(mug: Sku, reference: str) -> None:
    before = books()
    with pytest.raises(NotFound):
        inventory.take_back([inventory.Return(reference, 1, "R/1", AT, "operator:lin")])
    assert books() == before


@pytest.mark.parametrize("changes", [{"reserved": -1}, {"reserved": 11}, {"on_hand": 2}])
def test_the_database_refuses_counters_that_cannot_be(mug: Sku, changes: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="reserved_within_on_hand"), transaction.atomic():
        Stock.objects.filter(sku=mug).update(**changes)


def test_counters_are_the_sum_of_their_movements(mug: Sku) -> None:
    reserve(mug, 2, "B/1")
    inventory.ship_out(departures("A/1"))
    inventory.release(departures("B/1"))
    inventory.take_back([inventory.Return("A/1", 1, "A-R1/1", AT, "operator:lin")])
    adjust(Stock.objects.get(sku=mug), 4, "found")
    rows = StockMovement.objects.filter(stock__sku=mug).values_list("on_hand_change", "reserved_change")
    assert tuple(map(sum, zip(*rows, strict=True))) == stock_of(mug) == (12, 0)


# --- The catalogue


def test_every_sku_has_a_stock_row_in_every_warehouse(mug: Sku) -> None:
    inventory.add_warehouse(Warehouse(code="west", name="成都仓", region_code="510100", priority=200))
    lamp = sku()
    rows = Stock.objects.order_by("sku", "warehouse").values_list(
        "sku", "warehouse__code", "on_hand", "reserved"
    )
    assert list(rows) == [
        (mug.pk, "main", 10, 3),
        (mug.pk, "west", 0, 0),
        (lamp.pk, "main", 0, 0),
        (lamp.pk, "west", 0, 0),
    ]
