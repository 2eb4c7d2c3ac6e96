"""Database triggers for rows that are written once: ledgers, movements, events, tracking (law 1)."""

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """Refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        _no_truncate(),
    ]


def append_only_except(*fields: str) -> list[pgtrigger.Trigger]:
    """The same, but the named fields may still change (the delivery mark of an outbox row)."""
    return [
        pgtrigger.ReadOnly(name="append_only", exclude=list(fields)),
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        _no_truncate(),
    ]


def append_only_for(days: int, *, since: str) -> list[pgtrigger.Trigger]:
    """The same for a trail that is kept for so many days: older rows, by the moment in `since`, may be removed."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
        pgtrigger.Protect(
            name="kept_long_enough",
            operation=pgtrigger.Delete,
            condition=pgtrigger.Condition(f"OLD.{since} > now() - interval '{days} days'"),
        ),
        _no_truncate(),
    ]


def _no_truncate() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="no_truncate",
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'rows of % are never removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';",
    )
