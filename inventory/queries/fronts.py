"""The front of the mall: what its first page shows to everybody, kept by each process for a moment.

No page is asked for more often, and working it out reads every gift. Nothing is decided by it: a gift's own page and
the placement read the stock as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice
from operator import attrgetter
from threading import Lock

from inventory.models import Category, Gift
from inventory.queries import shelves

KEPT = timedelta(seconds=2)
"""How old the front may be: a gift that has just sold out looks free for so long."""


@dataclass(frozen=True, slots=True)
class Front:
    """The shelf as it stood at a moment; `version` names it for what is drawn of it."""

    at: datetime
    version: int
    categories: list[Category]
    gifts: list[Gift]
    _dearest_first: list[Gift]

    def within_reach(self, points: int, most: int) -> list[Gift]:
        """Return the dearest gifts in stock that so many points buy."""
        return list(islice((gift for gift in self._dearest_first if _points_from(gift) <= points), most))


_free, _points_from = attrgetter("free"), attrgetter("points_from")

_versions = count(1)
_refreshing = Lock()
_kept: Front | None = None


def front(at: datetime) -> Front:
    """Return the front as it stood at most `KEPT` before; each gift has what `shelf` gives it.

    While one thread reads it anew the others go on with the last one.
    """
    global _kept  # noqa: PLW0603
    last = _kept
    if last is not None and timedelta() <= at - last.at < KEPT:
        return last
    if not _refreshing.acquire(blocking=last is None):
        assert last is not None
        return last
    try:
        if _kept is last:
            _kept = _read(at)
        assert _kept is not None
        return _kept
    finally:
        _refreshing.release()


def forget_front() -> None:
    """Forget the front, so that the next who asks reads it anew."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read(at: datetime) -> Front:
    gifts = list(shelves.shelf(at=at))
    dearest_first = sorted(
        filter(_free, gifts), key=_points_from, reverse=True
    )  # equal ones stay in their order
    return Front(at, next(_versions), list(shelves.categories(at)), gifts, dearest_first)
