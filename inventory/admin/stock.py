"""What is in the warehouses: received and adjusted from here, every movement to be read."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import (
    Cause,
    Deed,
    DeedForm,
    DossierAdmin,
    Facts,
    NotPossible,
    Panel,
    QueueFilter,
    ReadOnlyAdmin,
    Table,
    number,
)
from inventory import services
from inventory.models import Stock, StockMovement, VirtualCode

MOST_UNITS = 1_000_000
RECENT = 50
MOST_LINES = 100
"""As many positions as an order can have."""


class ReceiveForm(DeedForm):
    """Units that came in."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_UNITS)
    reference = forms.CharField(
        label=_("Delivery note"), max_length=60, help_text=_("The same delivery note arrives once.")
    )


class AdjustForm(DeedForm):
    """A correction with its reason."""

    change = forms.IntegerField(
        label=_("Change"),
        min_value=-MOST_UNITS,
        max_value=MOST_UNITS,
        help_text=_("Negative when something is missing."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    reference = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the correction before it is sent, so that the same click counts once."""
        super().__init__(*args, **kwargs)
        self.fields["reference"].initial = lambda: f"adjust/{timezone.localdate():%y%m%d}/{uuid4().hex[:12]}"


class CodesForm(DeedForm):
    """Codes of a virtual gift, as a file of one column or with the code in the first of several."""

    codes = forms.CharField(
        label=_("Codes (CSV)"),
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One code per line; of several columns the first. Codes that are there already are passed over."
        ),
    )
    batch = forms.CharField(
        label=_("Batch"), max_length=80, help_text=_("What they came in, such as an invoice.")
    )

    def clean_codes(self) -> list[str]:
        """Read the first column; a code that cannot be kept is named by its line, never repeated."""
        codes = []
        for line, row in enumerate(csv.reader(self.cleaned_data["codes"].splitlines()), start=1):
            code = row[0].strip() if row else ""
            if len(code) > services.LONGEST_CODE:
                raise forms.ValidationError(
                    _("The code in line %(line)s is too long."), params={"line": line}
                )
            codes += [code] if code else []
        if not codes:
            raise forms.ValidationError(_("Paste at least one code."))
        return codes


def _add_codes(stock: Stock, cleaned: dict[str, Any], cause: Cause) -> None:
    added = services.add_codes(
        stock.sku.code, cleaned["codes"], batch=cleaned["batch"], at=cause.at, by=cause.by
    )
    if not added:
        raise NotPossible  # all of them were there


def _receive(stock: Stock, cleaned: dict[str, Any], cause: Cause) -> None:
    arrival = services.Arrival(
        stock.sku.code, stock.warehouse.code, cleaned["quantity"], cleaned["reference"], cause.at, cause.by
    )
    if not services.receive_stock([arrival]):
        raise NotPossible  # the delivery note has arrived before


def _adjust(stock: Stock, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.adjust_stock(
        stock.pk,
        change=cleaned["change"],
        reason=cleaned["reason"],
        reference=cleaned["reference"],
        at=cause.at,
        by=cause.by,
    )


RECEIVE = Deed(
    name="receive",
    label=_("Receive"),
    permission="inventory.change_stock",
    work=_receive,
    possible=lambda stock: not stock.sku.gift.is_virtual,
    done=_("%(object)s: received."),
    form=ReceiveForm,
)
ADJUST = Deed(
    name="adjust",
    label=_("Adjust"),
    permission="inventory.change_stock",
    work=_adjust,
    possible=lambda stock: not stock.sku.gift.is_virtual,
    done=_("%(object)s: adjusted."),
    form=AdjustForm,
    tone="danger",
)


ADD_CODES = Deed(
    name="codes",
    label=_("Add codes"),
    permission="inventory.change_stock",
    work=_add_codes,
    done=_("%(object)s: codes added."),
    possible=lambda stock: stock.sku.gift.is_virtual,
    form=CodesForm,
)


class StockQueue(QueueFilter):
    title = _("stock")
    parameter_name = "stock"
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "everything": (_("everything"), Q()),
        "nothing_free": (_("nothing free"), Q(on_hand=F("reserved"))),
        "reserved": (_("with reservations"), Q(reserved__gt=0)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return super().lookups(request, model_admin)[:-1]


@admin.register(Stock)
class StockAdmin(DossierAdmin):
    list_display = ["sku", "barcode", "warehouse", "on_hand_shown", "reserved_shown", "free"]
    list_select_related = ["sku__gift", "warehouse"]
    list_filter = [StockQueue, "warehouse"]
    search_fields = ["sku__code", "=sku__barcode", "sku__gift__name", "sku__gift__name_en"]
    search_help_text = _("SKU code, barcode or gift")
    ordering = ["sku__code", "warehouse"]
    deeds = [RECEIVE, ADJUST, ADD_CODES]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the SKU and the warehouse along."""
        return super().get_queryset(request).select_related("sku__gift", "warehouse")

    @admin.display(description=_("barcode"))
    def barcode(self, stock: Stock) -> str:
        return stock.sku.barcode

    @admin.display(description=_("on hand"))
    def on_hand_shown(self, stock: Stock) -> SafeString:
        return number(stock.on_hand)

    @admin.display(description=_("reserved"))
    def reserved_shown(self, stock: Stock) -> SafeString:
        return number(stock.reserved)

    @admin.display(description=_("free"))
    def free(self, stock: Stock) -> SafeString:
        return number(stock.on_hand - stock.reserved)

    def name(self, obj: Stock) -> str:
        return f"{obj.sku.code} · {obj.warehouse.label}"

    def panels(self, request: HttpRequest, obj: Stock) -> Sequence[Panel]:
        """Show the counters and the latest movements behind them."""
        return [
            Facts(
                _("Stock"),
                [
                    (_("SKU"), str(obj.sku)),
                    (_("barcode"), obj.sku.barcode),
                    (_("warehouse"), obj.warehouse.label),
                    (_("on hand"), obj.on_hand),
                    (_("reserved"), obj.reserved),
                    (_("free"), obj.on_hand - obj.reserved),
                ],
            ),
            Table(
                _("Latest movements"),
                [_("at"), _("kind"), _("on hand"), _("reserved"), _("reference"), _("by"), _("reason")],
                [
                    (
                        m.at,
                        m.get_kind_display(),
                        m.on_hand_change,
                        m.reserved_change,
                        m.reference,
                        m.by,
                        m.reason,
                    )
                    for m in obj.movements.order_by("-pk")[:RECENT]
                ],
            ),
        ]


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = ["stock", "kind", "on_hand_change", "reserved_change", "reference", "at", "by", "reason"]
    list_select_related = ["stock__sku", "stock__warehouse"]
    list_filter = ["kind", "stock__warehouse"]
    search_fields = ["reference"]
    search_help_text = _("Reference, such as an order number, or SKU code")
    ordering = ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by reference, with or without a line's position, or by SKU; each through its index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        stocks = list(Stock.objects.filter(sku__code=term).values_list("pk", flat=True))
        if stocks:
            return queryset.filter(stock__in=stocks), False
        lines = [f"{term}/{position}" for position in range(1, MOST_LINES + 1)]
        return queryset.filter(reference__in=[term, *lines]), False


@admin.register(VirtualCode)
class VirtualCodeAdmin(ReadOnlyAdmin):
    """Which codes there are and where they went; what they say is for their members' eyes only."""

    list_display = [
        "masked_code",
        "sku",
        "batch",
        "added_at",
        "added_by",
        "reference",
        "given_at",
        "shown_at",
    ]
    list_select_related = ["sku__gift"]
    list_filter = [("given_at", admin.EmptyFieldListFilter)]
    search_fields = ["=sku__code", "reference__startswith", "=batch"]
    search_help_text = _("SKU code, order number or batch")
    ordering = ["-pk"]
    fields = ("masked_code", "sku", "batch", "added_at", "added_by", "reference", "given_at", "shown_at")
    readonly_fields = fields

    @admin.display(description=_("code"))
    def masked_code(self, code: VirtualCode) -> str:
        return code.masked
