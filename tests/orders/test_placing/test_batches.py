"""Many orders at once: each accepted or refused on its own."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.refusals import Refusal
from orders import services as orders
from orders.models import Order
from tests.worlds import member, points_of, sku, stock_of, wish

pytestmark = pytest.mark.django_db


def named(outcome: orders.Placed | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return outcome.code
    return "replayed" if outcome.is_replay else "placed"


def test_place_orders_accepts_or_refuses_each_on_its_own() -> None:
    rich, poor, mug = member(points=1000), member(points=100), sku(stock=3, price=100)
    twin = wish(rich, (mug, 1), request_id="twin")
    requests = [
        wish(poor, (mug, 1)),
        wish(poor, (mug, 1)),
        twin,
        wish(rich, (mug, 5)),
        twin,
        wish(rich, (mug, 2), request_id="twin"),
        wish(rich, (mug, 1), channel="bank", external_ref="B-1"),
        wish(rich, (mug, 1), channel="bank", external_ref="B-1"),
        wish(rich, (mug, 1)),
    ]
    outcomes = orders.place_orders(requests)
    assert [named(outcome) for outcome in outcomes] == [
        "placed",
        "insufficient_points",
        "placed",
        "out_of_stock",
        "replayed",
        "idempotency_mismatch",
        "placed",
        "replayed",
        "out_of_stock",
    ]
    assert (Order.objects.count(), points_of(rich), points_of(poor), stock_of(mug)) == (
        3,
        (800, 0),
        (0, 0),
        (3, 3),
    )


def test_place_orders_asks_the_database_as_often_for_many_as_for_one() -> None:
    mug = sku(stock=99)
    sizes = {}
    for size in (1, 2, 10):
        requests = [wish(member(points=100), (mug, 1)) for _ in range(size)]
        with CaptureQueriesContext(connection) as asked:
            orders.place_orders(requests)
        sizes[size] = Counter(query["sql"].split()[0] for query in asked.captured_queries)["EXECUTE"]
    assert sizes == {1: 5, 2: 5, 10: 5}


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_place_orders_places_the_others_when_the_database_refuses_one() -> None:
    mug = sku(stock=9)
    buyers = [member(points=100) for _ in range(3)]
    broken = wish(buyers[1], (mug, 1), note="长" * 201)
    outcomes = orders.place_orders([wish(buyers[0], (mug, 1)), wish(buyers[2], (mug, 1))])
    assert [named(outcome) for outcome in outcomes] == ["placed", "placed"]
    requests = [wish(member(points=100), (mug, 1)), broken, wish(member(points=100), (mug, 1))]
    outcomes = orders.place_orders(requests)
    assert [named(outcome) for outcome in outcomes] == ["placed", "not_stored", "placed"]
    assert (Order.objects.count(), points_of(buyers[1])) == (4, (100, 0))


def test_place_order_inside_a_transaction_is_part_of_it() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    with transaction.atomic():
        orders.place_order(wish(somebody, (mug, 1)))
        transaction.set_rollback(True)
    assert (Order.objects.count(), points_of(somebody), stock_of(mug)) == (0, (1000, 0), (5, 0))
