"""The run of an import: chunks of orders, each one transaction; refused rows go to a file beside the one read."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Max
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from desk.history.living import CHANNEL, CLOCK, Life, RefusedInPart, live, place
from desk.history.past import ENDS, PastOrder
from desk.history.reading import NOTES, Group, HistoryFile, Trouble
from desk.history.settling import House, open_house, what_hinders
from foundation.refusals import Busy, Refusal
from foundation.retrying import with_retries
from foundation.sql import as_one_transaction
from members import services as members
from orders.models import Order, OrderEvent
from orders.models.order import ENDED_EARLY, Status

CHUNK = 250
"""Orders that share a transaction; its rows stay locked for about half a second."""


@dataclass(slots=True)
class Tally:
    """What an import did so far. `states` counts orders by end state in the file and state in the mall now."""

    orders: int = 0
    imported: int = 0
    continued: int = 0
    already_there: int = 0
    refused: int = 0
    refused_rows: int = 0
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    @property
    def speed(self) -> float:
        """Orders read per second so far."""
        return self.orders / max(time.monotonic() - self.started, 0.001)


class Rejections:
    """The file of refused rows, made when the first row is refused; one of an earlier run is taken away."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self._header = [*NOTES, *(name for name in header if name not in NOTES)]
        self._kept = [place for place, name in enumerate(header) if name not in NOTES]
        self._stream: TextIO | None = None
        self._rows: Any = None
        path.unlink(missing_ok=True)

    def write(self, group: Group) -> None:
        """Write all rows of a refused order, each with its reason."""
        if self._stream is None:
            self._stream = self.path.open("w", encoding="utf-8-sig", errors="surrogateescape", newline="")
            self._rows = csv.writer(self._stream)
            self._rows.writerow(self._header)
        other = Trouble("order_refused", _("Another row of this order was refused, so the whole order was."))
        for raw in group.rows:
            trouble = raw.trouble or other
            cells = [raw.cells[i] for i in self._kept if i < len(raw.cells)]
            self._rows.writerow([raw.line, trouble.code, trouble.reason, *cells])

    def close(self) -> None:
        """Finish the file."""
        if self._stream is not None:
            self._stream.close()


def import_file(
    path: Path,
    *,
    as_of: datetime,
    warehouse: str | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int, Tally], None] = lambda _position, _tally: None,
) -> Tally:
    """Bring the orders of a history file into the mall and return what came of them; safe to run again.

    :param as_of: the moment of moving in; the clock catches up until then
    :param progress: told how far into the file (bytes) the import is
    :raises Unusable: not a history file, or a mall that cannot take one; nothing has been imported
    :raises Busy: rows stayed locked by others; run it again to go on
    """
    file = HistoryFile.open(path)
    rejections = Rejections(path.with_name(f"{path.name}.rejected.csv"), file.header)
    try:
        run = _Run(house=open_house(warehouse), as_of=as_of, rejections=rejections)
        waiting: dict[str, Group] = {}
        for group in file.orders(as_of=as_of):
            ref = group.order.ref if group.order else f"\0{group.rows[0].line}"
            if ref in waiting or len(waiting) >= chunk:
                run.take(list(waiting.values()))
                progress(group.end, run.tally)
                waiting = {}
            waiting[ref] = group
        run.take(list(waiting.values()))
        run.finish()
        progress(path.stat().st_size, run.tally)
        while members.expire_points(at=as_of, by=CLOCK):
            pass  # what came back to members long ago has expired since
    finally:
        rejections.close()
        file.close()
    return run.tally


class _Run:
    """One import under way."""

    def __init__(self, *, house: House, as_of: datetime, rejections: Rejections) -> None:
        self.house = house
        self.as_of = as_of
        self.rejections = rejections
        self.tally = Tally()
        self._analysed = 0

    def take(self, groups: Sequence[Group]) -> None:
        """Import a chunk and count what came of each order."""
        self._attempt([group for group in groups if group.order])
        self.tally.orders += len(groups)
        for group in groups:
            if group.order is None:
                self.tally.refused += 1
                self.tally.refused_rows += len(group.rows)
                self.tally.reasons.update(raw.trouble.code for raw in group.rows if raw.trouble)
                self.rejections.write(group)
        if self.tally.imported >= max(500, 4 * self._analysed):
            self._analyse()

    def finish(self) -> None:
        """Leave the planner with what it has to know of the tables as they are now."""
        if self.tally.imported >= self._analysed + 100:
            self._analyse()

    def _attempt(self, groups: Sequence[Group]) -> None:
        """Import orders together; what cannot be imported is found by halves and refused alone."""
        left = list(groups)
        while left:
            try:
                with_retries(partial(self._import, left))
            except RefusedInPart as partly:
                for group in left:
                    if group.order and (refusal := partly.refusals.get(group.order.ref)):
                        group.refuse(Trouble(refusal.code, str(refusal)))
                left = [group for group in left if group.order]
                continue
            except Busy:
                raise
            except (Refusal, IntegrityError, DataError, TransactionManagementError) as failure:
                self._halve(left, failure)
            return

    def _halve(self, groups: Sequence[Group], failure: Exception) -> None:
        if len(groups) > 1:
            self._attempt(groups[: len(groups) // 2])
            self._attempt(groups[len(groups) // 2 :])
        elif isinstance(failure, Refusal):
            groups[0].refuse(Trouble(failure.code, str(failure)))
        else:
            groups[0].refuse(Trouble("database_refused", str(failure).splitlines()[0]))

    def _import(self, groups: Sequence[Group]) -> None:
        with transaction.atomic(), as_one_transaction():
            known = _known([group.order for group in groups if group.order])
            latest = _latest_facts(known.values())
            for group in groups:
                standing = known.get(group.order.ref) if group.order else None
                if group.order and standing:
                    trouble = _contradiction(group.order, standing, latest[standing.pk])
                    if trouble:
                        group.refuse(trouble)
            past = [group.order for group in groups if group.order]
            fresh = [order for order in past if order.ref not in known]
            hindered = what_hinders(fresh)
            for group in groups:
                if group.order and group.order.ref in hindered:
                    group.refuse(hindered[group.order.ref])
            fresh = [order for order in fresh if order.ref not in hindered]
            placed = place(fresh, self.house) if fresh else []
            older = [Life(o, known[o.ref].pk, known[o.ref].status) for o in past if o.ref in known]
            going_on = [life for life in older if _next_step(life.past, life.status)]
            live([*going_on, *placed], as_of=self.as_of)
        self.tally.imported += len(placed)
        self.tally.continued += len(going_on)
        self.tally.already_there += len(older) - len(going_on)
        self.tally.states.update((life.past.end_state, str(life.status)) for life in [*placed, *older])

    def _analyse(self) -> None:
        """Let the planner see how the tables grew: plans made while they were empty take for ever."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self._analysed = self.tally.imported


def _known(past: Sequence[PastOrder]) -> dict[str, Order]:
    """Lock the orders that came with an earlier run and return them by reference."""
    rows = Order.objects.filter(channel=CHANNEL, external_ref__any=[order.ref for order in past])
    return {str(row.external_ref): row for row in rows.order_by("pk").select_for_update(of=("self",))}


def _latest_facts(standing: Iterable[Order]) -> dict[int, datetime]:
    """Return when the last thing happened to orders."""
    facts = OrderEvent.objects.filter(order__any=[order.pk for order in standing]).order_by()
    return dict(facts.values_list("order").annotate(Max("occurred_at")))


_STEPS = {
    Status.READY: ("approved_at",),
    Status.PICKING: ("picking_at",),
    Status.PACKED: ("packed_at",),
    Status.SHIPPED: ("shipped_at",),
    Status.DELIVERED: ("delivered_at",),
    Status.SIGNED: ("signed_at",),
    Status.CLOSED: ("closed_at",),
}
"""The moment at which an order entered each state of its life."""


def _next_step(past: PastOrder, status: str) -> datetime | None:
    """Return when a file says that an order left the state it stands in; None when it did not."""
    if status in {*ENDED_EARLY, Status.CLOSED}:
        return None
    states = list(_STEPS)
    later = states[states.index(Status(status)) + 1 :] if status in _STEPS else states
    return past.at(*(step for state in later for step in _STEPS[state]), *ENDS)


def _contradiction(past: PastOrder, standing: Order, latest: datetime) -> Trouble | None:
    """Tell why a file cannot speak of an order that stands in the mall already."""
    if past.digest != standing.request_digest:
        return Trouble(
            "order_differs", _("An order with this reference was imported before with other content.")
        )
    following = _next_step(past, standing.status)
    if standing.status in ENDED_EARLY:
        parted = max(past.moments.values()) > standing.entered_at
    else:
        parted = past.end_state in ENDED_EARLY and not _can_end(past, standing)
    if parted or (following is not None and following < latest):
        return Trouble(
            "moved_on",
            _("The order has moved on in the mall since it was imported; it is “%(status)s” now.")
            % {"status": standing.get_status_display()},
        )
    return None


def _can_end(past: PastOrder, standing: Order) -> bool:
    moves = {
        Status.REJECTED: standing.reject,
        Status.CANCELLED: standing.cancel,
        Status.EXPIRED: standing.expire,
    }
    return bool(can_proceed(moves[Status(past.end_state)]))
