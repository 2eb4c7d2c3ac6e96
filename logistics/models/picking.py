"""What the warehouse takes from the shelves for one order."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from orders.models import Order, OrderLine


class PickTask(models.Model):
    """The picking of one order in one warehouse."""

    class State(models.TextChoices):
        OPEN = "open", _("to pick")
        PICKING = "picking", _("picking")
        PICKED = "picked", _("picked")
        PACKED = "packed", _("packed")
        DROPPED = "dropped", _("dropped")

    order = models.ForeignKey(Order, models.PROTECT, related_name="pick_tasks", verbose_name=_("order"))
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    started_by = models.CharField(_("picked by"), max_length=80, blank=True)
    picked_at = models.DateTimeField(_("picked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pick task")
        verbose_name_plural = _("pick tasks")
        indexes = [
            models.Index(
                fields=["state", "opened_at"],
                condition=Q(state__in=("open", "picking", "picked")),
                name="pick_tasks_at_work",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "warehouse"], name="one_pick_task_per_order_and_warehouse"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} @ {self.warehouse_id}"


class PickLine(models.Model):
    """So many units of one SKU to take; each scan of the barcode raises `picked` by one.

    What was picked and then cancelled is no longer wanted, but lies in a trolley or a box until somebody says that it
    is back on its shelf: `to_put_back`.
    """

    task = models.ForeignKey(PickTask, models.PROTECT, related_name="lines", verbose_name=_("pick task"))
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    quantity = models.PositiveIntegerField(_("quantity"))
    picked = models.PositiveIntegerField(_("picked"), default=0)
    to_put_back = models.PositiveIntegerField(_("to put back"), default=0, db_default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("pick line")
        verbose_name_plural = _("pick lines")
        indexes = [
            models.Index(fields=["task"], condition=Q(to_put_back__gt=0), name="pieces_to_put_back"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["task", "order_line"], name="one_pick_line_per_order_line"),
            models.CheckConstraint(condition=Q(picked__lte=F("quantity")), name="picked_within_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.picked}/{self.quantity}"
