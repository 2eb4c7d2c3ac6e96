"""What the auditor reads: laws as SQL over the real tables, and the laws that every floor states the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GRACE = "interval '5 minutes'"
"""How late anything may be that a worker or the clock has to do (law 9)."""


@dataclass(frozen=True, slots=True)
class Law:
    """One check of one of the ten laws.

    `rows` is a query that returns how many rows were looked at, `offenders` one that returns a line of text for each
    violation. Both may name the moment of the audit as ``%(at)s``, and so write a percent sign as two.
    """

    number: int
    code: str
    title: str | Promise
    rows: str
    offenders: str


def count(table: str, condition: str = "true") -> str:
    """Return the query that counts the rows of a table."""
    return f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608  (names of our own)


def text(value: object) -> str:
    """Return a value as an SQL text literal, in a statement that takes parameters."""
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def listed(values: Iterable[object]) -> str:
    """Return values as the inside of an SQL list."""
    return ", ".join(text(value) for value in values)


def _rows(columns: str, rows: Iterable[tuple[object, ...]]) -> tuple[str, int]:
    """Return literal rows as a table expression, and how many there are."""
    listing = [f"({listed(row)})" for row in rows]
    names = columns.split(",")
    nothing = f"SELECT {', '.join(['NULL::text'] * len(names))} WHERE false"
    return f"({f'VALUES {chr(44).join(listing)}' if listing else nothing}) AS wanted({columns})", len(listing)


def triggers_stand(app: str) -> Law:
    """Law 1: every trigger that the models of an app declare is there, enabled, and does what it was written to do."""
    wanted, number = _rows("relation, name, events, body", _triggers(app))
    return Law(
        1,
        f"{app}.triggers",
        _("The triggers that keep rows from being changed or removed stand and are enabled"),
        f"SELECT {number}",
        f"""
        SELECT relation || ' ' || name FROM {wanted}
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = to_regclass(relation) AND t.tgname = name AND t.tgenabled IN ('O', 'A')
                AND t.tgtype & events::int = events::int
                AND position(body IN regexp_replace(p.prosrc, '\\s+', ' ', 'g')) > 0
        )
        """,  # noqa: S608
    )


_EVENT_BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
"""What pg_trigger.tgtype says of the statements that fire a trigger."""


def _triggers(app: str) -> Iterable[tuple[object, ...]]:
    for model in apps.get_app_config(app).get_models():
        declared: Any = model  # the package's types take a model for one of its rows
        for trigger in getattr(model._meta, "triggers", []):
            operation = str(trigger.operation)
            events = sum(bit for word, bit in _EVENT_BITS.items() if word in operation)
            body = " ".join(str(trigger.render_func(declared)).split())
            yield model._meta.db_table, trigger.get_pgid(declared), events, body


def constraints_stand(app: str) -> Law:
    """Law 8: what the models of an app declare unique, checked or referring, the database holds to it for all rows."""
    wanted, number = _rows("relation, kind, name", _constraints(app))
    return Law(
        8,
        f"{app}.constraints",
        _("What may happen only once is held to it by a valid constraint"),
        f"SELECT {number}",
        f"""
        SELECT relation || ' ' || name FROM {wanted}
        WHERE NOT CASE kind
            WHEN 'check' THEN EXISTS (
                SELECT FROM pg_constraint c
                WHERE c.conrelid = to_regclass(relation) AND c.conname = name AND c.contype = 'c' AND c.convalidated
            )
            WHEN 'unique' THEN EXISTS (
                SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = to_regclass(relation) AND c.relname = name AND i.indisunique AND i.indisvalid
            )
            WHEN 'unique column' THEN EXISTS (
                SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = to_regclass(relation) AND a.attname = name AND i.indnkeyatts = 1
                    AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
            )
            ELSE EXISTS (
                SELECT FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.conrelid = to_regclass(relation) AND a.attname = name AND c.contype = 'f' AND c.convalidated
            )
        END
        """,  # noqa: S608
    )


def _constraints(app: str) -> Iterable[tuple[object, ...]]:
    for model in apps.get_app_config(app).get_models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            kind = "unique" if isinstance(constraint, models.UniqueConstraint) else "check"
            yield table, kind, constraint.name
        for field in model._meta.local_concrete_fields:
            if field.unique:
                yield table, "unique column", field.column
            if field.remote_field is not None:
                yield table, "reference", field.column
