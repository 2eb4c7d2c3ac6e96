"""Reads a history file row by row: never more of it in memory than one order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.history.cells import BadCell
from desk.history.past import (
    COLUMNS,
    OPTIONAL,
    ORDER_COLUMNS,
    PastOrder,
    Row,
    read_line,
    read_order,
    whole_order,
)
from orders.rules.placement import MAX_LINES

NOTES = ("refused_line", "refused_code", "refused_reason")
"""Columns that the file of refused rows adds; ignored, so that a mended one can be imported as it is."""

MOST_ROWS = 2 * MAX_LINES
"""Rows of one order that are kept to look at; a row after them is refused at once."""

LONGEST_LINE = 1_000_000
"""Characters after which a line that does not end is cut; what is left of it is refused like any bad row."""


class Unusable(Exception):
    """The file as a whole is not a history file; nothing of it has been imported."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row was refused: a stable code, and the reason in words."""

    code: str
    reason: str


@dataclass(slots=True)
class RawRow:
    """A row as it stands in the file, from which line on, and how far into the file (bytes) it ends."""

    line: int
    cells: list[str]
    end: int
    row: Row = field(default_factory=dict)
    trouble: Trouble | None = None


@dataclass(slots=True)
class Group:
    """The rows of one order, and the order they tell of, unless a row is refused."""

    rows: list[RawRow]
    order: PastOrder | None = None

    @property
    def end(self) -> int:
        """How far into the file (bytes) the group ends."""
        return self.rows[-1].end

    def refuse(self, trouble: Trouble) -> None:
        """Refuse the whole order, on its first row."""
        self.order, self.rows[0].trouble = None, trouble


class HistoryFile:
    """A history file that is being read."""

    def __init__(self, stream: TextIO) -> None:
        """Read the heading.

        :raises Unusable: empty, or columns missing, unknown or named twice
        """
        self._stream = stream
        self._position = 0
        self._rows = csv.reader(self._lines(), strict=True)
        self.header = self._read_header()

    @classmethod
    def open(cls, path: Path) -> HistoryFile:
        """Open a file; bytes that are no UTF-8 are kept as they are, to be refused with their row.

        :raises Unusable: cannot be read, or is not a history file
        """
        try:
            stream = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
        except OSError as failure:
            raise Unusable(failure.strerror) from failure
        try:
            return cls(stream)
        except Unusable:
            stream.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def orders(self, *, as_of: datetime) -> Iterator[Group]:
        """Yield the orders of the file, one after the other, each read or with the rows that refuse it."""
        rows: list[RawRow] = []
        for raw in self._raw_rows():
            if rows and _ref_of(raw) != _ref_of(rows[0]):
                yield _group(rows, as_of)
                rows = []
            rows.append(raw)
            if len(rows) > MOST_ROWS:
                raw.trouble = Trouble("too_many_rows", _("Too many rows name the same order."))
                yield Group([rows.pop()])
        if rows:
            yield _group(rows, as_of)

    def _lines(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST_LINE):
            self._position += len(line.encode("utf-8", "surrogateescape"))
            yield line

    def _read_header(self) -> list[str]:
        try:
            header = [name.strip() for name in next(self._rows, [])]
        except csv.Error as failure:
            raise Unusable(_("The first line is no heading of a CSV file.")) from failure
        if not header:
            raise Unusable(_("The file is empty."))
        problems = [
            (_("missing: %(columns)s"), [name for name in COLUMNS if name not in {*header, *OPTIONAL}]),
            (_("unknown: %(columns)s"), [_shown(name) for name in header if name not in {*COLUMNS, *NOTES}]),
            (_("twice: %(columns)s"), sorted({name for name in header if header.count(name) > 1})),
        ]
        words = [text % {"columns": ", ".join(names[:10])} for text, names in problems if names]
        if words:
            raise Unusable(
                _("The columns are not those of a history file; %(what)s.") % {"what": "; ".join(words)}
            )
        return header

    def _raw_rows(self) -> Iterator[RawRow]:
        empty = dict.fromkeys(COLUMNS, "")
        while True:
            line = self._rows.line_num + 1
            try:
                cells = next(self._rows, None)
            except csv.Error as failure:
                raw = RawRow(line, [], self._position)
                reason = _("The row cannot be read: %(what)s.") % {"what": failure}
                raw.trouble = Trouble("unreadable", reason)
                yield raw
                continue
            if cells is None:
                return
            if not cells:
                continue  # an empty line
            raw = RawRow(line, cells, self._position)
            if len(cells) == len(self.header):
                raw.row = empty | dict(zip(self.header, cells, strict=True))
            else:
                reason = _("The row has %(found)s cells; the heading has %(wanted)s.")
                raw.trouble = Trouble(
                    "wrong_number_of_cells", reason % {"found": len(cells), "wanted": len(self.header)}
                )
            yield raw


def _shown(name: str) -> str:
    return name[:40].encode("ascii", "backslashreplace").decode()


def _ref_of(raw: RawRow) -> str | int:
    """Rows that name the same order stand together; one that names none stands alone."""
    return raw.row.get("order_ref", "").strip() or raw.line


ROWS_DIFFER = gettext_lazy("“%(column)s” differs from the first row of the order.")


def _group(rows: list[RawRow], as_of: datetime) -> Group:
    """Turn the rows of an order into the order; a row that cannot be read refuses all of them."""
    group, first, lines = Group(rows), rows[0], []
    try:
        order = None if first.trouble else read_order(first.row)
    except BadCell as bad:
        first.trouble = Trouble(bad.code, bad.reason)
    for raw in rows:
        if raw.trouble:
            continue
        try:
            for column in ORDER_COLUMNS if raw is not first else ():
                if raw.row[column] != first.row[column]:
                    raise BadCell("rows_differ", ROWS_DIFFER, column=column)
            lines.append(read_line(raw.row))
        except BadCell as bad:
            raw.trouble = Trouble(bad.code, bad.reason)
    if not any(raw.trouble for raw in rows) and order is not None:
        try:
            group.order = whole_order(order, lines, as_of=as_of)
        except BadCell as bad:
            first.trouble = Trouble(bad.code, bad.reason)
    return group
