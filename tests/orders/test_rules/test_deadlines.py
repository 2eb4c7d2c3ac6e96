"""Deadlines: Chinese working days where people work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orders.models import Order
from orders.rules import deadlines
from tests.orders.test_rules.moments import AT, MINUTE, shanghai


@pytest.mark.parametrize(
    ("status", "entered", "due"),
    [
        ("under_review", shanghai(11, 2), shanghai(11, 3)),
        ("under_review", shanghai(11, 6), shanghai(11, 9)),  # over a week-end
        ("ready", shanghai(11, 5), shanghai(11, 9)),  # two working days
        ("under_review", shanghai(9, 30), shanghai(10, 8)),  # over the National Day holiday
        ("under_review", shanghai(2, 13), shanghai(2, 14)),  # a Saturday worked before the Spring Festival
        ("ready", shanghai(2, 13), shanghai(2, 24)),  # that Saturday, and the first day after the Festival
        ("under_review", shanghai(11, 6, 1), shanghai(11, 9, 1)),  # in UTC this was still Thursday
        (
            "under_review",
            shanghai(1, 2, year=2099),
            shanghai(1, 5, year=2099),
        ),  # announced by nobody: week-ends
        ("awaiting_payment", shanghai(11, 2), shanghai(11, 2) + 30 * MINUTE),
        ("shipped", shanghai(11, 2), shanghai(11, 17)),
        ("delivered", shanghai(11, 2), shanghai(11, 9)),
        ("signed", shanghai(11, 2), shanghai(11, 9)),
    ],
)
def test_deadline_counts_chinese_working_days_where_people_work(
    status: str, entered: datetime, due: datetime
) -> None:
    assert deadlines.deadline(status, entered.astimezone(UTC)) == due


def test_deadline_is_none_only_at_an_end_and_before_the_decision() -> None:
    without = [status for status in Order.Status if deadlines.deadline(status, AT) is None]
    assert without == ["created", "closed", "rejected", "cancelled", "expired"]
