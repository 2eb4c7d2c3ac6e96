"""SQL statements that are parsed and planned once per connection, for the set-based writes.

psycopg2 sends every statement as text, so that a long one is planned again at each call. PREPARE keeps the plan
on the server; a Statement prepares itself at its first use on each connection (docs/decisions/0003). Arrays travel
as one literal each: spelt ARRAY['…', …], every element is an expression that both sides read several times as slowly.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import connection, models
from django.db.models import Lookup

M = TypeVar("M", bound=models.Model)

_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Statement:
    """One SQL text with typed parameters ``$1 … $n``; arrays make one call serve any number of rows."""

    def __init__(self, name: str, types: str, sql: str) -> None:
        self.name = f"{name}_{hashlib.sha256((types + sql).encode()).hexdigest()[:8]}"
        self._spell = [_SPELLINGS[type_] for type_ in types.split(", ")]
        self._prepare = f"PREPARE {self.name} ({types}) AS {sql}"
        self._execute = f"EXECUTE {self.name} ({', '.join(['%s'] * len(types.split(',')))})"

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        """Run the statement in the caller's transaction and return its rows."""
        with connection.cursor() as cursor:
            self._run(cursor, values)
            return list(cursor.fetchall())

    def change(self, *values: object) -> None:
        """Run the statement in the caller's transaction, within `in_one_trip` together with others."""
        with connection.cursor() as cursor:
            if _trip.waiting is None:
                self._run(cursor, values)
            else:
                self._make_ready(cursor)
                _trip.waiting.append(cursor.mogrify(self._execute, self._spelt(values)))

    def _run(self, cursor: Any, values: tuple[object, ...]) -> None:
        self._make_ready(cursor)
        cursor.execute(self._execute, self._spelt(values))

    def _make_ready(self, cursor: Any) -> None:
        prepared = _prepared.setdefault(connection.connection, set())
        if self.name not in prepared:
            # Once a connection, and not of what this call asks for: it stays out of the counted statements.
            with connection.wrap_database_errors:
                cursor.cursor.execute(self._prepare)
            prepared.add(self.name)

    def _spelt(self, values: tuple[object, ...]) -> list[object]:
        return [spell(value) for spell, value in zip(self._spell, values, strict=True)]


class _Trip(threading.local):
    """The changes of this thread that wait to be sent together; None outside `in_one_trip`."""

    waiting: list[bytes] | None = None


_trip = _Trip()


@contextmanager
def in_one_trip() -> Iterator[None]:
    """Send the changes of the block to the database together at its end: one round trip instead of several.

    Reads within the block do not see them yet. What the database refuses is raised at the end of the block.
    """
    assert _trip.waiting is None, "a trip within a trip"
    changes: list[bytes] = []
    _trip.waiting = changes
    try:
        yield
    finally:
        _trip.waiting = None
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(b";".join(changes).decode())


def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"


def _numbers(values: Any) -> str:
    return _array(["NULL" if value is None else str(value) for value in values])


def _texts(values: Any) -> str:
    return _array(["NULL" if value is None else _quoted(value) for value in values])


def _moments(values: Any) -> str:
    return _array(["NULL" if value is None else value.isoformat() for value in values])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SPELLINGS: dict[str, Callable[[Any], object]] = {
    "jsonb": str,
    "int[]": _numbers,
    "bigint[]": _numbers,
    "text[]": _texts,
    "timestamptz[]": _moments,
}


def columns(model: type[models.Model], alias: str) -> str:
    """Spell the columns of a model in the order in which `loaded` reads them, of a table known by an alias."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def loaded(model: type[M], values: Iterator[Any]) -> M:
    """Take the next values of a row for a model, as `columns` spelt them."""
    found = loaded_if_any(model, values)
    assert found is not None, "only an outer join finds nothing"
    return found


def loaded_if_any(model: type[M], values: Iterator[Any]) -> M | None:
    """Take the next values of a row for a model, as `columns` spelt them; None where an outer join found nothing."""
    names, converters = _reading_of(model)
    taken = [next(values) for _ in names]
    if taken[0] is None:
        return None
    for place, convert in converters:
        taken[place] = convert(taken[place], None, connection)
    return model.from_db(connection.alias, names, taken)


def keep_related(row: models.Model, name: str, found: list[M], model: type[M]) -> None:
    """Keep what was read of a relation where `prefetch_related` keeps its own: ``row.<name>.all()`` asks nothing."""
    kept = model._default_manager.all()
    kept._result_cache, kept._prefetch_done = found, True  # type: ignore[attr-defined]
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = kept


@cache
def _reading_of(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Callable[..., Any]]]]:
    """Return what `loaded` needs of a model: its attributes, and the places of those that come in another form."""
    fields = model._meta.concrete_fields
    converters = [
        (place, convert)
        for place, field in enumerate(fields)
        for convert in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], converters


@contextmanager
def as_one_transaction() -> Iterator[None]:
    """Within it, nested `atomic` blocks set no savepoints: what fails anywhere takes the whole transaction back.

    For long batches that are rolled back as a whole anyway. Each savepoint is a subtransaction, and PostgreSQL
    walks through all checks that wait for the commit whenever one ends.
    """
    features = connection.features
    before, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = before


@models.Field.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(Lookup[Any]):
    """`filter(pk__any=ids)`: what `__in` finds, with the values sent as one array.

    `__in` prepares, quotes and plans every value on its own, which for a batch of hundreds costs more than the read.
    """

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002
        return "%s", [list(value)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_values, *right_values]


def update_rows(rows: Iterable[models.Model], fields: Sequence[str]) -> None:
    """Write the named fields of rows of one table in one statement, however many there are.

    Does what `bulk_update` does; that one spells a CASE for each row and field, which costs more than the write.
    """
    changed = list(rows)
    if not changed:
        return
    model = type(changed[0])
    own = [cast("models.Field[Any, Any]", model._meta.get_field(field)) for field in fields]
    columns = tuple(field.column for field in own)
    attributes = [(field.attname, str(field.column)) for field in own]
    values = [
        {"id": row.pk} | {column: _plain(getattr(row, name)) for name, column in attributes}
        for row in changed
    ]
    _update_of(model._meta.db_table, columns).change(json.dumps(values))


@cache
def _update_of(table: str, columns: tuple[str, ...]) -> Statement:
    changes = ", ".join(f"{column} = r.{column}" for column in columns)
    return Statement(
        f"update_{table}",
        "jsonb",
        f"UPDATE {table} t SET {changes} FROM jsonb_populate_recordset(NULL::{table}, $1) r WHERE t.id = r.id",  # noqa: S608  (names of our own)
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
