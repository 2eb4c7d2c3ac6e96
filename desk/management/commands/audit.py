"""`manage.py audit`: read all laws, print what was found, exit 1 when a law is broken."""

from __future__ import annotations

import sys
import unicodedata
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk import services
from desk.services import Finding


class Command(BaseCommand):
    requires_system_checks = ()  # what else is wrong with the house must not keep the auditor from its work

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help = _("Check every law of the house in one snapshot. Exits with 1 when a law is broken.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--database",
            default="default",
            choices=list(settings.DATABASES),
            help=_("The database to read; a replica leaves the main one alone."),
        )
        parser.add_argument(
            "--at",
            type=_moment,
            default=None,
            metavar="ISO",
            help=_("The moment to judge lateness by, such as 2026-11-02T10:00+08:00; now if not given."),
        )

    def handle(self, *, database: str, at: datetime | None, **options: Any) -> None:
        findings = services.read_laws(at=at or timezone.now(), using=database)
        for line in table(findings):
            self.stdout.write(line)
        violations = sum(finding.violations for finding in findings)
        self.stdout.write("")
        self.stdout.write(
            _summary(findings, violations), self.style.ERROR if violations else self.style.SUCCESS
        )
        if violations:
            sys.exit(1)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("“%(text)s” is not a moment in ISO form.") % {"text": text}) from error
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _summary(findings: list[Finding], violations: int) -> str:
    checks = ngettext("%(n)s check in %(seconds)s s", "%(n)s checks in %(seconds)s s", len(findings)) % {
        "n": f"{len(findings):,}",
        "seconds": localize(round(sum(finding.seconds for finding in findings), 1)),
    }
    if not violations:
        return _("%(checks)s: no law is broken.") % {"checks": checks}
    broken = ngettext("%(n)s violation.", "%(n)s violations.", violations) % {"n": f"{violations:,}"}
    return _("%(checks)s: %(broken)s") % {"checks": checks, "broken": broken}


def table(findings: list[Finding]) -> list[str]:
    """Return findings as lines of a table, aligned for full-width characters too, offenders under their check."""
    head = (_("law"), _("check"), _("rows"), _("violations"), _("what must hold"))
    rows = [head, *map(_row, findings)]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = [_line(head, widths), _line(tuple("-" * each for each in widths), widths)]
    for finding, row in zip(findings, rows[1:], strict=True):
        lines.append(_line(row, widths))
        if finding.violations:
            lines.append(f"{' ' * (widths[0] + 2)}{_offenders(finding)}")
    return lines


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        str(finding.law.number),
        finding.law.code,
        f"{finding.rows:,}",
        f"{finding.violations:,}",
        str(finding.law.title),
    )


def _offenders(finding: Finding) -> str:
    more = ", …" if finding.violations > len(finding.offenders) else ""
    return f"→ {', '.join(finding.offenders)}{more}"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    law, check, rows, violations, title = row
    cells = (
        _pad(law, widths[0], left=True),
        _pad(check, widths[1]),
        _pad(rows, widths[2], left=True),
        _pad(violations, widths[3], left=True),
        title,
    )
    return "  ".join(cells)


def _pad(cell: str, to: int, *, left: bool = False) -> str:
    gap = " " * (to - width(cell))
    return gap + cell if left else cell + gap


def width(cell: str) -> int:
    """Return how many columns of a terminal a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
