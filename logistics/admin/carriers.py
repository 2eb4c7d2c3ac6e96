"""Carriers, what their services take and cost, and what they told us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import (
    Cause,
    Deed,
    DeskAdmin,
    DossierAdmin,
    Facts,
    Panel,
    QueueFilter,
    ReadOnlyAdmin,
    badge,
    in_bulk,
)
from logistics import services
from logistics.admin.forms import CarrierServiceForm
from logistics.models import Carrier, CarrierPush, CarrierService, TrackingEvent


@admin.register(Carrier)
class CarrierAdmin(DeskAdmin):
    list_display = ["label", "code", "phone", "is_active"]


@admin.register(CarrierService)
class CarrierServiceAdmin(DeskAdmin):
    list_display = [
        "label",
        "carrier",
        "reach",
        "max_weight_g",
        "max_length_mm",
        "first",
        "additional",
        "days",
        "is_active",
    ]
    list_select_related = ["carrier"]
    list_filter = ["carrier", "is_active"]
    form = CarrierServiceForm
    fieldsets = [
        (None, {"fields": ["carrier", ("name", "name_en"), "code", "is_active"]}),
        (_("What it takes"), {"fields": [("max_weight_g", "max_length_mm"), "days"]}),
        (
            _("What it costs"),
            {"fields": [("first_weight_g", "first_price"), ("additional_weight_g", "additional_price")]},
        ),
        (_("Where it goes"), {"fields": ["provinces"]}),
    ]

    @admin.display(description=_("provinces"))
    def reach(self, service: CarrierService) -> str:
        return str(len(service.provinces) or _("everywhere"))

    @admin.display(description=_("first weight"))
    def first(self, service: CarrierService) -> str:
        return f"¥{service.first_price / 100:.2f} / {service.first_weight_g} g"

    @admin.display(description=_("additional weight"))
    def additional(self, service: CarrierService) -> str:
        return f"¥{service.additional_price / 100:.2f} / {service.additional_weight_g} g"


def _replay(push: CarrierPush, cleaned: dict[str, Any], cause: Cause) -> None:
    services.replay_push(push.pk, at=cause.at)


REPLAY = Deed(
    name="replay",
    label=_("Try again"),
    permission="logistics.change_carrierpush",
    work=_replay,
    done=_("The callback waits for its next try."),
    possible=lambda push: push.dead_at is not None,
)


class PushQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "dead": (_("given up"), Q(dead_at__isnull=False)),
        "waiting": (_("waiting"), Q(applied_at=None, dead_at=None)),
        "applied": (_("applied"), Q(applied_at__isnull=False)),
    }


@admin.register(CarrierPush)
class CarrierPushAdmin(DossierAdmin):
    list_display = ["received_at", "source", "state", "attempts", "last_error", "applied_at"]
    list_display_links = ["received_at"]
    list_filter = [PushQueue]
    ordering = ["-pk"]
    deeds = [REPLAY]
    actions = [in_bulk(REPLAY)]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the bodies where they are in lists."""
        return super().get_queryset(request).defer("body")

    @admin.display(description=_("state"))
    def state(self, push: CarrierPush) -> SafeString:
        if push.dead_at:
            return badge(_("given up"), "bad")
        return badge(_("applied"), "good") if push.applied_at else badge(_("waiting"), "work")

    def heading(self, request: HttpRequest, obj: CarrierPush) -> SafeString:
        return self.state(obj)

    def panels(self, request: HttpRequest, obj: CarrierPush) -> Sequence[Panel]:
        """Show the callback as it came."""
        return [
            Facts(
                _("Carrier push"),
                [
                    (_("source"), obj.source),
                    (_("received at"), obj.received_at),
                    (_("applied at"), obj.applied_at),
                    (_("attempts"), obj.attempts),
                    (_("given up at"), obj.dead_at),
                    (_("last error"), obj.last_error),
                    (_("body"), obj.body[:4000]),
                ],
            )
        ]


@admin.register(TrackingEvent)
class TrackingEventAdmin(ReadOnlyAdmin):
    list_display = ["waybill", "status", "text", "location", "occurred_at", "received_at"]
    list_select_related = ["waybill"]
    find_by = ("waybill__number",)
    search_help_text = _("Waybill number")
    ordering = ["-pk"]
