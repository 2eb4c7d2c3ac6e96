"""Refund requests: what the member wants back, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aftersales import services
from aftersales.models import ReturnLine, ReturnRequest
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
    number,
    state_of,
)
from members.admin import MemberAdmin
from members.models import Member
from orders.admin import OrderAdmin
from orders.models import Order
from orders.rules.changing import can_ask_refund

Status = ReturnRequest.Status
TONES = {Status.REQUESTED: "work", Status.APPROVED: "work", Status.REFUNDED: "good", Status.REJECTED: "bad"}
RECENT = 10


class ApproveForm(DeedForm):
    """What becomes of the goods, line by line, and a word to the member."""

    note = forms.CharField(label=_("Answer to the member"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for each line where its goods go; in bulk they all go back to stock."""
        super().__init__(*args, **kwargs)
        self.lines = _lines(self.obj) if self.obj is not None else []
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = forms.ChoiceField(
                label=f"{line.order_line.label} × {line.quantity}",
                choices=ReturnLine.Disposition.choices,
                initial=ReturnLine.Disposition.RESTOCK,
            )

    def dispositions(self) -> dict[int, str]:
        """Return what becomes of each line's goods."""
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] for line in self.lines}

    def clean(self) -> dict[str, Any]:
        """Gather the lines under one name."""
        cleaned = super().clean() or {}
        if not self.errors:
            cleaned["dispositions"] = self.dispositions()
        return cleaned


class RejectForm(DeedForm):
    """An answer that the member will read."""

    note = forms.CharField(
        label=_("Answer to the member"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def _lines(request: ReturnRequest) -> list[ReturnLine]:
    return list(request.lines.select_related("order_line").order_by("order_line__position"))


def _approve(request: ReturnRequest, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.approve_refund(
        request.pk, cleaned["dispositions"], note=cleaned["note"], at=cause.at, by=cause.by
    )


def _reject(request: ReturnRequest, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.reject_refund(request.pk, note=cleaned["note"], at=cause.at, by=cause.by)


def _is_waiting(request: ReturnRequest) -> bool:
    return bool(request.status == Status.REQUESTED)


APPROVE = Deed(
    name="approve",
    label=_("Give the points back"),
    permission="aftersales.change_returnrequest",
    work=_approve,
    done=_("%(object)s: the points are back with the member."),
    possible=_is_waiting,
    form=ApproveForm,
)
REJECT = Deed(
    name="reject",
    label=_("Decline"),
    permission="aftersales.change_returnrequest",
    work=_reject,
    done=_("%(object)s is declined; the member is told why."),
    possible=_is_waiting,
    form=RejectForm,
    tone="danger",
)


class AskForm(DeedForm):
    """How many of each line, and what the member said."""

    reason = forms.CharField(
        label=_("What the member says"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for each line how many of what arrived shall go back."""
        super().__init__(*args, **kwargs)
        self.lines = [line for line in self.obj.lines.order_by("position") if line.refundable]
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"{line.label} × {line.refundable}",
                min_value=0,
                max_value=line.refundable,
                initial=line.refundable,
            )

    def clean(self) -> dict[str, Any]:
        """Gather the lines under one name; the service refuses a request for nothing."""
        cleaned = super().clean() or {}
        quantities = [(line.pk, cleaned.get(f"line_{line.pk}")) for line in self.lines]
        cleaned["wanted"] = [services.Wanted(pk, quantity) for pk, quantity in quantities if quantity]
        return cleaned


def _ask(order: Order, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.request_refund(
        order.pk, cleaned["wanted"], reason=cleaned["reason"], at=cause.at, by=cause.by
    )


ASK = Deed(
    name="ask_refund",
    label=_("Ask for a refund for the member"),
    permission="aftersales.change_returnrequest",
    work=_ask,
    done=_("A refund is asked for. Somebody else decides it."),
    possible=can_ask_refund,
    form=AskForm,
    tone="plain",
    hint=_("When the member cannot ask in the mall. Who asks does not decide."),
)


class RequestQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "waiting": (_("to decide"), Q(status="requested")),
        "late": (_("called overdue"), Q(status="requested", escalated_at__isnull=False)),
        "refunded": (_("points returned"), Q(status="refunded")),
        "rejected": (_("rejected"), Q(status="rejected")),
        "withdrawn": (_("withdrawn"), Q(status="withdrawn")),
    }


@admin.register(ReturnRequest)
class ReturnRequestAdmin(DossierAdmin):
    """Oldest due first; after an answer the next one opens."""

    list_display = ["number", "who", "points", "reason", "state", "waiting", "due_by", "decided_by"]
    list_select_related = ["order__member"]
    list_filter = [RequestQueue]
    find_by = ("number__startswith", "order__member__number")
    settled = frozenset({"refunded", "rejected", "withdrawn", "all"})
    search_help_text = _("Order number, request number or member number")
    ordering = ["due_at", "pk"]
    deeds = [APPROVE, REJECT]
    actions = [in_bulk(APPROVE), in_bulk(REJECT)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the order and what is asked for along."""
        asked = super().get_queryset(request).select_related("order__member")
        return asked.prefetch_related("lines__order_line")

    @admin.display(description=_("member"))
    def who(self, request: ReturnRequest) -> str:
        return str(request.order.member)

    @admin.display(description=_("points"))
    def points(self, request: ReturnRequest) -> SafeString:
        return number(sum(line.quantity * line.order_line.unit_points for line in request.lines.all()))

    @admin.display(description=_("status"))
    def state(self, request: ReturnRequest) -> SafeString:
        return state_of(request, TONES, "status")

    @admin.display(description=_("waiting for"))
    def waiting(self, request: ReturnRequest) -> str:
        return age(request.requested_at, request.decided_at or timezone.now())

    @admin.display(description=_("due"))
    def due_by(self, request: ReturnRequest) -> str | SafeString:
        return due(request.due_at, timezone.now()) if _is_waiting(request) else ""

    def heading(self, request: HttpRequest, obj: ReturnRequest) -> SafeString:
        return format_html("{} {}", self.state(obj), self.due_by(obj))

    def after(self, request: HttpRequest, obj: ReturnRequest, deed: Deed) -> str:
        """Go on to the next request that waits."""
        following = ReturnRequest.objects.filter(status=Status.REQUESTED).order_by("due_at", "pk").first()
        return self.address(following) if following else reverse("admin:aftersales_returnrequest_changelist")

    def panels(self, request: HttpRequest, obj: ReturnRequest) -> Sequence[Panel]:
        """Show what is asked for, and what else the member asked for."""
        order = obj.order
        others = (
            ReturnRequest.objects.filter(order__member=order.member_id).exclude(pk=obj.pk).order_by("-pk")
        )
        return [
            Facts(
                _("Refund request"),
                [
                    (_("order"), link(request, order)),
                    (_("member"), link(request, order.member)),
                    (_("reason"), obj.reason),
                    (_("requested by"), obj.requested_by),
                    (_("requested at"), obj.requested_at),
                    (_("delivered at"), order.delivered_at),
                    (_("due by"), obj.due_at),
                    (_("called overdue at"), obj.escalated_at),
                    (_("decided by"), obj.decided_by),
                    (_("decided at"), obj.decided_at),
                    (_("answer to the member"), obj.decision_note),
                ],
            ),
            _lines_table(obj),
            _requests_table(request, _("The member's other requests"), others[:RECENT]),
        ]


def _lines_table(obj: ReturnRequest) -> Table:
    return Table(
        _("What goes back"),
        [
            _("SKU code"),
            _("gift"),
            _("quantity"),
            _("of"),
            _("points"),
            _("what becomes of the goods"),
        ],
        [
            (
                line.order_line.sku_code,
                line.order_line.label,
                line.quantity,
                line.order_line.quantity,
                line.quantity * line.order_line.unit_points,
                line.get_disposition_display(),
            )
            for line in _lines(obj)
        ],
    )


def _requests_table(request: HttpRequest, title: Any, rows: QuerySet[ReturnRequest]) -> Table:
    return Table(
        title,
        [_("request number"), _("status"), _("reason"), _("requested at")],
        [(link(request, r), state_of(r, TONES, "status"), r.reason, r.requested_at) for r in rows],
    )


def _of_order(request: HttpRequest, order: Order) -> Sequence[Panel]:
    if not request.user.has_perm("aftersales.view_returnrequest"):
        return []
    return [
        _requests_table(
            request, _("Refund requests"), ReturnRequest.objects.filter(order=order).order_by("pk")
        )
    ]


def _of_member(request: HttpRequest, member: Member) -> Sequence[Panel]:
    if not request.user.has_perm("aftersales.view_returnrequest"):
        return []
    latest = ReturnRequest.objects.filter(order__member=member).order_by("-pk")[:RECENT]
    return [_requests_table(request, _("Latest refund requests"), latest)]


OrderAdmin.more.append(_of_order)
OrderAdmin.deeds = [*OrderAdmin.deeds, ASK]
MemberAdmin.more.append(_of_member)
