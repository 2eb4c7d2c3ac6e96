"""What the operators' desk remembers: the auditor's runs, and who asked to be forgotten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Member


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


class ErasureRequest(models.Model):
    """A member's wish to be forgotten, and what came of it. What must be kept is kept without their name."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        FULFILLED = "fulfilled", _("fulfilled")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="erasure_requests", verbose_name=_("member")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    gives_up_points = models.BooleanField(_("agrees to lose the points"), default=False)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    answer = models.CharField(_("answer to the member"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="waiting"), name="one_open_erasure_request_per_member"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None, decided_by="")
                | (~Q(state="waiting") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="a_decided_erasure_has_its_author",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="a_declined_erasure_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.asked_at:%Y-%m-%d}"
