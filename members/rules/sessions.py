"""How long somebody stays signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

NOTED_EVERY = timedelta(minutes=3)
"""So often, at most, a page that is opened is written down."""

REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stay:
    """A session ends when nothing was opened for `idle`, and in any case `longest` after it began."""

    idle: timedelta
    longest: timedelta

    def left(self, *, since: datetime, at: datetime) -> timedelta:
        """Return how long a session lives on if nothing more is opened; zero or less when it is over."""
        return min(self.idle, since + self.longest - at)


def stay_of(*, is_operator: bool, is_remembered: bool, member_idle: int, operator_idle: int) -> Stay:
    """Return how long somebody may stay; the idle times are in minutes. No device is remembered for an operator."""
    if is_operator:
        return Stay(timedelta(minutes=operator_idle), timedelta(hours=8))
    if is_remembered:
        return Stay(REMEMBERED, 3 * REMEMBERED)
    return Stay(timedelta(minutes=member_idle), timedelta(hours=12))
