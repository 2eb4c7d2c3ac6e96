"""Parcels, what is in them, and the waybill that a carrier gives each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.models.carriers import Carrier, CarrierService
from logistics.models.picking import PickTask
from orders.models import Order, OrderLine


class Parcel(models.Model):
    """A packed box on its way. Its state follows the carrier's events by rank and never rewinds the order."""

    class State(models.TextChoices):
        DRAFT = "draft", _("waiting for its waybill")
        LABELLED = "labelled", _("labelled")
        HANDED_OVER = "handed_over", _("handed to the carrier")
        IN_TRANSIT = "in_transit", _("in transit")
        OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
        AWAITING_PICKUP = "awaiting_pickup", _("waiting at the pick-up point")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("delivery failed")
        RETURNING = "returning", _("on its way back")
        RETURNED = "returned", _("returned")
        LOST = "lost", _("lost")
        STOPPED = "stopped", _("stopped")

    order = models.ForeignKey(Order, models.PROTECT, related_name="parcels", verbose_name=_("order"))
    task = models.ForeignKey(PickTask, models.PROTECT, related_name="parcels", verbose_name=_("pick task"))
    number = models.CharField(_("parcel number"), max_length=24, unique=True)
    service = models.ForeignKey(
        CarrierService, models.PROTECT, related_name="+", verbose_name=_("carrier service")
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    weight_g = models.PositiveIntegerField(_("weight (g)"))
    length_mm = models.PositiveIntegerField(_("length (mm)"), default=0)
    width_mm = models.PositiveIntegerField(_("width (mm)"), default=0)
    height_mm = models.PositiveIntegerField(_("height (mm)"), default=0)
    freight = models.BigIntegerField(_("freight (fen)"), default=0)
    packed_at = models.DateTimeField(_("packed at"))
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    last_event_at = models.DateTimeField(_("last event at"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False),
                name="a_delivered_parcel_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ParcelLine(models.Model):
    """So many units of an order line in a parcel."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="lines", verbose_name=_("parcel"))
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "order_line"], name="one_parcel_line_per_order_line")
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} × {self.quantity}"


class Waybill(models.Model):
    """The carrier's number for a parcel, and the job of getting it or giving it back: the row is the queue (law 9)."""

    class State(models.TextChoices):
        WANTED = "wanted", _("wanted")
        ISSUED = "issued", _("issued")
        DEAD = "dead", _("given up")
        CANCELLING = "cancelling", _("to be cancelled at the carrier")
        STUCK = "stuck", _("not cancelled at the carrier")  # given up on, in view of the warehouse
        VOID = "void", _("void")

    parcel = models.OneToOneField(Parcel, models.PROTECT, related_name="waybill", verbose_name=_("parcel"))
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", verbose_name=_("carrier"))
    number = models.CharField(_("waybill number"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WANTED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("carrier asked at"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at the carrier at"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=80, blank=True, default="", db_default="")
    subscribed_at = models.DateTimeField(_("subscribed at"), null=True, blank=True)
    next_poll_at = models.DateTimeField(_("next poll at"), null=True, blank=True)
    refused_polls = models.PositiveSmallIntegerField(_("questions refused"), default=0, db_default=0)

    class Meta:
        verbose_name = _("waybill")
        verbose_name_plural = _("waybills")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="wanted"), name="waybills_wanted"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="cancelling"), name="waybills_to_cancel"
            ),
            models.Index(fields=["-id"], condition=Q(state__in=("dead", "stuck")), name="waybills_given_up"),
            models.Index(
                fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="waybills_to_poll"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "number"], condition=~Q(number=""), name="one_parcel_per_waybill_number"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | ~Q(number=""), name="an_issued_waybill_has_its_number"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"({self.state})"
