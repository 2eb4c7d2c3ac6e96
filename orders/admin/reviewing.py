"""The review queue: why an order waits, everything to decide on, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
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
    due,
    in_bulk,
    link,
    number,
)
from members.rules import masked_phone
from orders import services
from orders.admin.forms import ReasonForm
from orders.admin.orders import lines_table, status_badge
from orders.models import Order, ReviewRule, ReviewTask

TONES = {"": "work", "approved": "good", "rejected": "bad", "withdrawn": "quiet"}
RECENT = 10


def _is_waiting(task: ReviewTask) -> bool:
    return not task.decision


def _approve(task: ReviewTask, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.approve([services.Move(task.order_id, cause.at, cause.by)])


def _reject(task: ReviewTask, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.reject([services.Move(task.order_id, cause.at, cause.by, cleaned["reason"])])


APPROVE = Deed(
    name="approve",
    label=_("Approve"),
    permission="orders.change_reviewtask",
    work=_approve,
    done=_("Order %(object)s goes to the warehouse."),
    possible=_is_waiting,
    hint=_("The points are taken and the warehouse starts."),
)
REJECT = Deed(
    name="reject",
    label=_("Reject"),
    permission="orders.change_reviewtask",
    work=_reject,
    done=_("Order %(object)s is rejected; the member is told why and has the points back."),
    possible=_is_waiting,
    form=ReasonForm,
    tone="danger",
)


def hit_badges(task: ReviewTask) -> SafeString:
    """Show which review rules an order hit, in words."""
    labels = dict(ReviewRule.Kind.choices)
    return format_html_join(" ", "{}", ((badge(str(labels.get(hit, hit)), "work"),) for hit in task.hits))


class ReviewQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "waiting": (_("to review"), Q(decision="")),
        "approved": (_("approved"), Q(decision="approved")),
        "rejected": (_("rejected"), Q(decision="rejected")),
        "withdrawn": (_("withdrawn"), Q(decision="withdrawn")),
    }


@admin.register(ReviewTask)
class ReviewTaskAdmin(DossierAdmin):
    """Oldest due first; after a decision the next one opens."""

    list_display = [
        "order_number",
        "why",
        "points",
        "who",
        "tier",
        "joined",
        "place",
        "waiting",
        "due_by",
        "outcome",
    ]
    list_select_related = ["order__member__tier"]
    list_filter = [ReviewQueue]
    find_by = ("order__number", "order__member__number")
    settled = frozenset({"approved", "rejected", "withdrawn", "all"})
    search_help_text = _("Order number or member number")
    ordering = ["due_at", "pk"]
    deeds = [APPROVE, REJECT]
    actions = [in_bulk(APPROVE), in_bulk(REJECT)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the order and its member along."""
        return super().get_queryset(request).select_related("order__member__tier")

    def summary(self, obj: Any) -> SafeString:
        """Return number, points, member and reasons."""
        order = obj.order
        return format_html(
            "{} · {} · {} · {}", order.number, number(order.points_kept), order.member, hit_badges(obj)
        )

    @admin.display(description=_("order number"))
    def order_number(self, task: ReviewTask) -> str:
        return task.order.number

    @admin.display(description=_("rule hits"))
    def why(self, task: ReviewTask) -> SafeString:
        return hit_badges(task)

    @admin.display(description=_("points"))
    def points(self, task: ReviewTask) -> SafeString:
        return number(task.order.points_kept)

    @admin.display(description=_("member"))
    def who(self, task: ReviewTask) -> str:
        return str(task.order.member)

    @admin.display(description=_("tier"))
    def tier(self, task: ReviewTask) -> str:
        return task.order.member.tier.label

    @admin.display(description=_("member for"))
    def joined(self, task: ReviewTask) -> str:
        return timesince(task.order.member.joined_at, depth=1)

    @admin.display(description=_("region"))
    def place(self, task: ReviewTask) -> str:
        return task.order.region_name

    @admin.display(description=_("waiting for"))
    def waiting(self, task: ReviewTask) -> str:
        return age(task.opened_at, task.decided_at or timezone.now())

    @admin.display(description=_("due"))
    def due_by(self, task: ReviewTask) -> str | SafeString:
        return "" if task.decision else due(task.due_at, timezone.now())

    @admin.display(description=_("decision"))
    def outcome(self, task: ReviewTask) -> SafeString:
        return badge(task.get_decision_display(), TONES[task.decision]) if task.decision else SafeString("")

    def name(self, obj: ReviewTask) -> str:
        return obj.order.number

    def heading(self, request: HttpRequest, obj: ReviewTask) -> SafeString:
        return format_html("{} {}", self.outcome(obj), self.due_by(obj))

    def after(self, request: HttpRequest, obj: ReviewTask, deed: Deed) -> str:
        """Go on to the next order that waits, and to the list when none does."""
        following = ReviewTask.objects.filter(decision="").order_by("due_at", "pk").first()
        return self.address(following) if following else reverse("admin:orders_reviewtask_changelist")

    def panels(self, request: HttpRequest, obj: ReviewTask) -> Sequence[Panel]:
        """Show the order, its member and its address with what is known of them."""
        return [
            _facts(request, obj),
            lines_table(obj.order),
            _member(request, obj.order),
            _others(request, obj.order),
            _address(obj.order),
        ]


def _facts(request: HttpRequest, task: ReviewTask) -> Facts:
    order = task.order
    return Facts(
        _("Why it waits"),
        [
            (_("order"), link(request, order)),
            (_("rule hits"), hit_badges(task)),
            (_("points"), order.points_kept),
            (_("points of what was cancelled"), order.points_cancelled or None),
            (_("placed at"), order.placed_at),
            (_("channel"), order.channel),
            (_("requested by"), order.requested_by),
            (_("note"), order.note),
            (_("due by"), task.due_at),
            (_("decided by"), task.decided_by),
            (_("decided at"), task.decided_at),
            (_("reason for the member"), task.reason),
        ],
    )


def _member(request: HttpRequest, order: Order) -> Facts:
    member = order.member
    account = member.account
    return Facts(
        _("Member"),
        [
            (_("member"), link(request, member)),
            (_("tier"), member.tier.label),
            (_("status"), member.get_status_display()),
            (_("joined at"), member.joined_at),
            (_("available points"), account.available),
            (_("held points"), account.held),
        ],
    )


def _others(request: HttpRequest, order: Order) -> Table:
    others = Order.objects.filter(member=order.member_id).exclude(pk=order.pk).order_by("-placed_at", "-pk")
    return Table(
        _("The member's other recent orders"),
        [_("order number"), _("status"), _("points"), _("region"), _("placed at")],
        [
            (link(request, o), status_badge(o), o.points_total, o.region_name, o.placed_at)
            for o in others[:RECENT]
        ],
        empty=_("This is the member's first order."),
    )


def _address(order: Order) -> Facts:
    """Say since when the member has the address and what went there before; codes go to none."""
    if order.is_virtual:
        return Facts(_("Address"), [(_("address"), _("none: the gift is a code"))])
    history = Order.objects.filter(member=order.member_id, address=order.address_id).exclude(pk=order.pk)
    before = history.aggregate(orders=Count("pk"), first=Min("placed_at"), latest=Max("placed_at"))
    address = order.address
    assert address is not None
    return Facts(
        _("Address"),
        [
            (_("recipient"), order.recipient),
            (_("phone"), masked_phone(order.recipient_phone)),
            (_("address"), f"{order.region_name}{order.address_detail}"),
            (_("in the address book since"), address.created_at),
            (_("other orders to it"), before["orders"]),
            (_("first of them"), before["first"]),
            (_("latest of them"), before["latest"]),
        ],
    )
