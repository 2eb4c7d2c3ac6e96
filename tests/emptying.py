"""Tables as the migrations left them, after a test that committed.

Django would TRUNCATE all tables, which makes new files for each and its indexes, and would let everything be made
again that follows a migration: half a second for a test that wrote a dozen rows.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import pgtrigger
from django.db import connection, transaction

MANY = 5_000
"""Rows from which on new files cost less than deleting."""
_ROWS = "json_agg(t ORDER BY t::text)::text"
_left: dict[str, str] = {}
"""The rows that the migrations left, as JSON, by their table."""


def remember() -> None:
    """Keep what the migrations left; to be called once, before the first test."""
    for table in _tables():
        ((rows, held),) = _ask(f"SELECT count(*), {_ROWS} FROM {table} AS t")
        if rows:
            _left[table] = held
    _touched.cache_clear()


def empty_tables(*, as_new: bool = False) -> None:
    """Bring every table back to what the migrations left; the append-only triggers let only this pass.

    :param as_new: make new files, whatever was written: PostgreSQL forgets what it learnt of the tables, and of how to
        find a row among none. A test that writes thousands begins so, as a new mall does.
    """
    touched: dict[str, int] = dict(_ask(_touched()))
    if not touched and not as_new:
        return
    if as_new or sum(touched.values()) > MANY:
        steps = [f"TRUNCATE {', '.join(_tables())}"]
        again = _left
    else:
        steps = [f"DELETE FROM {table}" for table in touched]
        again = {table: rows for table, rows in _left.items() if table in touched}
    steps += [
        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)" for table in again
    ]
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("; ".join(steps), list(again.values()))


@cache
def _tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


@cache
def _touched() -> str:
    """The statement that tells which tables differ from what was left, and how many rows each has."""
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*) FROM {table} AS t HAVING md5({_ROWS}) IS DISTINCT FROM '{_sum(table)}'"
        if table in _left
        else f"SELECT '{table}', count(*) FROM {table} HAVING count(*) > 0"
        for table in _tables()
    )


def _sum(table: str) -> str:
    return hashlib.md5(_left[table].encode(), usedforsecurity=False).hexdigest()


def _ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
