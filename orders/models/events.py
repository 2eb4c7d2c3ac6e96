"""What happened to an order: the timeline people read, the log auditors read, the outbox workers read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only_except
from orders.models.order import Order, Status


class CancelReason(models.TextChoices):
    """Why a member cancels, as they choose it; kept with the fact by its code, which says nothing of who they are."""

    CHANGED_MIND = "changed-mind", _("I changed my mind")
    WRONG_CHOICE = "wrong-choice", _("I chose the wrong gift or variant")
    WRONG_ADDRESS = "wrong-address", _("The address is wrong")
    TOO_SLOW = "too-slow", _("It takes too long")


class OrderEvent(models.Model):
    """One fact about an order, written in the transaction of the change; only its delivery marks may change."""

    class Kind(models.TextChoices):
        PLACED = "order.placed", _("order placed")
        SENT_TO_REVIEW = "order.sent_to_review", _("sent to review")
        CONFIRMED = "order.confirmed", _("order confirmed")
        PAYMENT_ASKED = "order.payment_asked", _("waiting for payment")
        APPROVED = "order.approved", _("review passed")
        REJECTED = "order.rejected", _("review not passed")
        PAID = "order.paid", _("paid")
        EXPIRED = "order.expired", _("payment time ran out")
        ISSUED = "order.issued", _("code handed out")
        PICKING_STARTED = "order.picking_started", _("picking started")
        PACKED = "order.packed", _("packed")
        SHIPPED = "order.shipped", _("shipped")
        DELIVERED = "order.delivered", _("delivered")
        SIGNED = "order.signed", _("receipt confirmed")
        CLOSED = "order.closed", _("order completed")
        CANCELLED = "order.cancelled", _("order cancelled")
        UNITS_CANCELLED = "order.units_cancelled", _("part of the order cancelled")
        ADDRESS_CHANGED = "order.address_changed", _("delivery address changed")
        CASE_OPENED = "order.case_opened", _("after-sales opened")
        CASE_ENDED = "order.case_ended", _("after-sales ended")
        REFUNDED = "order.refunded", _("points returned")
        OVERDUE = "order.overdue", _("overdue, being looked into")
        COMPLAINT_FILED = "order.complaint_filed", _("complaint received")
        COMPLAINT_ANSWERED = "order.complaint_answered", _("complaint answered")
        COMPLAINT_REOPENED = "order.complaint_reopened", _("complaint opened again")

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="events", db_index=False, verbose_name=_("order")
    )
    seq = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    from_status = models.CharField(_("from"), max_length=20, choices=Status.choices, blank=True)
    to_status = models.CharField(_("to"), max_length=20, choices=Status.choices)
    by = models.CharField(_("by"), max_length=80)
    data = models.JSONField(_("details"), default=dict)
    occurred_at = models.DateTimeField(_("at"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        ordering = ["order", "seq"]
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        triggers = append_only_except("delivered_at", "attempts", "next_attempt_at", "last_error", "dead_at")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(delivered_at=None, dead_at=None),
                name="events_waiting",
            ),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="events_given_up"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="events_are_numbered_per_order"),
            models.CheckConstraint(condition=~Q(by=""), name="an_event_has_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}#{self.seq} {self.kind}"

    @property
    def reason(self) -> str:
        """What somebody said about it, in their words or, where they chose it, in the language in force.

        Words are gone once the member was forgotten. Read `remark` along.
        """
        remark: Remark | None = getattr(self, "remark", None)
        if remark is not None:
            return remark.words
        return str(CancelReason(self.reason_code).label) if self.reason_code else ""

    @property
    def reason_code(self) -> str:
        """The code of a reason that was chosen; empty where none was, or it is no longer known."""
        chosen = self.data.get("reason", "")
        return chosen if chosen in CancelReason.values else ""


class Remark(models.Model):
    """What somebody wrote with a fact, member or operator. Apart from it: a fact stays, words can be forgotten."""

    event = models.OneToOneField(
        OrderEvent, models.PROTECT, primary_key=True, related_name="remark", verbose_name=_("order event")
    )
    words = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="a_remark_says_something")]

    def __str__(self) -> str:
        return self.words
