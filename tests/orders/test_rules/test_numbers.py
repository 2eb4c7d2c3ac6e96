"""Numbers of orders: their check digit, their day, and that nobody can count them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules import numbers
from tests.orders.test_rules.moments import AT


@pytest.mark.parametrize(("digits", "check"), [("572", "4"), ("43881234567", "9"), ("0", "0"), ("", "0")])
def test_check_digit_is_damms(digits: str, check: str) -> None:
    assert numbers.check_digit(digits) == check


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_check_digit_notices_every_wrong_digit(digits: str, place: int, off: int) -> None:
    number = digits + numbers.check_digit(digits)
    wrong = f"{number[:place]}{(int(number[place]) + off) % 10}{number[place + 1 :]}"
    assert (numbers.is_number(number), numbers.is_number(wrong)) == (True, False)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16))
def test_check_digit_notices_every_swap_of_neighbours(digits: str, place: int) -> None:
    number = digits + numbers.check_digit(digits)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert numbers.is_number(swapped) == (swapped == number)


def test_new_number_begins_with_the_day_in_shanghai_and_cannot_be_counted() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert [numbers.new_number(moment)[:6] for moment in (late - timedelta(seconds=1), late)] == [
        "261231",
        "270101",
    ]
    made = [numbers.new_number(AT) for _ in range(500)]
    assert (len(set(made)), all(map(numbers.is_number, made))) == (500, True)
    assert sum(one < other for one, other in pairwise(made)) not in (0, 499)


@pytest.mark.parametrize(
    "text", ["", "26110212345678901", "2611021234567890123", "２６1102123456789012", "x" * 18]
)
def test_is_number_refuses_what_is_none(text: str) -> None:
    assert numbers.is_number(text) is False
