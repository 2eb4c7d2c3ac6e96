"""What is known of a person, for the file they may ask for: each floor names its rows, the top one collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model, QuerySet

Row = dict[str, object]
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Chapter:
    """One list of the file. `rows` takes a member's id and reads bit by bit, however much there is."""

    name: str
    rows: Callable[[int], Iterable[Row]]


def told(rows: QuerySet[Model], *fields: str) -> Iterator[Row]:
    """Return some fields of each row, oldest first, read in chunks."""
    return rows.order_by("pk").values(*fields).iterator(chunk_size=CHUNK)


def picked(row: Model, *fields: str) -> Row:
    """Return some fields of one row."""
    return {field: getattr(row, field) for field in fields}
