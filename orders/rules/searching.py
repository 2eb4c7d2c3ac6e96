"""What somebody means who types into the one box of their orders: a day, a month, from one to another, or words."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?|月)?")
_DAY = re.compile(r"(\d{1,2})(?:月(\d{1,2})[日号]?|[-/.](\d{1,2}))")
_MONTH = re.compile(r"(\d{1,2})月份?")
_AGO = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_UNTIL = re.compile(r"\s*(?:[~～至到—–]+|\bto\b|(?<=[日号月])-|\s-)\s*|(?<=[\d日号月])\s+(?=\d)")


def days_meant(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last day somebody means, or None when it is no date: a gift's name, a number.

    2026-11-03, 2026年11月3日, 11月3日, 11-3, 2026-11, 11月, 昨天; 11月1日至11月9日, 11-1 ~ 11-9, 9月到11月.
    Without a year, the latest that is not to come.
    """
    if days := _one(text, today):
        return days
    ends = _UNTIL.split(text.strip().lower())
    if len(ends) != 2 or (last := _one(ends[1], today)) is None or (first := _one(ends[0], last[0])) is None:
        return None
    return min(first[0], last[0]), max(first[1], last[1])


def _one(text: str, today: date) -> tuple[date, date] | None:
    text = "".join(text.split()).lower()
    if text in _AGO:
        day = today - timedelta(days=_AGO[text])
        return day, day
    try:
        if match := _FULL.fullmatch(text):
            year, month, day_of_month = (int(part) if part else 0 for part in match.groups())
            return _within(year, month, day_of_month)
        if match := _DAY.fullmatch(text):
            month, day_of_month = int(match[1]), int(match[2] or match[3])
            return _latest(today, month, day_of_month)
        if match := _MONTH.fullmatch(text):
            return _latest(today, int(match[1]), 0)
    except ValueError:  # 31 February
        return None
    return None


def _within(year: int, month: int, day: int) -> tuple[date, date]:
    if day:
        return date(year, month, day), date(year, month, day)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _latest(today: date, month: int, day: int) -> tuple[date, date]:
    for year in range(today.year, today.year - 8, -1):  # 29 February waits eight years at most
        try:
            first, last = _within(year, month, day)
        except ValueError:
            continue
        if first <= today:
            return first, last
    raise ValueError(month)
