"""By when somebody answers, counted in the hours that people work."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from orders.rules.deadlines import is_working_day
from orders.rules.numbers import SHANGHAI

OPENS, CLOSES = time(9), time(18)
"""When the service desk works, on working days with their make-up days."""

HOURS = {"delivery": 9, "gift": 18, "points": 9, "service": 18, "privacy": 9, "other": 18}
"""Working hours within which each kind of complaint is answered; nine are one working day."""

CLOSES_AFTER = timedelta(days=7)
"""How long an answered complaint waits for the member before it closes by itself."""

REOPENED_WITHIN = timedelta(days=15)
"""How long after an answer the member may say that it does not settle the matter."""
MOST_ROUNDS = 3
"""How often one complaint is answered at most; what is still open then is a new one, for somebody new."""


def after_hours(at: datetime, hours: int) -> datetime:
    """Return the moment when so many working hours have passed since another one, in the same time zone."""
    local, left = at.astimezone(SHANGHAI), timedelta(hours=hours)
    while True:
        opens, closes = (datetime.combine(local.date(), hour, SHANGHAI) for hour in (OPENS, CLOSES))
        if is_working_day(local.date()) and local < closes:
            local = max(local, opens)
            if local + left <= closes:
                return (local + left).astimezone(at.tzinfo)
            left -= closes - local
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, SHANGHAI)
