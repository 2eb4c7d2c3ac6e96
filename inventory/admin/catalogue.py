"""Gifts, their SKUs and the shelves and warehouses they stand in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import DeskAdmin, badge, number
from inventory import services
from inventory.models import Category, Gift, Sku, Warehouse


@admin.register(Category)
class CategoryAdmin(DeskAdmin):
    list_display = ["label", "code", "position"]
    search_fields = ["name", "name_en", "code"]


@admin.register(Gift)
class GiftAdmin(DeskAdmin):
    list_display = ["label", "code", "category", "kind", "on_shelf_from", "on_shelf_until", "shelf"]
    list_filter = ["category", "kind", "is_listed"]
    list_select_related = ["category"]
    search_fields = ["name", "name_en", "code"]
    fieldsets = [
        (None, {"fields": [("name", "name_en"), ("code", "kind"), ("category", "position")]}),
        (_("On the shelf"), {"fields": ["is_listed", "on_shelf_from", "on_shelf_until", "return_days"]}),
        (
            _("What members read"),
            {"fields": ["summary", "summary_en", "description", "description_en", "picture"]},
        ),
    ]

    @admin.display(description=_("shelf"))
    def shelf(self, gift: Gift) -> SafeString:
        if gift.is_on_shelf(timezone.now()):
            return badge(_("on the shelf"), "good")
        return badge(_("not on the shelf"), "quiet")


@admin.register(Sku)
class SkuAdmin(DeskAdmin):
    """A new SKU gets its empty stock rows with it."""

    list_display = ["code", "gift", "specification_label", "barcode", "points", "weight_g", "state"]
    list_filter = ["is_active", "gift__category"]
    list_select_related = ["gift"]
    search_fields = ["code", "barcode", "gift__name", "gift__name_en"]
    autocomplete_fields = ["gift"]
    fieldsets = [
        (None, {"fields": ["gift", ("code", "barcode"), ("specification", "specification_en"), "position"]}),
        (_("Price"), {"fields": [("points_price", "cash_price"), "is_active"]}),
        (_("Packed"), {"fields": [("weight_g", "length_mm", "width_mm", "height_mm")]}),
    ]

    @admin.display(description=_("points"), ordering="points_price")
    def points(self, sku: Sku) -> SafeString:
        return number(sku.points_price)

    @admin.display(description=_("state"))
    def state(self, sku: Sku) -> SafeString:
        return badge(_("active"), "good") if sku.is_active else badge(_("off"), "quiet")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Bring a new SKU in through the service."""
        if change:
            obj.save()
        else:
            services.add_skus([obj])


@admin.register(Warehouse)
class WarehouseAdmin(DeskAdmin):
    """A new warehouse gets an empty stock row for every SKU."""

    list_display = ["label", "code", "region_code", "priority"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Bring a new warehouse in through the service."""
        if change:
            obj.save()
        else:
            services.add_warehouse(obj)
