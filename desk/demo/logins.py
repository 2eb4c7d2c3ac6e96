"""Who may be tried out in the demo mall, as a table for the terminal."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from desk.demo import people
from desk.demo.loading import PASSWORD
from members.models import Member, User

SHOWN_PER_TIER = 1


def is_demo() -> bool:
    """Tell whether the mall in this database is the demo."""
    operators = User.objects.filter(username__in=[person.username for person in people.OPERATORS])
    members = Member.objects.filter(number__in=[person.number for person in people.MEMBERS])
    return operators.count() == len(people.OPERATORS) and members.count() == len(people.MEMBERS)


def table() -> list[str]:
    """Return the log-ins of every operator, and of one member of each tier, as lines of a table."""
    rows: list[tuple[str, ...]] = [(_("where"), _("log-in"), _("password"), _("who"))]
    rows += [
        ("/admin/", person.username, PASSWORD, f"{person.role} {person.last_name}{person.first_name}")
        for person in people.OPERATORS
    ]
    for tier in people.TIERS:
        of_tier = [
            person for person in people.MEMBERS if person.tier == tier.code and person.status == "active"
        ]
        rows += [
            ("/", f"{person.phone} / {person.number}", PASSWORD, f"{tier.name} {person.name}")
            for person in of_tier[:SHOWN_PER_TIER]
        ]
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    return [
        "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
