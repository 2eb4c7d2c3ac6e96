"""Gifts, their SKUs, and the stock of each SKU in each warehouse. Counters equal the sum of movements (law 5)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only, append_only_except
from foundation.names import Named, in_language

UPLOADED = "upload/"
"""What the path of a picture begins with that an operator sent us; all others lie among the static files."""
MORE_PICTURES = 8


class Category(Named):
    """A shelf of the mall."""

    code = models.SlugField(_("code"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")


def is_within(since: datetime | None, until: datetime | None, at: datetime) -> bool:
    """Tell whether a moment lies from one moment on and before another; None leaves that side open."""
    return (since is None or since <= at) and (until is None or at < until)


def bigrams() -> Func:
    """Return a gift's words as the pairs of characters they hold: Chinese has no spaces to find words by."""
    return Func(
        F("name"),
        F("name_en"),
        F("summary"),
        F("summary_en"),
        function="inventory_bigrams",
        output_field=ArrayField(models.TextField()),
    )


class Gift(Named):
    """Something members redeem points for; its SKUs are the variants they choose from."""

    class Kind(models.TextChoices):
        PHYSICAL = "physical", _("physical gift")
        VIRTUAL_CODE = "virtual_code", _("virtual code")
        COUPON = "coupon", _("coupon")

    code = models.SlugField(_("code"), unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="gifts", verbose_name=_("category"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.PHYSICAL)
    summary = models.CharField(_("summary"), max_length=200, blank=True)
    summary_en = models.CharField(_("English summary"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    picture = models.CharField(_("picture"), max_length=200, blank=True)
    more_pictures = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("more pictures"),
        default=list,
        db_default=[],
        blank=True,
        size=MORE_PICTURES,
    )
    on_shelf_from = models.DateTimeField(_("on the shelf from"), null=True, blank=True)
    on_shelf_until = models.DateTimeField(_("on the shelf until"), null=True, blank=True)
    is_listed = models.BooleanField(_("listed"), default=True)
    return_days = models.PositiveSmallIntegerField(_("days to return"), default=7)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        indexes = [GinIndex(bigrams(), name="gifts_by_pairs_of_characters")]
        constraints = [
            models.CheckConstraint(
                condition=Q(on_shelf_from=None)
                | Q(on_shelf_until=None)
                | Q(on_shelf_from__lt=F("on_shelf_until")),
                name="a_gift_leaves_the_shelf_after_it_came",
            )
        ]

    @property
    def summary_label(self) -> str:
        """The summary in the language in force."""
        return in_language(self.summary, self.summary_en)

    @property
    def description_label(self) -> str:
        """The description in the language in force."""
        return in_language(self.description, self.description_en)

    @property
    def is_virtual(self) -> bool:
        """Tell whether the gift is a code that is shown, not a thing that is sent."""
        return self.kind != self.Kind.PHYSICAL

    @property
    def pictures(self) -> list[str]:
        """All its pictures, the first one first."""
        return [self.picture, *self.more_pictures]

    def is_on_shelf(self, at: datetime) -> bool:
        """Tell whether members may redeem the gift at this moment."""
        return self.is_listed and is_within(self.on_shelf_from, self.on_shelf_until, at)


class Sku(models.Model):
    """One variant of a gift, as it is priced, counted, picked and scanned."""

    code = models.CharField(_("SKU code"), max_length=40, unique=True)
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="skus", verbose_name=_("gift"))
    barcode = models.CharField(_("barcode"), max_length=20, unique=True)
    specification = models.CharField(_("specification"), max_length=120, blank=True)
    specification_en = models.CharField(_("English specification"), max_length=120, blank=True)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    length_mm = models.PositiveIntegerField(_("length (mm)"), default=0)
    width_mm = models.PositiveIntegerField(_("width (mm)"), default=0)
    height_mm = models.PositiveIntegerField(_("height (mm)"), default=0)
    points_price = models.BigIntegerField(_("points price"))
    cash_price = models.BigIntegerField(_("cash price (fen)"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        constraints = [
            models.CheckConstraint(
                condition=Q(points_price__gt=0, cash_price__gte=0), name="a_sku_costs_points"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.gift.label} {self.specification_label}".strip()

    @property
    def specification_label(self) -> str:
        """The specification in the language in force."""
        return in_language(self.specification, self.specification_en)


class Warehouse(Named):
    """A place gifts are sent from; orders draw on the one with the lowest priority number that has them all."""

    code = models.SlugField(_("code"), unique=True)
    region_code = models.CharField(_("region code"), max_length=6)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)

    class Meta:
        ordering = ["priority", "code"]
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")


class Stock(models.Model):
    """How much of a SKU a warehouse has, and how much of that is promised to orders."""

    sku = models.ForeignKey(Sku, models.PROTECT, related_name="stocks", verbose_name=_("SKU"))
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="stocks", verbose_name=_("warehouse")
    )
    on_hand = models.BigIntegerField(_("on hand"), default=0)
    reserved = models.BigIntegerField(_("reserved"), default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="one_stock_per_sku_and_warehouse"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="reserved_within_on_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku.code} @ {self.warehouse.code}"


class StockMovement(models.Model):
    """One change of a stock's counters with its cause; written once. Shipping lowers both counters."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        RESERVED = "reserved", _("reserved")
        RELEASED = "released", _("released")
        SHIPPED = "shipped", _("shipped")
        RETURNED = "returned", _("returned")
        ADJUSTED = "adjusted", _("adjusted")
        COUNTED = "counted", _("counted")

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements", verbose_name=_("stock"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    on_hand_change = models.BigIntegerField(_("change on hand"), default=0)
    reserved_change = models.BigIntegerField(_("change reserved"), default=0)
    reference = models.CharField(_("reference"), max_length=80)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "kind", "stock"], name="one_movement_per_reference_and_kind"
            ),
            models.CheckConstraint(
                condition=~Q(on_hand_change=0, reserved_change=0), name="a_movement_changes_a_counter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Reservation(models.Model):
    """Units promised to one order line until they are shipped or released; `reference` is "order number/position".

    `quantity` is what is promised still, `given_back` what was released of it while the rest stood.
    """

    class Outcome(models.TextChoices):
        SHIPPED = "shipped", _("shipped")
        RELEASED = "released", _("released")

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="reservations", verbose_name=_("stock"))
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    given_back = models.PositiveIntegerField(_("given back before"), default=0, db_default=0)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [models.Index(fields=["stock"], condition=Q(ended_at=None), name="active_reservations")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_reservation_reserves_something"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="an_ended_reservation_has_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} × {self.quantity}"


class VirtualCode(models.Model):
    """One unit of a virtual gift. Whoever reads the secret has the gift, so it is shown to its member only.

    A code that nobody has is a unit on hand; `reference` is "order number/position/unit" once it is given away.
    """

    sku = models.ForeignKey(Sku, models.PROTECT, related_name="virtual_codes", verbose_name=_("SKU"))
    secret = models.CharField(_("code"), max_length=200)
    batch = models.CharField(_("batch"), max_length=80)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=60)
    reference = models.CharField(_("given to"), max_length=40, blank=True)
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)
    shown_at = models.DateTimeField(_("first shown at"), null=True, blank=True)

    class Meta:
        verbose_name = _("virtual code")
        verbose_name_plural = _("virtual codes")
        indexes = [models.Index(fields=["sku", "id"], condition=Q(given_at=None), name="codes_nobody_has")]
        constraints = [
            models.UniqueConstraint(fields=["sku", "secret"], name="a_code_is_stocked_once"),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="one_code_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(given_at=None, reference="") | (Q(given_at__isnull=False) & ~Q(reference="")),
                name="a_given_code_has_its_unit",
            ),
        ]
        triggers = [
            *append_only_except("reference", "given_at", "shown_at"),
            pgtrigger.Protect(
                name="given_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__given_at__isnull=False)
                & (
                    pgtrigger.Q(old__reference__df=pgtrigger.F("new__reference"))
                    | pgtrigger.Q(old__given_at__df=pgtrigger.F("new__given_at"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """The last four characters; as much as an operator needs to tell codes apart."""
        return f"••••{self.secret[-4:]}" if len(self.secret) >= 12 else "••••"
