"""Points split over lines without losing any, and the fee of a cancellation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.models import Order
from orders.rules import amounts


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (10, [6, 3, 1], [6, 3, 1]),
        (7, [1, 5, 1], [1, 5, 1]),
        (5, [2, 3, 3], [1, 2, 2]),
        (1, [1, 2, 3], [0, 0, 1]),
        (0, [1, 2], [0, 0]),
        (5, [0, 0], [0, 0]),
        (5, [0, 1], [0, 5]),
        (1, [], []),
    ],
)
def test_split_gives_the_largest_remainders_what_is_left(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert amounts.split(amount, weights) == parts


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**12), min_size=1, max_size=20).filter(any))
def test_split_loses_nothing_and_is_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    parts, total = amounts.split(amount, weights), sum(weights)
    assert sum(parts) == amount
    assert all(
        abs(part * total - amount * weight) < total for part, weight in zip(parts, weights, strict=True)
    )


def test_cancellation_costs_once_the_warehouse_has_begun() -> None:
    fees = {status: amounts.cancellation_fee(status, 199) for status in Order.Status}
    assert {status: fee for status, fee in fees.items() if fee} == {"picking": 9, "packed": 9}
    assert amounts.cancellation_fee("picking", 19) == 0
