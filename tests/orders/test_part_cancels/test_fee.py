"""What cancelling units costs: the fee of a whole cancel, never more by being done in parts."""

from __future__ import annotations

import pytest

from orders import services as orders
from orders.services.cancelling import FeeChanged
from tests.orders.test_changing import units_of
from tests.orders.test_part_cancels.parting import CLERK, cancel, fresh, tell
from tests.worlds import AT, member, move, packed, picking, points_of, sku, stock_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [picking, packed])
def test_the_fee_is_that_of_a_whole_cancel_on_what_is_cancelled(make: object) -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=105), sku(stock=9, price=30)
    order = make(somebody, (mug, 3), (tea, 2))  # type: ignore[operator]
    cancel(order, 1, 2, fee=8)  # 5 % of 165, rounded down
    order = fresh(order)
    assert (order.points_refunded, order.points_cancelled, points_of(somebody)) == (
        157,
        157,
        (1_000 - 375 + 157, 0),
    )
    assert units_of(order) == [(3, 1, 100), (2, 2, 57)]
    tell()
    orders.cancel_orders([orders.Move(order.pk, AT, CLERK, data={"fee": 10})])  # 5 % of the 210 that are left
    order = fresh(order)
    assert (order.points_refunded, points_of(somebody)) == (357, (982, 0))
    assert order.points_total - order.points_refunded == 18 == order.points_total * 5 // 100


def test_many_small_cancels_never_cost_more_than_one() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=33)
    order = picking(somebody, (mug, 9))
    for serial in range(8):
        cancel(order, 1, key=f"click {serial}")
    orders.cancel_orders([move(order)])
    assert 1_000 - points_of(somebody)[0] == 9 * (33 * 5 // 100) <= 9 * 33 * 5 // 100


def test_a_fee_that_was_not_shown_is_not_taken() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = picking(somebody, (mug, 3))
    for units in (1, 3):  # a part, and all of it
        with pytest.raises(FeeChanged) as refused:
            cancel(order, units, fee=0)
        assert refused.value.detail == {"fee": units * 5}
    assert (units_of(order), points_of(somebody), stock_of(mug)) == ([(3, 0, 0)], (700, 0), (9, 3))
