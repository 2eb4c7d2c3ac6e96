"""What people decide about an order, what was given back, and what went past its time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only
from members.models import User
from orders.models.order import Order, OrderLine


class ReviewTask(models.Model):
    """An order waiting for a reviewer: why, until when, and what was decided."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    order = models.OneToOneField(Order, models.PROTECT, related_name="review_task", verbose_name=_("order"))
    hits = models.JSONField(_("rule hits"), default=list)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due at"))
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignee")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason for the member"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("review task")
        verbose_name_plural = _("review tasks")
        indexes = [models.Index(fields=["due_at"], condition=Q(decision=""), name="reviews_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="") | (~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_author_and_moment",
            ),
            models.CheckConstraint(
                condition=~Q(decision="rejected") | ~Q(reason=""), name="a_reject_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.decision}"


class Refund(models.Model):
    """Points (and cash) given back for an order; `reference` is unique, so that one reason refunds once."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    points = models.BigIntegerField(_("points"))
    cash = models.BigIntegerField(_("cash (fen)"), default=0)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0, cash__gte=0), name="a_refund_gives_back")
        ]

    def __str__(self) -> str:
        return self.reference


class RefundLine(models.Model):
    """The part of a refund that belongs to one order line."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines", verbose_name=_("refund"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines", verbose_name=_("line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.line} {self.quantity}"


class ExceptionCase(models.Model):
    """Something went past its time or went wrong, and a person looks after it (law 9)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="exception_cases", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=30)
    status_then = models.CharField(_("state then"), max_length=20)
    opened_at = models.DateTimeField(_("opened at"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.CharField(_("resolved by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("exception case")
        verbose_name_plural = _("exception cases")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(resolved_at=None), name="one_open_case_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.kind}"
