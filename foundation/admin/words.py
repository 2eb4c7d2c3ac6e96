"""How values look at the operators' desk: moments in Shanghai, ages, badges, links, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

Words = str | Promise
NOTHING = "—"


def moment(at: datetime | None) -> str:
    """Show an instant in the time zone in force, to the minute."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else NOTHING


def age(since: datetime, now: datetime) -> str:
    """Show how long ago something was, in its largest unit."""
    return timesince(since, now, depth=1)


def number(value: int) -> SafeString:
    """Show a whole number with its thousands apart, in figures of one width."""
    return format_html('<span class="num">{}</span>', f"{value:,}")


def badge(text: Words, tone: str = "quiet") -> SafeString:
    """Show a state as a coloured label; tones are quiet, work, good, late, bad."""
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


def due(at: datetime | None, now: datetime) -> SafeString | str:
    """Show the time left until something is due, loudly once it is over."""
    if at is None:
        return NOTHING
    if at <= now:
        return badge(_("late by %(age)s") % {"age": age(at, now)}, "late")
    return format_html('<span class="quiet">{}</span>', _("%(age)s left") % {"age": age(now, at)})


def link(request: HttpRequest, to: models.Model, text: Words | None = None) -> SafeString | str:
    """Link to an object's page for those who may open it; plain words for the others."""
    words = str(to) if text is None else str(text)
    name = f"{to._meta.app_label}_{to._meta.model_name}"
    if not request.user.has_perm(f"{to._meta.app_label}.view_{to._meta.model_name}"):
        return words
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_change", args=[to.pk]), words)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a table or a list of facts shows it."""

    text: Words
    css: str = ""


def cell(value: object) -> Cell:
    """Turn a value into what is shown of it."""
    match value:
        case None | "":
            return Cell(NOTHING)
        case bool():
            return Cell(_("yes") if value else _("no"))
        case int():
            return Cell(f"{value:,}", "num")
        case datetime():
            return Cell(moment(value), "moment")
        case str() | Promise():
            return Cell(value)
    return Cell(str(value))


class Facts:
    """Names and values of one object."""

    kind = "facts"

    def __init__(self, title: Words, pairs: Iterable[tuple[Words, object]]) -> None:
        """Take (name, value) pairs."""
        self.title = title
        self.pairs = [(name, cell(value)) for name, value in pairs]


class Table:
    """Rows that belong to an object."""

    kind = "table"

    def __init__(
        self,
        title: Words,
        heads: Sequence[Words],
        rows: Iterable[Sequence[object]],
        *,
        empty: Words = NOTHING,
    ) -> None:
        """Take rows of values, as many as there are heads."""
        self.title, self.empty = title, empty
        self.rows = [[cell(value) for value in row] for row in rows]
        classes = [value.css for value in self.rows[0]] if self.rows else [""] * len(heads)
        self.heads = list(zip(heads, classes, strict=True))


Panel = Facts | Table


def state_of(row: Any, tones: Mapping[Any, str], field: str = "state") -> SafeString:
    """Show a row's state in its tone."""
    text = getattr(row, f"get_{field}_display")()
    return badge(text, tones.get(getattr(row, field), "quiet"))
