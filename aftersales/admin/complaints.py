"""What members complain about, the first to be answered first, with the deeds that answer them."""

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
from django_fsm import can_proceed

from aftersales import services
from aftersales.models import Complaint
from aftersales.models.complaints import MAX_ANSWER
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
from members.admin import MemberAdmin
from members.models import Member, User
from orders.admin import OrderAdmin
from orders.models import Order

Status = Complaint.Status
TONES = {
    Status.OPEN: "work",
    Status.ACKNOWLEDGED: "work",
    Status.IN_PROGRESS: "work",
    Status.RESOLVED: "good",
}
RECENT = 10


class AnswerForm(DeedForm):
    """Words that the member will read."""

    answer = forms.CharField(
        label=_("Answer to the member"), max_length=MAX_ANSWER, widget=forms.Textarea(attrs={"rows": 5})
    )


def _operator(cause: Cause) -> User:
    return User.objects.get(username=cause.by.removeprefix("operator:"))


def _acknowledge(complaint: Complaint, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.acknowledge_complaint(complaint.pk, assignee=_operator(cause), at=cause.at)


def _start(complaint: Complaint, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.start_complaint(complaint.pk, assignee=_operator(cause), at=cause.at)


def _answer(complaint: Complaint, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.resolve_complaint(
        complaint.pk, answer=cleaned["answer"], assignee=_operator(cause), at=cause.at, by=cause.by
    )


ACKNOWLEDGE = Deed(
    name="acknowledge",
    label=_("Take it on"),
    permission="aftersales.change_complaint",
    work=_acknowledge,
    done=_("%(object)s is yours; the member sees that it was read."),
    possible=lambda complaint: bool(can_proceed(complaint.acknowledge)),
)
START = Deed(
    name="start",
    label=_("Begin to look into it"),
    permission="aftersales.change_complaint",
    work=_start,
    done=_("%(object)s is being looked into."),
    possible=lambda complaint: bool(can_proceed(complaint.start)),
)
ANSWER = Deed(
    name="answer",
    label=_("Send the answer"),
    permission="aftersales.change_complaint",
    work=_answer,
    done=_("%(object)s is answered; the member is told."),
    possible=lambda complaint: bool(can_proceed(complaint.resolve)),
    form=AnswerForm,
)


class ComplaintQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "waiting": (_("to answer"), Q(status__in=Complaint.WAITING)),
        "late": (_("called overdue"), Q(status__in=Complaint.WAITING, escalated_at__isnull=False)),
        "answered": (_("answered"), Q(status=Status.RESOLVED)),
        "closed": (_("closed"), Q(status=Status.CLOSED)),
    }


@admin.register(Complaint)
class ComplaintAdmin(DossierAdmin):
    """First due first; after an answer the next one opens."""

    list_display = [
        "number",
        "who",
        "category",
        "beginning",
        "order",
        "state",
        "waiting",
        "due_by",
        "assignee",
    ]
    list_select_related = ["member", "order", "assignee"]
    list_filter = [ComplaintQueue]
    find_by = ("number", "order__number", "member__number")
    settled = frozenset({"answered", "closed", "all"})
    search_help_text = _("Complaint number, order number or member number")
    ordering = ["due_at", "pk"]
    deeds = [ACKNOWLEDGE, START, ANSWER]
    actions = [in_bulk(ACKNOWLEDGE)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the member and the order along."""
        return super().get_queryset(request).select_related("member", "order", "assignee")

    @admin.display(description=_("member"))
    def who(self, complaint: Complaint) -> str:
        return str(complaint.member)

    @admin.display(description=_("words of the member"))
    def beginning(self, complaint: Complaint) -> str:
        words = complaint.words
        return words if len(words) <= 40 else f"{words[:40]}…"

    @admin.display(description=_("status"))
    def state(self, complaint: Complaint) -> SafeString:
        return state_of(complaint, TONES, "status")

    @admin.display(description=_("waiting for"))
    def waiting(self, complaint: Complaint) -> str:
        return age(complaint.said_at, complaint.answered_at or timezone.now())

    @admin.display(description=_("due"))
    def due_by(self, complaint: Complaint) -> str | SafeString:
        return due(complaint.due_at, timezone.now()) if complaint.status in Complaint.WAITING else ""

    def heading(self, request: HttpRequest, obj: Complaint) -> SafeString:
        return format_html("{} {}", self.state(obj), self.due_by(obj))

    def after(self, request: HttpRequest, obj: Complaint, deed: Deed) -> str:
        """Go on to the next complaint that waits, once this one is answered."""
        if deed is not ANSWER:
            return self.address(obj)
        following = Complaint.objects.filter(status__in=Complaint.WAITING).order_by("due_at", "pk").first()
        return self.address(following) if following else reverse("admin:aftersales_complaint_changelist")

    def panels(self, request: HttpRequest, obj: Complaint) -> Sequence[Panel]:
        """Show what it is about, and what else the member complained about."""
        others = Complaint.objects.filter(member=obj.member_id).exclude(pk=obj.pk).order_by("-pk")
        return [
            Facts(
                _("Complaint"),
                [
                    (_("member"), link(request, obj.member)),
                    (_("order"), link(request, obj.order) if obj.order else None),
                    (_("about"), obj.get_category_display()),
                    (_("words of the member"), obj.words),
                    (_("filed at"), obj.filed_at),
                    (_("opened again at"), obj.reopened_at),
                    (_("due by"), obj.due_at),
                    (_("called overdue at"), obj.escalated_at),
                    (_("assignee"), str(obj.assignee) if obj.assignee else None),
                    (_("seen at"), obj.acknowledged_at),
                    (_("answer to the member"), obj.answer),
                    (_("answered by"), obj.answered_by),
                    (_("answered at"), obj.answered_at),
                    (_("closed by"), obj.closed_by),
                    (_("closed at"), obj.closed_at),
                ],
            ),
            *_earlier(obj),
            _table(request, _("The member's other complaints"), others[:RECENT]),
        ]


def _earlier(obj: Complaint) -> list[Panel]:
    """Show what was said before it was opened again; most complaints never were."""
    if obj.round == 1:
        return []
    rounds = obj.rounds.order_by("serial")
    return [
        Table(
            _("Said before"),
            [_("said at"), _("words of the member"), _("answer to the member"), _("answered by")],
            [(each.said_at, each.words, each.answer, each.answered_by) for each in rounds],
        )
    ]


def _table(request: HttpRequest, title: Any, rows: QuerySet[Complaint]) -> Table:
    return Table(
        title,
        [_("complaint number"), _("status"), _("about"), _("filed at")],
        [
            (link(request, c), state_of(c, TONES, "status"), c.get_category_display(), c.filed_at)
            for c in rows
        ],
    )


def _of_order(request: HttpRequest, order: Order) -> Sequence[Panel]:
    if not request.user.has_perm("aftersales.view_complaint"):
        return []
    return [_table(request, _("Complaints"), Complaint.objects.filter(order=order).order_by("pk"))]


def _of_member(request: HttpRequest, member: Member) -> Sequence[Panel]:
    if not request.user.has_perm("aftersales.view_complaint"):
        return []
    latest = Complaint.objects.filter(member=member).order_by("-pk")[:RECENT]
    return [_table(request, _("Latest complaints"), latest)]


OrderAdmin.more.append(_of_order)
MemberAdmin.more.append(_of_member)
