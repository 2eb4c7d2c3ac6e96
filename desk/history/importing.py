"""The run of an import: chunks of orders, each one transaction; refused rows go to a file beside the one read."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.db import connection
from django.utils.translation import gettext as _

from desk.history.chunks import Outcome
from desk.history.crew import Done, crew
from desk.history.living import CLOCK
from desk.history.reading import NOTES, Group, HistoryFile, Trouble
from desk.history.settling import open_house
from members import services as members

CHUNK = 250
"""Orders that share a transaction; its rows stay locked for about half a second."""


@dataclass(slots=True)
class Tally:
    """What an import did so far."""

    orders: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    refused: int = 0
    refused_rows: int = 0
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
    workers: int = 1,
    progress: Callable[[int, Tally], None] = lambda _position, _tally: None,
) -> Tally:
    """Bring the orders of a history file into the mall and return what came of them; safe to run again.

    :param as_of: the moment of moving in; the clock catches up until then
    :param workers: processes that import; one means this one
    :param progress: told how far into the file (bytes) the import is
    :raises Unusable: not a history file, or a mall that cannot take one; nothing has been imported
    :raises Busy: rows stayed locked by others; run it again to go on
    """
    file = HistoryFile.open(path)
    rejections = Rejections(path.with_name(f"{path.name}.rejected.csv"), file.header)
    try:
        house = open_house(warehouse)
        with crew(workers, house=house, as_of=as_of) as hands:
            run = _Run(rejections)
            waiting: list[dict[str, Group]] = [{} for _hand in range(hands.size)]
            for group in file.orders(as_of=as_of):
                if group.order is None:
                    run.note([group])
                    continue
                mine = hands.place_of(group.order)
                if group.order.ref in waiting[mine] or len(waiting[mine]) >= chunk:
                    run.note_all(hands.give(mine, list(waiting[mine].values())))
                    progress(group.end, run.tally)
                    waiting[mine] = {}
                waiting[mine][group.order.ref] = group
            for mine, groups in enumerate(waiting):
                run.note_all(hands.give(mine, list(groups.values())))
            run.note_all(hands.finish())
        run.finish(as_of)
        progress(path.stat().st_size, run.tally)
    finally:
        rejections.close()
        file.close()
    return run.tally


class _Run:
    """One import under way: counts what comes back and keeps what was refused."""

    def __init__(self, rejections: Rejections) -> None:
        self.tally = Tally()
        self._rejections = rejections
        self._analysed = 0

    def note_all(self, done: Iterable[Done]) -> None:
        """Count chunks that are done."""
        for groups, outcome in done:
            for group in groups:
                if group.order and (trouble := outcome.troubles.get(group.order.ref)):
                    group.refuse(trouble)
            self.tally.outcome.add(replace(outcome, troubles={}))
            self.note(groups)

    def note(self, groups: Sequence[Group]) -> None:
        """Count orders, and write down those that were refused."""
        self.tally.orders += len(groups)
        for group in groups:
            if group.order is None:
                self.tally.refused += 1
                self.tally.refused_rows += len(group.rows)
                self.tally.reasons.update(raw.trouble.code for raw in group.rows if raw.trouble)
                self._rejections.write(group)
        if self.tally.outcome.imported >= max(500, 4 * self._analysed):
            self._analyse()

    def finish(self, as_of: datetime) -> None:
        """Expire what came back to members long ago, and tell the planner of the tables as they are now."""
        while members.expire_points(at=as_of, by=CLOCK):
            pass
        if self.tally.outcome.imported >= self._analysed + 100:
            self._analyse()

    def _analyse(self) -> None:
        """Let the planner see how the tables grew: plans made while they were empty take for ever."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self._analysed = self.tally.outcome.imported
