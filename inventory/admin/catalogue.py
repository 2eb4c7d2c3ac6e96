"""Gifts, their SKUs and the shelves and warehouses they stand in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import DeskAdmin, badge, number
from foundation.pictures import MAX_BYTES
from foundation.sizes import MEGABYTE, takes_up_to
from inventory import services
from inventory.admin.forms import GiftForm, is_picture
from inventory.models import UPLOADED, Category, Gift, Sku, Warehouse


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
    form = GiftForm
    readonly_fields = ["shown"]
    fieldsets = [
        (None, {"fields": [("name", "name_en"), ("code", "kind"), ("category", "position")]}),
        (_("On the shelf"), {"fields": ["is_listed", "on_shelf_from", "on_shelf_until", "return_days"]}),
        (
            _("What members read"),
            {"fields": ["summary", "summary_en", "description", "description_en"]},
        ),
        (_("Pictures"), {"fields": ["shown", "picture", "more_pictures", "upload"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        """Let the forms take a picture along."""
        urls = super().get_urls()
        for each in urls:
            if str(each.name).endswith(("gift_add", "gift_change")):
                takes_up_to(MAX_BYTES + MEGABYTE)(each.callback)
        return urls

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a gift with the picture that came along."""
        services.save_gift(obj, fresh=form.cleaned_data.get("upload"))

    @admin.display(description=_("as members see them"))
    def shown(self, gift: Gift) -> SafeString | str:
        paths = [path for path in gift.pictures if path and is_picture(path)] if gift.pk else []
        shown = ((_address(path), path) for path in paths)
        return format_html_join(" ", '<img src="{}" width="120" height="120" alt="{}">', shown)

    @admin.display(description=_("shelf"))
    def shelf(self, gift: Gift) -> SafeString:
        if gift.is_on_shelf(timezone.now()):
            return badge(_("on the shelf"), "good")
        return badge(_("not on the shelf"), "quiet")


def _address(path: str) -> str:
    """Return where a picture that is there is shown."""
    if path.startswith(UPLOADED):
        return reverse("gift-picture", args=[path.removeprefix(UPLOADED)])
    return static(path)


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
