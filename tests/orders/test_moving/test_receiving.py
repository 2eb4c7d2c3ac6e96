"""Orders sent, received and closed, and the cases that keep them open."""

from __future__ import annotations

import pytest

from orders import services as orders
from tests.orders.test_moving.states import LATER, MAKERS, everything_of, fresh, last_event
from tests.worlds import member, move, packed, shipped, signed, sku, stock_of

pytestmark = pytest.mark.django_db


def test_mark_shipped_takes_the_units_out_of_the_house() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    order = packed(somebody, (mug, 3))
    parcels = {"parcels": [{"number": "1", "waybill": "SF1"}]}
    orders.mark_shipped([orders.Move(order.pk, LATER, "operator:wang", data=parcels)])
    assert (stock_of(mug), order.lines.get().shipped, fresh(order).shipped_at) == ((2, 0), 3, LATER)
    assert order.events.get(kind="order.shipped").data == parcels


def test_mark_delivered_leaves_an_order_that_its_member_confirmed_signed() -> None:
    order, other = (shipped(member(points=100), (sku(stock=1), 1)) for _ in range(2))
    orders.confirm_receipt([move(order, by="member:1")])
    before = everything_of(order)
    moved = orders.mark_delivered([move(order, at=LATER), move(other, at=LATER)])
    assert ([each.pk for each in moved], everything_of(order)) == ([other.pk], before)
    assert (fresh(other).status, fresh(other).delivered_at) == ("delivered", LATER)
    assert orders.mark_delivered([move(order), move(other)]) == []


def test_an_open_case_keeps_an_order_from_closing() -> None:
    order = signed(member(points=100), (sku(stock=1), 1))
    orders.open_case(move(order))
    before = everything_of(order)
    with pytest.raises(orders.CaseOpen):
        orders.close_orders([move(order)])
    assert everything_of(order) == before
    orders.end_case(move(order))
    orders.close_orders([move(order)])
    assert list(order.events.order_by("seq").values_list("kind", flat=True))[-3:] == [
        "order.case_opened",
        "order.case_ended",
        "order.closed",
    ]


@pytest.mark.parametrize("status", MAKERS)
def test_a_case_opens_once_something_has_arrived_and_until_the_order_is_closed(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    before = everything_of(order)
    if status in ("delivered", "signed"):
        assert orders.open_case(move(order)).open_cases == 1
        assert last_event(order)[1:4] == ("order.case_opened", status, status)
        return
    with pytest.raises(orders.TransitionRefused):
        orders.open_case(move(order))
    assert everything_of(order) == before
