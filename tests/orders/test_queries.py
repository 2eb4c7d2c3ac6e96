"""Reads of orders: whose, in which order, and for how many statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.refusals import InvalidInput, NotFound
from inventory.models import Gift
from orders import queries
from orders import services as orders
from orders.models import Order
from orders.models.order import TABS
from tests.worlds import AT, member, move, placed, sku

pytestmark = pytest.mark.django_db


def numbers(page: queries.Page) -> list[str]:
    return [order.number for order in page.orders]


@pytest.fixture
def mine() -> list[Order]:
    """Five orders of one member, the last two in the same moment, beside one of somebody else; newest first."""
    somebody, mug = member(points=10_000), sku(stock=100)
    placed(member(points=1000), (mug, 1), at=AT)
    moments = [
        AT,
        AT + timedelta(hours=1),
        AT + timedelta(hours=2),
        AT + timedelta(days=1),
        AT + timedelta(days=1),
    ]
    made = [placed(somebody, (mug, 1), at=at) for at in moments]
    return sorted(made, key=lambda order: (order.placed_at, order.pk), reverse=True)


def test_order_page_walks_all_orders_of_a_member_newest_first_in_one_statement_a_page(
    mine: list[Order],
) -> None:
    member_id, walked, after, sizes = mine[0].member_id, [], None, []
    while after != "":
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = queries.order_page(member_id, after=after, size=2)
            lines = [line.quantity for order in page.orders for line in order.lines.all()]
        assert len(asked) == 1
        assert lines == [1] * len(page.orders)
        walked += numbers(page)
        sizes.append(len(page.orders))
        after = page.after
    assert walked == [order.number for order in mine]
    assert sizes == [2, 2, 1]


def test_order_page_is_the_same_when_orders_come_in_between(mine: list[Order]) -> None:
    first = queries.order_page(mine[0].member_id, size=3)
    placed(mine[0].member, (sku(stock=1), 1), at=AT + timedelta(days=2))
    second = queries.order_page(mine[0].member_id, after=first.after, size=3)
    assert numbers(first) + numbers(second) == [order.number for order in mine]


def test_order_page_filters_by_state_tab_and_moment(mine: list[Order]) -> None:
    member_id = mine[0].member_id
    orders.cancel_orders([move(mine[0])])
    ready = [order.number for order in mine[1:]]
    assert numbers(queries.order_page(member_id, status="cancelled")) == [mine[0].number]
    assert numbers(queries.order_page(member_id, status="preparing")) == ready
    day = queries.order_page(member_id, placed_from=AT + timedelta(hours=1), placed_to=AT + timedelta(days=1))
    assert numbers(day) == [mine[2].number, mine[3].number]


def test_order_page_searches_by_number_and_by_the_gifts_name_through_the_catalogue() -> None:
    somebody, cup, lamp = member(points=10_000), sku(stock=9), sku(stock=9)
    Gift.objects.filter(pk=cup.gift_id).update(name="青花瓷杯", name_en="Porcelain cup")
    Gift.objects.filter(pk=lamp.gift_id).update(name="台灯", name_en="Desk lamp")
    of_cup, of_lamp = placed(somebody, (cup, 1)), placed(somebody, (lamp, 1))
    placed(member(points=1000), (cup, 1))
    found = {
        q: numbers(queries.order_page(somebody.pk, q=q))
        for q in ("瓷杯", "porcelain", "LAMP", of_lamp.number, of_lamp.number[-9:], "%", "nothing")
    }
    assert found == {
        "瓷杯": [of_cup.number],
        "porcelain": [of_cup.number],
        "LAMP": [of_lamp.number],
        of_lamp.number: [of_lamp.number],
        of_lamp.number[-9:]: [of_lamp.number],
        "%": [],
        "nothing": [],
    }


def test_order_page_with_a_search_takes_three_statements(mine: list[Order]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert len(queries.order_page(mine[0].member_id, q="礼品").orders) == 5
    assert len(asked) == 3


@pytest.mark.parametrize("cursor", ["x", "!!", "MTIz", "LTE", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE"])
def test_order_page_refuses_a_cursor_that_is_not_ours(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        queries.order_page(1, after=cursor)
    assert refused.value.detail == {"field": "cursor"}


def test_order_page_refuses_a_state_that_does_not_exist_and_a_nul() -> None:
    with pytest.raises(InvalidInput):
        queries.order_page(1, status="lost")
    with pytest.raises(InvalidInput):
        queries.order_page(1, q="a\0b")


def test_order_in_full_brings_lines_and_events_in_two_statements(mine: list[Order]) -> None:
    with CaptureQueriesContext(connection) as asked:
        order = queries.order_in_full(mine[0].member_id, mine[0].number)
        told = [event.kind for event in order.events.all()]
        lines = [(line.position, line.quantity) for line in order.lines.all()]
    assert (len(asked), told, lines) == (2, ["order.placed", "order.confirmed"], [(1, 1)])


def test_order_in_full_does_not_find_a_foreign_order(mine: list[Order]) -> None:
    for number in (mine[0].number, "0" * 18, "a\0b", "１２"):
        with pytest.raises(NotFound):
            queries.order_in_full(member().pk, number)


def test_counts_by_tab_counts_every_order_under_one_tab_in_one_statement(mine: list[Order]) -> None:
    orders.cancel_orders([move(mine[0])])
    queries.counts_by_tab(mine[0].member_id)  # prepared at its first use on a connection
    with CaptureQueriesContext(connection) as asked:
        counts = queries.counts_by_tab(mine[0].member_id)
    assert len(asked) == 1
    assert counts == {
        "all": 5,
        "to_review": 0,
        "to_pay": 0,
        "preparing": 4,
        "on_the_way": 0,
        "completed": 0,
        "ended": 1,
        "after_sale": 0,
    }


def test_every_state_stands_under_one_tab() -> None:
    assert sorted(status for statuses in TABS.values() for status in statuses) == sorted(Order.Status.values)
