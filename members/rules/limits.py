"""How often something may be tried, and when it may be tried again. Nobody is locked out on purpose: a lock holds for
one network, or for strangers to the account, ends by itself, and trying on does not prolong it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries in a stretch of time; when they are used up, none for `pause` (or till the stretch ends).

    A stretch begins with its first try.
    """

    scope: str
    most: int
    within: timedelta
    pause: timedelta | None = None


# A log-in is paid for before the password is looked at, and given back when it was right.
PASSWORD_FROM_NETWORK = Limit("password.network", 5, 15 * MINUTE, 15 * MINUTE)
"""One account from one network."""
PASSWORD_ON_DEVICE = Limit("password.device", 5, 15 * MINUTE, 15 * MINUTE)
"""One account in a browser that has signed in to it before: its owner is untouched by what strangers try."""
PASSWORD_OF_ACCOUNT = Limit("password.account", 50, HOUR, 15 * MINUTE)
"""One account from all networks together, against guesses from many of them."""
SIGN_IN_FROM_NETWORK = Limit("sign-in.network", 100, 15 * MINUTE)
"""All accounts from one network, passwords and codes together; an office shares one."""
PASSWORD_IN_TOTAL = Limit("password.total", 20_000, 15 * MINUTE)
"""Everybody who is not on a device of theirs."""

# Codes for a number, whoever asks; from one network fewer than in all, so that it leaves some to others.
CODES_FOR_NUMBER = (Limit("code.minute", 1, MINUTE), Limit("code.hour", 5, HOUR), Limit("code.day", 10, DAY))
CODES_FROM_ONE_PLACE = (Limit("code.place-hour", 3, HOUR), Limit("code.place-day", 6, DAY))
"""For one number from one network."""
CODES_ON_DEVICES = (
    Limit("code.device-minute", 1, MINUTE),
    Limit("code.device-hour", 5, HOUR),
    Limit("code.device-day", 10, DAY),
)
"""For one account in browsers that have signed in to it before: strangers use none of them up."""
CODE_FROM_NETWORK = Limit("code.network", 20, HOUR)

OLD_PASSWORD = Limit("password.old", 5, 15 * MINUTE, 15 * MINUTE)
MAIL_CHANGE = Limit("mail.change", 5, DAY)
DOWNLOAD = Limit("download.own", 3, DAY)


def code_budget(most: int) -> Limit:
    """Return how many codes may go out by SMS in an hour, to everybody together."""
    return Limit("code.budget", most, HOUR)


@dataclass(frozen=True, slots=True)
class Count:
    """What is known of a limit's tries: how many, and when the count begins again (UTC)."""

    used: int
    ends_at: datetime


def one_more(limit: Limit, count: Count | None, at: datetime) -> Count | None:
    """Return the count after one more try at this moment; None when there is none left."""
    if count is None or count.used == 0 or count.ends_at <= at:
        count = Count(0, at + limit.within)
    if count.used >= limit.most:
        return None
    used = count.used + 1
    is_full = used == limit.most and limit.pause is not None
    return Count(used, at + limit.pause if is_full and limit.pause else count.ends_at)
