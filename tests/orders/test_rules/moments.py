"""The moment of these tests, lengths of time, and moments as Shanghai tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orders.rules import numbers

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def shanghai(month: int, day: int, hour: int = 10, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=numbers.SHANGHAI)
