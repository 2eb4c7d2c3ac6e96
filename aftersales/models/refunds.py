"""A refund of a delivered order, whole or per line."""

from __future__ import annotations

from datetime import datetime

import django_fsm as fsm
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderLine


class ReturnRequest(fsm.FSMModelMixin, models.Model):
    """A member's wish to have points back for delivered gifts, and what became of it."""

    class Kind(models.TextChoices):
        REFUND_ONLY = "refund_only", _("refund only")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        APPROVED = "approved", _("approved")
        REFUNDED = "refunded", _("points returned")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    number = models.CharField(_("request number"), max_length=24, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="return_requests", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.REFUND_ONLY)
    status = fsm.FSMField(_("status"), choices=Status.choices, default=Status.REQUESTED, protected=True)
    reason = models.CharField(_("reason"), max_length=300)
    requested_by = models.CharField(_("requested by"), max_length=80)
    requested_at = models.DateTimeField(_("requested at"))
    due_at = models.DateTimeField(_("due at"))
    escalated_at = models.DateTimeField(_("called overdue at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("answer to the member"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("refund request")
        verbose_name_plural = _("refund requests")
        indexes = [models.Index(fields=["due_at"], condition=Q(status="requested"), name="refunds_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=("requested", "approved")),
                name="one_open_refund_request_per_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("requested", "withdrawn"))
                | (~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="a_decided_request_has_its_author",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def _decide(self, at: datetime, by: str, note: str) -> None:
        self.decided_at, self.decided_by, self.decision_note = at, by, note

    @fsm.transition(field=status, source=Status.REQUESTED, target=Status.APPROVED)
    def approve(self, *, at: datetime, by: str, note: str = "") -> None:
        self._decide(at, by, note)

    @fsm.transition(field=status, source=Status.APPROVED, target=Status.REFUNDED)
    def refund(self) -> None:
        pass

    @fsm.transition(field=status, source=Status.REQUESTED, target=Status.REJECTED)
    def reject(self, *, at: datetime, by: str, note: str) -> None:
        self._decide(at, by, note)

    @fsm.transition(field=status, source=Status.REQUESTED, target=Status.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class ReturnLine(models.Model):
    """Units of one order line in a request, and whether they go back on the shelf or are written off."""

    class Disposition(models.TextChoices):
        RESTOCK = "restock", _("back to stock")
        WRITE_OFF = "write_off", _("written off")

    request = models.ForeignKey(
        ReturnRequest, models.PROTECT, related_name="lines", verbose_name=_("request")
    )
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    disposition = models.CharField(
        _("what becomes of the goods"), max_length=10, choices=Disposition.choices, blank=True
    )

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        constraints = [
            models.UniqueConstraint(fields=["request", "order_line"], name="one_return_line_per_order_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_return_line_returns_something"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} × {self.quantity}"
