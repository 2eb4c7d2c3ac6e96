"""By when something must happen to an order in each state, and what the clock then does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import chinese_calendar

from orders.models.order import Status
from orders.rules.numbers import SHANGHAI

WORKING_DAYS = {Status.UNDER_REVIEW: 1, Status.READY: 2, Status.PICKING: 1, Status.PACKED: 1}
"""Working days (Chinese calendar with its make-up days) that people have for each state they work on."""

SPANS = {
    Status.AWAITING_PAYMENT: timedelta(minutes=30),
    Status.SHIPPED: timedelta(days=15),
    Status.DELIVERED: timedelta(days=7),
    Status.SIGNED: timedelta(days=7),
}
"""How long payment may take, a parcel may travel, a member may wait to confirm, and gifts may be sent back."""


def deadline(status: str, at: datetime) -> datetime | None:
    """Return when an order that enters a state at this moment is due to leave it; None for an end."""
    if status in SPANS:
        return at + SPANS[Status(status)]
    if status in WORKING_DAYS:
        local = at.astimezone(SHANGHAI)
        day = _working_day_after(local.date(), WORKING_DAYS[Status(status)])
        return local.replace(year=day.year, month=day.month, day=day.day).astimezone(at.tzinfo)
    return None


def sending_days(today: date) -> tuple[date, date]:
    """Return the first and the last day on which an order that is ready today usually leaves the house."""
    steps = (Status.READY, Status.PICKING, Status.PACKED)
    return _working_day_after(today, 1), _working_day_after(today, sum(WORKING_DAYS[step] for step in steps))


@cache
def _working_day_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Tell whether people work on a day, by the Chinese calendar with its make-up days."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year whose holidays the State Council has not announced
        return day.weekday() < 5
