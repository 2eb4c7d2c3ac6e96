"""What carriers tell us: pushes as they came in, and the events read from them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only
from logistics.models.parcels import Waybill


class TrackingEvent(models.Model):
    """One thing that happened to a parcel on its way; stored once however often the carrier tells it."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="tracking", verbose_name=_("waybill"))
    event_key = models.CharField(_("event key"), max_length=64)
    status = models.CharField(_("status"), max_length=20)
    code = models.CharField(_("carrier's code"), max_length=20, blank=True)
    text = models.CharField(_("text"), max_length=300)
    location = models.CharField(_("location"), max_length=100, blank=True)
    occurred_at = models.DateTimeField(_("at"))
    is_time_doubtful = models.BooleanField(_("doubtful time"), default=False)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["waybill", "event_key"], name="one_row_per_carrier_event")
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.text}"


class CarrierPush(models.Model):
    """A carrier's callback as it came in, answered at once and applied by a worker; the row is the job."""

    source = models.CharField(_("source"), max_length=20)
    digest = models.CharField(_("SHA-256 of the body"), max_length=64, unique=True)
    body = models.TextField(_("body"))
    received_at = models.DateTimeField(_("received at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("carrier push")
        verbose_name_plural = _("carrier pushes")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(applied_at=None, dead_at=None), name="pushes_waiting"
            ),
            models.Index(fields=["-id"], condition=Q(dead_at__isnull=False), name="pushes_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.received_at}"
