"""Dates as people type them into the one box."""

from __future__ import annotations

from datetime import date

import pytest

from orders.rules.searching import days_meant

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-11-03", (date(2026, 11, 3), date(2026, 11, 3))),
        ("2026年11月3日", (date(2026, 11, 3), date(2026, 11, 3))),
        (" 11 月 3 号 ", (date(2026, 11, 3), date(2026, 11, 3))),
        ("11-3", (date(2026, 11, 3), date(2026, 11, 3))),
        ("12月3日", (date(2025, 12, 3), date(2025, 12, 3))),
        ("2月29日", (date(2024, 2, 29), date(2024, 2, 29))),
        ("2026年2月", (date(2026, 2, 1), date(2026, 2, 28))),
        ("11月", (date(2026, 11, 1), date(2026, 11, 30))),
        ("昨天", (date(2026, 11, 21), date(2026, 11, 21))),
        ("Today", (TODAY, TODAY)),
        ("2026-10-01 2026-10-31", (date(2026, 10, 1), date(2026, 10, 31))),
        ("10月1日至10月31日", (date(2026, 10, 1), date(2026, 10, 31))),
        ("10月1日-11月3日", (date(2026, 10, 1), date(2026, 11, 3))),
        (" 10-1 ~ 10-31 ", (date(2026, 10, 1), date(2026, 10, 31))),
        ("9 月 到 10 月", (date(2026, 9, 1), date(2026, 10, 31))),
        ("11月20日到1月5日", (date(2025, 11, 20), date(2026, 1, 5))),
        ("2026-11-01 to today", (date(2026, 11, 1), TODAY)),
        ("2026-10-31 - 2026-10-01", (date(2026, 10, 1), date(2026, 10, 31))),
        ("10月到花瓶", None),
        ("11-1 11-2 11-3", None),
        ("到", None),
        ("2026-13-01", None),
        ("2月31日", None),
        ("0000-01-01", None),
        ("花瓶", None),
        ("261103", None),
        ("999999999999999999", None),
        ("", None),
    ],
)
def test_a_date_is_read_and_anything_else_left_alone(typed: str, days: tuple[date, date] | None) -> None:
    assert days_meant(typed, TODAY) == days
