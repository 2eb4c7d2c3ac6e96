"""What members complain about, by when somebody answers, and the answer."""

from __future__ import annotations

from datetime import datetime

import django_fsm as fsm
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member, User
from orders.models import Order

MAX_WORDS = 1000
MAX_ANSWER = 1000


class Complaint(fsm.FSMModelMixin, models.Model):
    """A member's complaint in their own words, about an order or about anything else."""

    class Category(models.TextChoices):
        DELIVERY = "delivery", pgettext_lazy("topic", "Delivery")
        GIFT = "gift", _("The gift itself")
        POINTS = "points", _("Points and refunds")
        SERVICE = "service", _("Service and website")
        PRIVACY = "privacy", _("Privacy and safety")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("complaint", "received")
        ACKNOWLEDGED = "acknowledged", _("seen")
        IN_PROGRESS = "in_progress", _("being looked into")
        RESOLVED = "resolved", _("answered")
        CLOSED = "closed", _("closed")

    number = models.CharField(_("complaint number"), max_length=20, unique=True)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="complaints", db_index=False, verbose_name=_("member")
    )
    request_id = models.CharField(_("request id"), max_length=64)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("order")
    )
    category = models.CharField(_("about"), max_length=15, choices=Category.choices)
    words = models.TextField(_("words of the member"), max_length=MAX_WORDS)
    status = fsm.FSMField(_("status"), choices=Status.choices, default=Status.OPEN, protected=True)
    filed_at = models.DateTimeField(_("filed at"))
    due_at = models.DateTimeField(_("due at"))
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignee")
    )
    acknowledged_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("called overdue at"), null=True, blank=True)
    answer = models.TextField(_("answer to the member"), max_length=MAX_ANSWER, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=80, blank=True)
    closes_at = models.DateTimeField(_("closes by itself at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=80, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1, db_default=1)
    reopened_at = models.DateTimeField(_("opened again at"), null=True, blank=True)

    WAITING = (Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS)
    """States in which the member waits for us."""

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=("open", "acknowledged", "in_progress")),
                name="complaints_waiting",
            ),
            models.Index(fields=["closes_at"], condition=Q(status="resolved"), name="complaints_answered"),
            models.Index(fields=["member", "-id"], name="complaints_of_a_member"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member", "request_id"], name="one_complaint_per_click"),
            models.CheckConstraint(
                condition=Q(status="open") | Q(acknowledged_at__isnull=False, assignee__isnull=False),
                name="a_seen_complaint_has_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("resolved", "closed"))
                | ~Q(answer="") & ~Q(answered_by="") & Q(answered_at__isnull=False, closes_at__isnull=False),
                name="a_resolved_complaint_has_its_answer",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | ~Q(closed_by="") & Q(closed_at__isnull=False),
                name="a_closed_complaint_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(round=1, reopened_at=None) | Q(round__gt=1, reopened_at__isnull=False),
                name="a_second_round_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def _take(self, at: datetime, assignee: User) -> None:
        self.assignee = assignee
        self.acknowledged_at = self.acknowledged_at or at

    @fsm.transition(field=status, source=Status.OPEN, target=Status.ACKNOWLEDGED)
    def acknowledge(self, *, at: datetime, assignee: User) -> None:
        self._take(at, assignee)

    @fsm.transition(field=status, source=[Status.OPEN, Status.ACKNOWLEDGED], target=Status.IN_PROGRESS)
    def start(self, *, at: datetime, assignee: User) -> None:
        self._take(at, assignee)

    @fsm.transition(field=status, source=WAITING, target=Status.RESOLVED)
    def resolve(self, *, at: datetime, by: str, assignee: User, answer: str, closes_at: datetime) -> None:
        self._take(at, assignee)
        self.answer, self.answered_at, self.answered_by, self.closes_at = answer, at, by, closes_at

    @fsm.transition(field=status, source=Status.RESOLVED, target=Status.CLOSED)
    def close(self, *, at: datetime, by: str) -> None:
        self.closed_at, self.closed_by = at, by

    @fsm.transition(field=status, source=[Status.RESOLVED, Status.CLOSED], target=Status.OPEN)
    def reopen(self, *, words: str, at: datetime, due_at: datetime) -> None:
        self.words, self.due_at, self.reopened_at, self.round = words, due_at, at, self.round + 1
        self.acknowledged_at = self.escalated_at = None
        self.answer, self.answered_at, self.answered_by = "", None, ""
        self.closes_at, self.closed_at, self.closed_by = None, None, ""

    @property
    def said_at(self) -> datetime:
        """When the member wrote the words that stand here now."""
        return self.reopened_at or self.filed_at


class ComplaintRound(models.Model):
    """What was said before a complaint was opened again: the member's words and our answer."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="rounds", db_index=False, verbose_name=_("complaint")
    )
    serial = models.PositiveSmallIntegerField(_("round"))
    words = models.TextField(_("words of the member"), max_length=MAX_WORDS)
    said_at = models.DateTimeField(_("said at"))
    answer = models.TextField(_("answer to the member"), max_length=MAX_ANSWER)
    answered_at = models.DateTimeField(_("answered at"))
    answered_by = models.CharField(_("answered by"), max_length=80)

    class Meta:
        ordering = ["complaint", "serial"]
        verbose_name = _("earlier round of a complaint")
        verbose_name_plural = _("earlier rounds of complaints")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "serial"], name="one_row_per_round_of_a_complaint")
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}#{self.serial}"
