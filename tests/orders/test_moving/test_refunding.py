"""Points given back line by line for what was sent and came back."""

from __future__ import annotations

import pytest

from foundation.refusals import InvalidInput, NotFound, Refusal
from orders import services as orders
from orders.models import Order, OrderLine, Refund
from tests.orders.test_moving.states import LATER, MAKERS, everything_of, fresh
from tests.worlds import delivered, member, points_of, sku

pytestmark = pytest.mark.django_db


def refund(order: Order, *wanted: tuple[OrderLine, int], reference: str = "R1") -> Refund:
    returns = [orders.LineReturn(line.pk, quantity) for line, quantity in wanted]
    return orders.refund_lines(
        order.pk, returns, reference=reference, reason="broken", at=LATER, by="operator:lin"
    )


def test_refund_lines_gives_back_the_points_of_each_unit() -> None:
    somebody = member(points=1000)
    order = delivered(somebody, (sku(stock=5, price=100), 3), (sku(stock=5, price=30), 1))
    three, one = order.lines.order_by("position")
    given = refund(order, (three, 2), (one, 1))
    assert (given.points, points_of(somebody), fresh(order).points_refunded) == (230, (900, 0), 230)
    assert list(order.lines.order_by("position").values_list("returned", "points_refunded")) == [
        (2, 200),
        (1, 30),
    ]
    assert list(given.lines.order_by("pk").values_list("line", "quantity", "points")) == [
        (three.pk, 2, 200),
        (one.pk, 1, 30),
    ]
    event = order.events.get(kind="order.refunded")
    assert (event.data, event.from_status, event.to_status) == (
        {"points": 230, "refund": "R1"},
        "delivered",
        "delivered",
    )


def test_refund_lines_happens_once_for_each_reference() -> None:
    order = delivered(member(points=1000), (sku(stock=5, price=100), 3))
    line = order.lines.get()
    first = refund(order, (line, 1))
    before = everything_of(order)
    assert (refund(order, (line, 2)), everything_of(order)) == (first, before)


def test_refund_lines_refuses_more_than_was_sent_and_has_not_come_back() -> None:
    order = delivered(member(points=1000), (sku(stock=5, price=100), 3))
    foreign = delivered(member(points=1000), (sku(stock=5, price=100), 3)).lines.get()
    line = order.lines.get()
    refund(order, (line, 1))
    before = everything_of(order)
    wrong: list[tuple[type[Refusal], list[tuple[OrderLine, int]]]] = [
        (InvalidInput, [(line, 3)]),
        (InvalidInput, [(line, 0)]),
        (InvalidInput, [(line, -1)]),
        (InvalidInput, [(line, 1), (line, 2)]),
        (NotFound, []),
        (NotFound, [(line, 1), (foreign, 1)]),
    ]
    for refusal, wanted in wrong:
        with pytest.raises(refusal):
            refund(order, *wanted, reference="R2")
        assert everything_of(order) == before


@pytest.mark.parametrize("status", ["ready", "packed", "cancelled"])
def test_refund_lines_refuses_what_was_never_sent(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    before = everything_of(order)
    with pytest.raises(InvalidInput):
        refund(order, (order.lines.get(), 1))
    assert everything_of(order) == before
