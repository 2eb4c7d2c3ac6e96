"""The points ledger, to be read: transactions with their postings, and lots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import DossierAdmin, Facts, Panel, ReadOnlyAdmin, Table, link, number
from members.models import PointsLot, PointsTransaction


@admin.register(PointsTransaction)
class PointsTransactionAdmin(DossierAdmin):
    list_display = ["reference", "kind", "at", "by", "origin", "note"]
    list_filter = ["kind"]
    search_fields = ["reference"]
    search_help_text = _("Reference, such as an order number")
    ordering = ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find what belongs to a reference: the transaction itself and those that answer it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(reference__in=[term, f"{term}/cancel"]) | Q(origin=term)), False

    def panels(self, request: HttpRequest, obj: PointsTransaction) -> Sequence[Panel]:
        """Show both sides of the transaction."""
        postings = obj.postings.select_related("account__member", "lot").order_by("pk")
        return [
            Facts(
                _("Transaction"),
                [
                    (_("kind"), obj.get_kind_display()),
                    (_("reference"), obj.reference),
                    (_("answers"), obj.origin),
                    (_("at"), obj.at),
                    (_("by"), obj.by),
                    (_("note"), obj.note),
                ],
            ),
            Table(
                _("Postings"),
                [_("account"), _("bucket"), _("points lot"), _("points")],
                [
                    (
                        link(request, p.account.member) if p.account.member else str(p.account),
                        p.get_bucket_display(),
                        p.lot.reference,
                        p.amount,
                    )
                    for p in postings
                ],
            ),
        ]


@admin.register(PointsLot)
class PointsLotAdmin(ReadOnlyAdmin):
    list_display = ["reference", "account", "issued_points", "remaining_points", "held", "expires_at"]
    list_select_related = ["account__member"]
    find_by = ("account__member__number", "reference")
    search_help_text = _("Member number or reference")
    ordering = ["-pk"]

    @admin.display(description=_("issued points"))
    def issued_points(self, lot: PointsLot) -> SafeString:
        return number(lot.issued)

    @admin.display(description=_("remaining points"))
    def remaining_points(self, lot: PointsLot) -> SafeString:
        return number(lot.remaining)
