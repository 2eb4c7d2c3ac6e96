"""Tables for spreadsheet programs: text that cannot become a formula, numbers that stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that a file is UTF-8."""


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_rows(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the text of a CSV file row by row, a byte order mark first; whole numbers are written as they are."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([value if isinstance(value, int) else safe_cell(str(value)) for value in row])


def safe_cell(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text
