"""Orders: found by number, member or reference, shown whole, cancelled while they can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from foundation.admin import Cause, Deed, DossierAdmin, Facts, Panel, Table, badge, due, link, number
from foundation.names import in_language
from members.admin import MemberAdmin
from members.models import Member, PointsTransaction
from members.rules import masked_phone
from orders import services
from orders.admin.forms import CancelForm, channels
from orders.models import Order
from orders.models.order import CAPTURED, ENDED_EARLY, Status

RECENT = 20
TONES = {
    **dict.fromkeys(CAPTURED, "work"),
    **dict.fromkeys(ENDED_EARLY, "bad"),
    Status.CREATED: "work",
    Status.UNDER_REVIEW: "work",
    Status.AWAITING_PAYMENT: "work",
    Status.DELIVERED: "good",
    Status.SIGNED: "good",
    Status.CLOSED: "quiet",
}


def status_badge(order: Order) -> SafeString:
    """Show an order's state."""
    return badge(order.get_status_display(), TONES[Status(order.status)])


def _cancel(order: Order, cleaned: dict[str, Any], cause: Cause) -> object:
    shown = {"fee": cleaned["fee"]}
    return services.cancel_orders([services.Move(order.pk, cause.at, cause.by, cleaned["reason"], shown)])


CANCEL = Deed(
    name="cancel",
    label=_("Cancel the order"),
    permission="orders.change_order",
    work=_cancel,
    done=_("Order %(object)s is cancelled."),
    possible=lambda order: can_proceed(order.cancel),
    form=CancelForm,
    tone="danger",
)


class ChannelFilter(admin.SimpleListFilter):
    """The channels that are known; asking the orders themselves would read all of them."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(channel, channel) for channel in channels()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """When an order was placed, read from the beginning of its number, which has an index."""

    title = _("placed")
    parameter_name = "placed"
    days = {"today": (0, 1), "yesterday": (1, 1), "week": (6, 7), "month": (29, 30)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("today")),
            ("yesterday", _("yesterday")),
            ("week", _("last 7 days")),
            ("month", _("last 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        ago, count = self.days.get(self.value() or "", (0, 0))
        if not count:
            return queryset
        first = timezone.localdate() - timedelta(days=ago)
        after = first + timedelta(days=count)
        return queryset.filter(number__gte=f"{first:%y%m%d}", number__lt=f"{after:%y%m%d}")


class LateFilter(admin.SimpleListFilter):
    """What should have gone on by now."""

    title = _("due")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("late"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(deadline_at__lt=timezone.now()) if self.value() else queryset


@admin.register(Order)
class OrderAdmin(DossierAdmin):
    list_display = ["number", "who", "state", "points", "channel", "region_name", "placed_at", "due_by"]
    list_select_related = ["member"]
    list_filter = [("status", admin.ChoicesFieldListFilter), LateFilter, DayFilter, ChannelFilter]
    search_fields = ["number"]
    search_help_text = _("Order number, member number, whole phone number or external reference")
    ordering = ["-pk"]
    deeds = [CANCEL]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find through what has an index: the number, the member, the channel's reference."""
        term = search_term.strip()
        if not term:
            return queryset, False
        members = list(Member.objects.filter(Q(number=term) | Q(phone=term)).values_list("pk", flat=True))
        if members:
            return queryset.filter(member__in=members), False
        if term.isascii() and term.isdigit() and queryset.filter(number__startswith=term).exists():
            return queryset.filter(number__startswith=term), False
        return queryset.filter(channel__in=channels(), external_ref=term), False

    @admin.display(description=_("member"))
    def who(self, order: Order) -> str:
        return str(order.member)

    @admin.display(description=_("status"))
    def state(self, order: Order) -> SafeString:
        return status_badge(order)

    @admin.display(description=_("points"))
    def points(self, order: Order) -> SafeString:
        return number(order.points_total)

    @admin.display(description=_("due"))
    def due_by(self, order: Order) -> str | SafeString:
        return due(order.deadline_at, timezone.now())

    def heading(self, request: HttpRequest, obj: Order) -> SafeString:
        return format_html("{} {}", status_badge(obj), self.due_by(obj) if obj.deadline_at else "")

    def panels(self, request: HttpRequest, obj: Order) -> Sequence[Panel]:
        """Show the order with all that happened to it."""
        shown: list[Panel] = [
            _facts(request, obj),
            lines_table(obj),
            _timeline(obj),
            _refunds(obj),
        ]
        if request.user.has_perm("members.view_pointstransaction"):
            shown.append(_ledger(request, obj))
        return shown


def _facts(request: HttpRequest, order: Order) -> Facts:
    return Facts(
        _("Who and where to"),
        [
            (_("member"), link(request, order.member)),
            (_("points"), order.points_total),
            (_("points refunded"), order.points_refunded),
            (_("channel"), order.channel),
            (_("external reference"), order.external_ref),
            (_("requested by"), order.requested_by),
            (_("placed at"), order.placed_at),
            (_("due by"), order.deadline_at),
            (_("recipient"), f"{order.recipient} {masked_phone(order.recipient_phone)}"),
            (_("address"), f"{order.region_name}{order.address_detail}"),
            (_("note"), order.note),
            (_("on hold because"), order.on_hold_reason),
            (_("open after-sales cases"), order.open_cases),
        ],
    )


def lines_table(order: Order) -> Table:
    """Show what was ordered and what became of it."""
    return Table(
        _("Lines"),
        [
            _("SKU code"),
            _("gift"),
            _("quantity"),
            _("points each"),
            _("points"),
            _("shipped"),
            _("cancelled"),
            _("returned"),
        ],
        [
            (
                line.sku_code,
                f"{line.label} {line.specification_label}".strip(),
                line.quantity,
                line.unit_points,
                line.points,
                line.shipped,
                line.cancelled,
                line.returned,
            )
            for line in order.lines.order_by("position")
        ],
    )


def _timeline(order: Order) -> Table:
    return Table(
        _("What happened"),
        [_("at"), _("fact"), _("by"), _("reason"), _("waybills")],
        [
            (
                event.occurred_at,
                event.get_kind_display(),
                event.by,
                event.reason,
                ", ".join(_waybills(event.data)),
            )
            for event in order.events.select_related("remark").order_by("seq")
        ],
    )


def _waybills(data: dict[str, Any]) -> Iterator[str]:
    return (
        f"{in_language(parcel.get('carrier', ''), parcel.get('carrier_en', ''))} {parcel.get('waybill', '')}"
        for parcel in data.get("parcels", [])
    )


def _refunds(order: Order) -> Table:
    return Table(
        _("Refunds"),
        [_("at"), _("reference"), _("points"), _("by")],
        [(r.at, r.reference, r.points, r.by) for r in order.refunds.order_by("pk")],
    )


def _ledger(request: HttpRequest, order: Order) -> Table:
    """Show what the order did in the points ledger."""
    rows = PointsTransaction.objects.filter(Q(reference=order.number) | Q(origin=order.number))
    return Table(
        _("Points ledger"),
        [_("at"), _("kind"), _("reference"), _("by")],
        [(t.at, t.get_kind_display(), link(request, t, t.reference), t.by) for t in rows.order_by("pk")],
    )


def _orders_of_member(request: HttpRequest, member: Member) -> Sequence[Panel]:
    if not request.user.has_perm("orders.view_order"):
        return []
    latest = Order.objects.filter(member=member).order_by("-placed_at", "-pk")[:RECENT]
    return [
        Table(
            _("Latest orders"),
            [_("order number"), _("status"), _("points"), _("region"), _("placed at")],
            [(link(request, o), status_badge(o), o.points_total, o.region_name, o.placed_at) for o in latest],
        )
    ]


MemberAdmin.more.append(_orders_of_member)
