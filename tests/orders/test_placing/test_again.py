"""The same click again, and other orders under its id."""

from __future__ import annotations

import pytest

from orders import services as orders
from orders.models import Order
from orders.rules.placement import IdempotencyMismatch
from tests.api_clients import everything
from tests.worlds import member, move, placed, sku, wish

pytestmark = pytest.mark.django_db


def test_place_order_gives_a_retry_the_first_answer_whatever_happened_since() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    request = wish(somebody, (mug, 1))
    first = orders.place_order(request)
    orders.cancel_orders([move(Order.objects.get())])
    before = everything()
    second = orders.place_order(request)
    assert (second.receipt(), second.order_id, first.is_replay, second.is_replay) == (
        first.receipt(),
        first.order_id,
        False,
        True,
    )
    assert everything() == before


def test_place_order_refuses_another_order_under_a_request_id_that_was_used() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    orders.place_order(wish(somebody, (mug, 1), request_id="one"))
    before = everything()
    with pytest.raises(IdempotencyMismatch):
        orders.place_order(wish(somebody, (mug, 2), request_id="one"))
    assert everything() == before


def test_place_order_keeps_the_request_ids_of_two_members_apart() -> None:
    mug = sku(stock=5)
    made = [placed(member(points=100), (mug, 1), request_id="one") for _ in range(2)]
    assert len({order.pk for order in made}) == 2


def test_place_order_knows_an_order_by_its_channels_reference() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    first = orders.place_order(wish(somebody, (mug, 1), channel="bank", external_ref="B-1"))
    again = orders.place_order(wish(somebody, (mug, 1), channel="bank", external_ref="B-1"))
    elsewhere = orders.place_order(wish(somebody, (mug, 1), channel="shop", external_ref="B-1"))
    assert [again.order_id == first.order_id, again.is_replay, elsewhere.order_id == first.order_id] == [
        True,
        True,
        False,
    ]
    with pytest.raises(IdempotencyMismatch):
        orders.place_order(wish(somebody, (mug, 2), channel="bank", external_ref="B-1"))
