"""Parcels: waiting for a waybill, to be shipped, on their way; and waybills that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from foundation.admin import (
    Cause,
    Deed,
    DeedForm,
    DossierAdmin,
    Facts,
    Panel,
    QueueFilter,
    Table,
    age,
    due,
    in_bulk,
    link,
    state_of,
)
from logistics import services
from logistics.models import Carrier, Parcel, Waybill
from logistics.rules import STATE_OF
from members.rules import masked_phone
from orders import services as orders
from orders.admin import OrderAdmin
from orders.models import Order

State = Parcel.State
TONES = {
    State.DRAFT: "work",
    State.LABELLED: "work",
    State.DELIVERED: "good",
    State.FAILED: "bad",
    State.LOST: "bad",
    State.RETURNING: "late",
    State.RETURNED: "late",
}
WAYBILL_TONES = {
    "wanted": "work",
    "issued": "good",
    "dead": "bad",
    "cancelling": "work",
    "stuck": "bad",
    "void": "quiet",
}
LOOK_AGAIN_SECONDS = 3


def _ship(parcel: Parcel, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.ship([orders.Move(parcel.order_id, cause.at, cause.by)])


def _can_ship(parcel: Parcel) -> bool:
    return parcel.order.status == Order.Status.PACKED and parcel.waybill.state == Waybill.State.ISSUED


SHIP = Deed(
    name="ship",
    label=_("Hand to the carrier"),
    permission="logistics.change_parcel",
    work=_ship,
    done=_("%(object)s is on its way; the member is told the waybill."),
    possible=_can_ship,
    hint=_("The order is shipped with all its parcels, and the stock leaves the books."),
    subject=lambda parcel: parcel.order_id,
)


class ParcelQueue(QueueFilter):
    """Found through the order's state, which has an index."""

    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "to_ship": (_("to ship"), Q(order__status="packed", waybill__state="issued")),
        "no_waybill": (_("waiting for a waybill"), Q(waybill__state="wanted")),
        "given_up": (_("waybill given up"), Q(waybill__state="dead")),
        "on_the_way": (_("on the way"), Q(order__status="shipped")),
        "trouble": (
            _("in trouble"),
            Q(order__status="shipped", state__in=("failed", "returning", "returned", "lost")),
        ),
    }


@admin.register(Parcel)
class ParcelAdmin(DossierAdmin):
    list_display = [
        "number",
        "state_badge",
        "service_name",
        "waybill_number",
        "weight",
        "place",
        "packed",
        "due_by",
    ]
    list_select_related = ["order", "service", "waybill"]
    list_filter = [ParcelQueue]
    search_fields = ["number__startswith"]
    search_help_text = _("Order number, parcel number or waybill number")
    settled = frozenset({"all"})
    ordering = ["pk"]
    deeds = [SHIP]
    actions = [in_bulk(SHIP)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the order and the waybill along."""
        return super().get_queryset(request).select_related("order", "service", "waybill", "task__warehouse")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what has an index; the waybill only when the number is no parcel's."""
        term = search_term.strip()
        if not term:
            return queryset, False
        parcels = queryset.filter(number__startswith=term)
        if parcels.exists():
            return parcels, False
        carriers = list(Carrier.objects.values_list("pk", flat=True))  # the index begins with the carrier
        waybills = Waybill.objects.filter(carrier__in=carriers, number=term)
        return queryset.filter(pk__in=list(waybills.values_list("parcel_id", flat=True)[:50])), False

    @admin.display(description=_("state"))
    def state_badge(self, parcel: Parcel) -> SafeString:
        return state_of(parcel, TONES)

    @admin.display(description=_("carrier service"))
    def service_name(self, parcel: Parcel) -> str:
        return parcel.service.label

    @admin.display(description=_("waybill"))
    def waybill_number(self, parcel: Parcel) -> str | SafeString:
        return parcel.waybill.number or state_of(parcel.waybill, WAYBILL_TONES)

    @admin.display(description=_("weight"))
    def weight(self, parcel: Parcel) -> SafeString:
        return format_html('<span class="num">{} g</span>', parcel.weight_g)

    @admin.display(description=_("region"))
    def place(self, parcel: Parcel) -> str:
        return parcel.order.region_name

    @admin.display(description=_("packed"))
    def packed(self, parcel: Parcel) -> str:
        return age(parcel.packed_at, timezone.now())

    @admin.display(description=_("due"))
    def due_by(self, parcel: Parcel) -> str | SafeString:
        return due(parcel.order.deadline_at, timezone.now()) if parcel.delivered_at is None else ""

    def heading(self, request: HttpRequest, obj: Parcel) -> SafeString:
        return format_html("{} {}", self.state_badge(obj), state_of(obj.waybill, WAYBILL_TONES))

    def links(self, request: HttpRequest, obj: Parcel) -> list[tuple[str, str, bool]]:
        """Lead back to the queue of the trade."""
        return [
            (str(_("Parcels to ship")), "../../?queue=to_ship", False),
            (str(_("To pack")), "../../../picktask/?queue=picked", False),
        ]

    def show(
        self,
        request: HttpRequest,
        obj: Any,
        *,
        refused: tuple[Deed, DeedForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Look again by itself while the carrier is being asked."""
        response = super().show(request, obj, refused=refused, status=status)
        if request.method == "GET" and obj.waybill.state == Waybill.State.WANTED:
            response["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return response

    def panels(self, request: HttpRequest, obj: Parcel) -> Sequence[Panel]:
        """Show the box, its waybill, what is in it and where it is."""
        waybill, order = obj.waybill, obj.order
        freight = f"¥{obj.freight // 100}.{obj.freight % 100:02d}"
        lines = obj.lines.select_related("order_line").order_by("order_line__position")
        return [
            _waybill_facts(waybill),
            Facts(
                pgettext("one box", "Parcel"),
                [
                    (_("order"), link(request, order)),
                    (_("pick task"), link(request, obj.task, obj.task.warehouse.label)),
                    (_("carrier service"), obj.service.label),
                    (_("weight (g)"), obj.weight_g),
                    (_("sizes (mm)"), f"{obj.length_mm} × {obj.width_mm} × {obj.height_mm}"),
                    (_("freight"), freight),
                    (_("recipient"), f"{order.recipient} {masked_phone(order.recipient_phone)}"),
                    (_("address"), f"{order.region_name}{order.address_detail}"),
                    (_("packed at"), obj.packed_at),
                    (_("handed over at"), obj.handed_over_at),
                    (_("delivered at"), obj.delivered_at),
                ],
            ),
            Table(
                _("Contents"),
                [_("SKU code"), _("gift"), _("quantity")],
                [(x.order_line.sku_code, x.order_line.label, x.quantity) for x in lines],
            ),
            Table(
                _("Tracking"),
                [_("at"), _("status"), _("text"), _("location")],
                [(e.occurred_at, _state_after(e.status), e.text, e.location) for e in waybill.tracking.all()],
            ),
        ]  # fmt: skip


def _waybill_facts(waybill: Waybill) -> Facts:
    number = waybill.number or _("A worker is asking the carrier; this page looks again.")
    return Facts(
        _("Waybill"),
        [
            (_("carrier"), waybill.carrier.label),
            (
                _("waybill number"),
                number
                if waybill.state != Waybill.State.DEAD
                else _("The carrier gave none. Try again below."),
            ),
            (_("state"), state_of(waybill, WAYBILL_TONES)),
            (_("attempts"), waybill.attempts),
            (_("last error"), waybill.last_error),
            (_("issued at"), waybill.issued_at),
        ],
    )


def _state_after(status: str) -> str:
    """Return what a carrier's word makes of a parcel, in ours."""
    return str(STATE_OF[status].label) if status in STATE_OF else status


def parcels_table(request: HttpRequest, parcels: QuerySet[Parcel]) -> Table:
    """Show the parcels of something with their waybills."""
    return Table(
        _("Parcels"),
        [_("parcel number"), _("state"), _("carrier service"), _("waybill"), _("weight (g)")],
        [
            (
                link(request, parcel),
                state_of(parcel, TONES),
                parcel.service.label,
                parcel.waybill.number or state_of(parcel.waybill, WAYBILL_TONES),
                parcel.weight_g,
            )
            for parcel in parcels.select_related("service", "waybill").order_by("pk")
        ],
    )


def _of_order(request: HttpRequest, order: Order) -> Sequence[Panel]:
    if not request.user.has_perm("logistics.view_parcel"):
        return []
    tasks = order.pick_tasks.select_related("warehouse").order_by("pk")
    return [
        Table(
            _("Pick tasks"),
            [_("warehouse"), _("state"), _("opened at"), _("picked by"), _("picked at")],
            [
                (
                    link(request, t, t.warehouse.label),
                    t.get_state_display(),
                    t.opened_at,
                    t.started_by,
                    t.picked_at,
                )
                for t in tasks
            ],
        ),
        parcels_table(request, order.parcels.all()),
    ]


OrderAdmin.more.append(_of_order)


def _replay(waybill: Waybill, cleaned: dict[str, Any], cause: Cause) -> None:
    services.replay_waybill(waybill.pk, at=cause.at)


REPLAY = Deed(
    name="replay",
    label=_("Try again"),
    permission="logistics.change_waybill",
    work=_replay,
    done=_("The carrier is asked again."),
    possible=lambda waybill: waybill.state in (Waybill.State.DEAD, Waybill.State.STUCK),
)


def _note_cancelled(waybill: Waybill, cleaned: dict[str, Any], cause: Cause) -> None:
    services.note_cancelled(waybill.pk, at=cause.at, by=cause.by)


SETTLED = Deed(
    name="settled",
    label=_("Cancelled by telephone"),
    permission="logistics.change_waybill",
    work=_note_cancelled,
    done=_("%(object)s counts as cancelled at the carrier."),
    possible=lambda waybill: waybill.state == Waybill.State.STUCK,
    tone="danger",
    hint=_("Only after the carrier has agreed that nobody comes for this parcel."),
)


class WaybillQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "dead": (_("given up"), Q(state__in=("dead", "stuck"))),
        "wanted": (_("wanted"), Q(state="wanted")),
        "cancelling": (_("to be cancelled at the carrier"), Q(state="cancelling")),
        "issued": (_("issued"), Q(state="issued")),
        "void": (_("void"), Q(state="void")),
    }


@admin.register(Waybill)
class WaybillAdmin(DossierAdmin):
    list_display = ["parcel", "carrier", "number", "state_badge", "attempts", "last_error", "next_attempt_at"]
    list_select_related = ["parcel", "carrier"]
    list_filter = [WaybillQueue]
    find_by = ("parcel__number__startswith", "number")
    search_help_text = _("Waybill number or parcel number")
    ordering = ["-pk"]
    deeds = [REPLAY, SETTLED]
    actions = [in_bulk(REPLAY), in_bulk(SETTLED)]

    @admin.display(description=_("state"))
    def state_badge(self, waybill: Waybill) -> SafeString:
        return state_of(waybill, WAYBILL_TONES)

    def heading(self, request: HttpRequest, obj: Waybill) -> SafeString:
        return self.state_badge(obj)

    def panels(self, request: HttpRequest, obj: Waybill) -> Sequence[Panel]:
        """Show how asking the carrier went."""
        return [
            Facts(
                _("Waybill"),
                [
                    (_("parcel"), link(request, obj.parcel)),
                    (_("carrier"), obj.carrier.label),
                    (_("waybill number"), obj.number),
                    (_("attempts"), obj.attempts),
                    (_("next attempt at"), obj.next_attempt_at),
                    (_("last error"), obj.last_error),
                    (_("issued at"), obj.issued_at),
                    (_("cancelled at the carrier at"), obj.cancelled_at),
                    (_("cancelled by"), obj.cancelled_by),
                    (_("subscribed at"), obj.subscribed_at),
                    (_("next poll at"), obj.next_poll_at),
                    (_("questions refused"), obj.refused_polls or None),
                ],
            )
        ]
