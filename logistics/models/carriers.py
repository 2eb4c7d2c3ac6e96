"""Who carries parcels, where, up to which size, and for how much."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.names import Named


class Carrier(Named):
    """A carrier, by the code the tracking aggregator knows it under (SF, ZTO, YTO, JD, EMS, YZPY)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    phone = models.CharField(_("service phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")


class CarrierService(Named):
    """One product of a carrier: where it goes, what it takes, what it costs. No regions means everywhere."""

    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="services", verbose_name=_("carrier"))
    code = models.SlugField(_("code"), unique=True)
    provinces = models.JSONField(_("province codes"), default=list, blank=True)
    max_weight_g = models.PositiveIntegerField(_("up to (g)"))
    max_length_mm = models.PositiveIntegerField(_("longest side up to (mm)"))
    first_weight_g = models.PositiveIntegerField(_("first weight (g)"), default=1000)
    first_price = models.BigIntegerField(_("first weight price (fen)"))
    additional_weight_g = models.PositiveIntegerField(_("additional weight (g)"), default=1000)
    additional_price = models.BigIntegerField(_("additional weight price (fen)"))
    days = models.PositiveSmallIntegerField(_("usual days"), default=3)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("carrier service")
        verbose_name_plural = _("carrier services")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_price__gte=0, additional_price__gte=0, additional_weight_g__gt=0),
                name="a_service_has_its_tariff",
            )
        ]
