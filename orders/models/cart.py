"""What members mean to redeem together, before it is an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku
from members.models import Member


class CartLine(models.Model):
    """So many of one SKU in a member's cart. It promises nothing: stock and price are those of the click."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="cart_lines", db_index=False, verbose_name=_("member")
    )
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_points = models.BigIntegerField(_("points each when it was put there"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint(fields=["member", "sku"], name="one_cart_line_per_sku"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=9_999), name="a_cart_line_wants_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} × {self.quantity}"
