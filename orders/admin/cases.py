"""What went wrong or past its time: exception cases and facts that were given up; and what was given back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import (
    Cause,
    Deed,
    DossierAdmin,
    Facts,
    Panel,
    QueueFilter,
    Table,
    age,
    badge,
    in_bulk,
    link,
    number,
)
from orders import events, services
from orders.admin.forms import NoteForm
from orders.admin.orders import status_badge
from orders.models import ExceptionCase, OrderEvent, Refund
from orders.models.order import Status
from orders.rules.changing import NEW_ADDRESS

KINDS = {"overdue": _("overdue"), NEW_ADDRESS: _("sent to a new address")}


def _resolve(case: ExceptionCase, cleaned: dict[str, Any], cause: Cause) -> None:
    services.resolve_case(case.pk, note=cleaned["note"], at=cause.at, by=cause.by)


RESOLVE = Deed(
    name="resolve",
    label=_("Resolve"),
    permission="orders.change_exceptioncase",
    work=_resolve,
    done=_("The case of order %(object)s is resolved."),
    possible=lambda case: case.resolved_at is None,
    form=NoteForm,
    hint=_("An order that is late gets one more day, one that is on hold goes on."),
)


class CaseQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "open": (_("open"), Q(resolved_at=None)),
        "resolved": (_("resolved"), Q(resolved_at__isnull=False)),
    }


@admin.register(ExceptionCase)
class ExceptionCaseAdmin(DossierAdmin):
    list_display = ["order", "what", "state_then", "state_now", "waiting", "opened_at", "resolved_by", "note"]
    list_select_related = ["order"]
    list_filter = [CaseQueue]
    find_by = ("order__number",)
    settled = frozenset({"resolved", "all"})
    ordering = ["opened_at", "pk"]
    deeds = [RESOLVE]
    actions = [in_bulk(RESOLVE)]

    @admin.display(description=_("kind"))
    def what(self, case: ExceptionCase) -> SafeString:
        return badge(KINDS.get(case.kind, case.kind), "quiet" if case.resolved_at else "late")

    @admin.display(description=_("state then"))
    def state_then(self, case: ExceptionCase) -> str:
        return str(Status(case.status_then).label)

    @admin.display(description=_("state now"))
    def state_now(self, case: ExceptionCase) -> SafeString:
        return status_badge(case.order)

    @admin.display(description=_("waiting for"))
    def waiting(self, case: ExceptionCase) -> str:
        return age(case.opened_at, case.resolved_at or timezone.now())

    def name(self, obj: ExceptionCase) -> str:
        return obj.order.number

    def heading(self, request: HttpRequest, obj: ExceptionCase) -> SafeString:
        return self.what(obj)

    def panels(self, request: HttpRequest, obj: ExceptionCase) -> Sequence[Panel]:
        """Show where the order stands."""
        return [
            Facts(
                _("Exception case"),
                [
                    (_("order"), link(request, obj.order)),
                    (_("kind"), self.what(obj)),
                    (_("state then"), self.state_then(obj)),
                    (_("state now"), self.state_now(obj)),
                    (_("due by"), obj.order.deadline_at),
                    (_("opened at"), obj.opened_at),
                    (_("note"), obj.note),
                    (_("resolved at"), obj.resolved_at),
                    (_("resolved by"), obj.resolved_by),
                ],
            )
        ]


def _replay(event: OrderEvent, cleaned: dict[str, Any], cause: Cause) -> None:
    events.replay(event.pk, at=cause.at)


REPLAY = Deed(
    name="replay",
    label=_("Try again"),
    permission="orders.change_orderevent",
    work=_replay,
    done=_("The fact waits for its next try."),
    possible=lambda event: event.dead_at is not None,
)


class EventQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "dead": (_("given up"), Q(dead_at__isnull=False)),
        "waiting": (_("waiting"), Q(delivered_at=None, dead_at=None)),
    }


@admin.register(OrderEvent)
class OrderEventAdmin(DossierAdmin):
    list_display = ["order", "seq", "fact", "occurred_at", "by", "state", "attempts", "last_error"]
    list_select_related = ["order"]
    list_filter = [EventQueue]
    find_by = ("order__number",)
    search_help_text = _("Order number")
    ordering = ["-pk"]
    deeds = [REPLAY]
    actions = [in_bulk(REPLAY)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the order along."""
        return super().get_queryset(request).select_related("order", "remark")

    @admin.display(description=_("fact"))
    def fact(self, event: OrderEvent) -> str:
        return event.get_kind_display()

    @admin.display(description=_("state"))
    def state(self, event: OrderEvent) -> SafeString:
        if event.dead_at:
            return badge(_("given up"), "bad")
        return badge(_("delivered"), "good") if event.delivered_at else badge(_("waiting"), "work")

    def heading(self, request: HttpRequest, obj: OrderEvent) -> SafeString:
        return self.state(obj)

    def panels(self, request: HttpRequest, obj: OrderEvent) -> Sequence[Panel]:
        """Show the fact and how its delivery went."""
        return [
            Facts(
                _("Order event"),
                [
                    (_("order"), link(request, obj.order)),
                    (_("number"), obj.seq),
                    (_("fact"), obj.get_kind_display()),
                    (_("from"), obj.get_from_status_display()),
                    (_("to"), obj.get_to_status_display()),
                    (_("by"), obj.by),
                    (_("reason"), obj.reason),
                    (_("at"), obj.occurred_at),
                    (_("delivered at"), obj.delivered_at),
                    (_("attempts"), obj.attempts),
                    (_("given up at"), obj.dead_at),
                    (_("last error"), obj.last_error),
                ],
            ),
            Facts(_("Details"), [(name, str(value)) for name, value in obj.data.items()]),
        ]


@admin.register(Refund)
class RefundAdmin(DossierAdmin):
    list_display = ["reference", "order", "points_back", "at", "by"]
    list_select_related = ["order"]
    find_by = ("reference__startswith",)
    search_help_text = _("Order number")
    ordering = ["-pk"]

    @admin.display(description=_("points"))
    def points_back(self, refund: Refund) -> SafeString:
        return number(refund.points)

    def panels(self, request: HttpRequest, obj: Refund) -> Sequence[Panel]:
        """Show what went back, line by line."""
        lines = obj.lines.select_related("line").order_by("line__position")
        return [
            Facts(
                _("Refund"),
                [
                    (_("order"), link(request, obj.order)),
                    (_("reference"), obj.reference),
                    (_("points"), obj.points),
                    (_("at"), obj.at),
                    (_("by"), obj.by),
                ],
            ),
            Table(
                _("Lines"),
                [_("SKU code"), _("gift"), _("quantity"), _("points")],
                [(x.line.sku_code, x.line.label, x.quantity, x.points) for x in lines],
            ),
        ]
