"""The auditor's runs, to be read."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk import services
from desk.models import AuditRun
from foundation.admin import DossierAdmin, Facts, Panel, Table, badge, moment


def outcome(violations: int) -> SafeString:
    """Show whether the books balance."""
    return badge(violations, "bad") if violations else badge(_("clean"), "good")  # type: ignore[arg-type]


def _violated_first(finding: services.Finding) -> tuple[bool, int]:
    return finding.violations == 0, finding.law.number


@admin.register(AuditRun)
class AuditRunAdmin(DossierAdmin):
    list_display = ["started_at", "finished_at", "found"]
    ordering = ["-started_at"]

    @admin.display(description=_("violations"))
    def found(self, run: AuditRun) -> SafeString:
        return outcome(run.violations)

    def name(self, obj: AuditRun) -> str:
        return moment(obj.started_at)

    def heading(self, request: HttpRequest, obj: AuditRun) -> SafeString:
        return outcome(obj.violations)

    def panels(self, request: HttpRequest, obj: AuditRun) -> Sequence[Panel]:
        """Show law by law what was read and what was found."""
        return [
            Facts(
                _("Audit"),
                [
                    (_("started at"), obj.started_at),
                    (_("finished at"), obj.finished_at),
                    (_("violations"), obj.violations),
                ],
            ),
            Table(
                _("Laws"),
                [_("law"), _("what must hold"), _("rows checked"), _("violations"), _("first offenders")],
                [
                    (
                        f"{finding.law.number}",
                        finding.law.title,
                        finding.rows,
                        outcome(finding.violations),
                        ", ".join(str(offender) for offender in finding.offenders),
                    )
                    for finding in sorted(services.findings_of(obj), key=_violated_first)
                ],
            ),
        ]
