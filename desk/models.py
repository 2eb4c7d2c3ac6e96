"""What the operators' desk remembers: the auditor's runs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRun(models.Model):
    """One reading of all laws in one snapshot, with what it found."""

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    violations = models.PositiveIntegerField(_("violations"))
    findings = models.JSONField(_("findings"), default=list)

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        indexes = [models.Index(fields=["-started_at"], name="audits_newest_first")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.violations}"
