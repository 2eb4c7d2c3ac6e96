"""Real threads on real connections, brought together at the point where they could hurt each other.

Each race is run twice: as the code is, and with its guards switched off by the test, which must break the property.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from typing import Any, Protocol

import psycopg2
import pytest
from django.db import connection, connections, models

from foundation.refusals import Refusal
from foundation.sql import Statement
from members.models import PointsPosting
from members.services import points
from tests import emptying

PATIENCE = 60.0
"""Seconds until a test gives up: only a deadlock of its own making takes so long."""

_SETTLED = """
    SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND l.locktype IN ('transactionid', 'tuple') AND a.datname = current_database()
"""

Work = Callable[[], Any]
Guard = Callable[["Guards"], None]


class Leavable(Protocol):
    """A meeting, as far as whoever is done cares."""

    def leave(self) -> None:
        """Be done: nobody waits for this party any more."""


class Meeting:
    """Holds threads at one point until every party has come there, waits for a row somebody locked, or is done."""

    def __init__(self, parties: int) -> None:
        self._parties = parties
        self._count = threading.Lock()
        self._looking = threading.Lock()
        self._open, self._left = threading.Event(), threading.Event()
        self._here = self._done = 0
        self.waiting_for_rows = 0
        """How many waited for a locked row when everybody had come."""

    def wait(self) -> None:
        """Come to the meeting; return when it is complete, at once when it was before."""
        with self._count:
            self._here += 1
        deadline = time.monotonic() + PATIENCE
        while not self._open.wait(0.005):
            if self._looking.acquire(blocking=False):
                try:
                    self._look()
                finally:
                    self._looking.release()
            assert time.monotonic() < deadline, "somebody never came"

    def leave(self) -> None:
        """Be done: nobody waits for this party any more."""
        with self._count:
            self._done += 1
        self._left.set()

    def until_somebody_is_done(self) -> None:
        """Return when the first party is done: whoever had to begin again has the rows to itself."""
        assert self._left.wait(PATIENCE), "nobody is done"

    def before(self, patch: pytest.MonkeyPatch, place: object, name: str) -> None:
        """Make the threads meet whenever they are about to call this."""
        wrapped = getattr(place, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return wrapped(*args, **kwargs)

        patch.setattr(place, name, called)

    def _look(self) -> None:
        # Who is here stays here, so whoever waits for a row a moment later is somebody else.
        with self._count:
            settled = self._here + self._done
        waiting = ask(_SETTLED)
        if settled + waiting >= self._parties:
            self.waiting_for_rows = waiting
            self._open.set()


def ask(statement: str) -> int:
    """Return one number from a connection of its own, outside any transaction."""
    observer = psycopg2.connect(**_address())
    try:
        observer.autocommit = True
        with observer.cursor() as cursor:
            cursor.execute(statement)
            (number,) = cursor.fetchone() or (0,)
            return int(number)
    finally:
        observer.close()


def _address() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {key: known[key] for key in ("dbname", "user", "password", "host", "port") if known.get(key)}


def race(*works: Work, meeting: Leavable | None = None) -> list[Any]:
    """Run each work in a thread on a connection of its own, all from one start; return answers and exceptions."""
    start = threading.Barrier(len(works))

    def run(work: Work) -> Any:
        try:
            with connection.cursor() as cursor:  # a busy machine must not decide who wins
                cursor.execute("SET lock_timeout = '60s'")
            start.wait(PATIENCE)
            return work()
        except Exception as failure:  # noqa: BLE001  (it is what became of the work)
            return failure
        finally:
            connections.close_all()
            if meeting is not None:
                meeting.leave()

    with ThreadPoolExecutor(len(works)) as pool:
        return [run.result(2 * PATIENCE) for run in [pool.submit(run, work) for work in works]]


def tally(outcomes: Iterable[object], *, done: str = "done") -> Counter[str]:
    """Count what became of works: those that succeeded under one name, refusals by their code."""
    return Counter(
        outcome.code
        if isinstance(outcome, Refusal)
        else type(outcome).__name__
        if isinstance(outcome, Exception)
        else done
        for outcome in outcomes
    )


@contextmanager
def holding(table: str, pk: int) -> Iterator[None]:
    """Hold the lock of one row on a connection of its own."""
    holder = psycopg2.connect(**_address())
    try:
        with holder.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [pk])
            yield
    finally:
        holder.rollback()
        holder.close()


def blocked() -> int:
    """Return how many connections to this database wait for a locked row."""
    return ask(_SETTLED)


def rewritten(statement: Statement, change: Callable[[str], str]) -> Statement:
    """Return a prepared statement under another name whose SQL a test has changed."""
    other = copy(statement)
    other.name = f"{statement.name}_rewritten"
    other._prepare = change(statement._prepare).replace(statement.name, other.name)
    other._execute = statement._execute.replace(statement.name, other.name)
    assert change(statement._prepare) != statement._prepare
    return other


class Guards:
    """Takes the guards of the house away for one test and brings them back."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self._restore: list[str] = []

    def off(self, *guards: Callable[[Guards], None]) -> None:
        """Switch guards off until the test ends."""
        for guard in guards:
            guard(self)

    def no_row_locks(self) -> None:
        """Let Django's queries read without locking."""

        def unlocked(queryset: models.QuerySet[Any], **_options: object) -> models.QuerySet[Any]:
            return queryset.all()

        self.patch.setattr(models.QuerySet, "select_for_update", unlocked)

    def no_lock_in(self, module: object, name: str = "_LOCK") -> None:
        """Let a prepared statement read without locking."""
        self.patch.setattr(
            module, name, rewritten(getattr(module, name), lambda sql: sql.split("FOR UPDATE")[0])
        )

    def no_constraint(self, model: type[models.Model], name: str) -> None:
        """Drop a CHECK or a UNIQUE."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass",
                [name, table],
            )
            found = cursor.fetchone()
            if found:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                self._restore.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}")
                return
            cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [name])
            (definition,) = cursor.fetchone()
            cursor.execute(f"DROP INDEX {name}")
            self._restore.append(definition)

    def no_unique_field(self, model: type[models.Model], field: str) -> None:
        """Drop the UNIQUE of a field."""
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        (name,) = [
            name
            for name, it in found.items()
            if it["columns"] == [field] and it["unique"] and not it["index"]
        ]
        self.no_constraint(model, name)

    def no_trigger(self, model: type[models.Model], name: str) -> None:
        """Disable a trigger."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
                [table, f"pgtrigger_{name}_%"],
            )
            (trigger,) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        self._restore.append(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

    def back(self) -> None:
        """Empty the tables of what the guards would have refused, and bring the guards back."""
        if not self._restore:
            return
        emptying.empty_tables()
        with connection.cursor() as cursor:
            for statement in reversed(self._restore):
                cursor.execute(statement)


def lock_in(module: object, name: str = "_LOCK") -> Guard:
    """The row lock that a prepared statement takes."""
    return lambda guards: guards.no_lock_in(module, name)


def row_locks(guards: Guards) -> None:
    """Every row lock that Django's queries take."""
    guards.no_row_locks()


def constraints(*named: tuple[type[models.Model], str]) -> Guard:
    """What the database itself refuses."""

    def drop(guards: Guards) -> None:
        for model, name in named:
            guards.no_constraint(model, name)

    return drop


def each_alone(*guards: Guard) -> list[tuple[Guard, ...]]:
    """What to switch off so that all guards stand, then each of them alone."""
    return [(), *(tuple(other for other in guards if other is not alone) for alone in guards)]


def trigger(model: type[models.Model], name: str) -> Guard:
    """What a trigger refuses."""
    return lambda guards: guards.no_trigger(model, name)


def unique(model: type[models.Model], field: str) -> Guard:
    """The UNIQUE of a field."""
    return lambda guards: guards.no_unique_field(model, field)


def earlier_refunds(guards: Guards) -> None:
    """The ledger's memory of what went back before."""
    captured = points._captured_parts

    def forgetful(refunds: Sequence[points.PointsRefund]) -> dict[str, list[list[int]]]:
        parts = captured(refunds)
        for origin, rows in parts.items():
            for row in rows:
                postings = PointsPosting.objects.filter(
                    lot=row[1], bucket="held", transaction__reference=origin
                )
                row[2] = -postings.get(transaction__kind="capture").amount
        return parts

    guards.patch.setattr(points, "_captured_parts", forgetful)
