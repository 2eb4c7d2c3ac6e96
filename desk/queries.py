"""What waits, since when, and how much of it is late: every queue of the desk in one statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.models import Complaint, ReturnRequest
from desk.models import AuditRun, ErasureRequest
from logistics.models import CarrierPush, Parcel, PickLine, PickTask, Waybill
from members.models import CodePause, Message
from orders.models import ExceptionCase, Order, OrderEvent, ReviewTask


@dataclass(frozen=True, slots=True)
class Queue:
    """Work of one kind: which rows wait, since when, and what makes one of them late."""

    name: str
    label: str | Promise
    permission: str
    changelist: str
    query: str
    rows: Callable[[], QuerySet[Any]]
    since: str
    late: Callable[[datetime], Q] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """A queue and how full it is."""

    queue: Queue
    count: int
    oldest: datetime | None
    late: int


def _due_before(field: str) -> Callable[[datetime], Q]:
    return lambda at: Q(**{f"{field}__lt": at})


def _picks(state: str) -> Callable[[], QuerySet[Any]]:
    return lambda: PickTask.objects.filter(state=state)


def _to_ship() -> QuerySet[Any]:
    return Parcel.objects.filter(order__status="packed", waybill__state="issued")


_LATE_ORDER = _due_before("order__deadline_at")

WORK: tuple[Queue, ...] = (
    Queue(
        "review", _("To review"), "orders.view_reviewtask", "orders_reviewtask", "queue=waiting",
        lambda: ReviewTask.objects.filter(decision=""), "opened_at", _due_before("due_at"),
    ),
    Queue(
        "pick", _("To pick"), "logistics.view_picktask", "logistics_picktask", "queue=open",
        _picks("open"), "opened_at", _LATE_ORDER,
    ),
    Queue(
        "picking", _("Picking"), "logistics.view_picktask", "logistics_picktask", "queue=picking",
        _picks("picking"), "started_at", _LATE_ORDER,
    ),
    Queue(
        "pack", _("To pack"), "logistics.view_picktask", "logistics_picktask", "queue=picked",
        _picks("picked"), "picked_at", _LATE_ORDER,
    ),
    Queue(
        "put_back", _("To put back"), "logistics.view_picktask", "logistics_picktask", "queue=put_back",
        lambda: PickTask.objects.filter(pk__in=PickLine.objects.filter(to_put_back__gt=0).values("task")), "opened_at",
    ),
    Queue(
        "waybill", _("Waiting for a waybill"), "logistics.view_parcel", "logistics_parcel", "queue=no_waybill",
        lambda: Parcel.objects.filter(waybill__state="wanted"), "packed_at", _LATE_ORDER,
    ),
    Queue(
        "ship", _("To ship"), "logistics.view_parcel", "logistics_parcel", "queue=to_ship",
        _to_ship, "packed_at", _LATE_ORDER,
    ),
    Queue(
        "late", _("On the way"), "orders.view_order", "orders_order", "status__exact=shipped",
        lambda: Order.objects.filter(status="shipped"), "entered_at",
        _due_before("deadline_at"),
    ),
    Queue(
        "delivered", _("Delivered, not confirmed"), "orders.view_order", "orders_order", "status__exact=delivered",
        lambda: Order.objects.filter(status="delivered"), "entered_at", _due_before("deadline_at"),
    ),
    Queue(
        "refunds", _("Refunds to decide"), "aftersales.view_returnrequest", "aftersales_returnrequest",
        "queue=waiting", lambda: ReturnRequest.objects.filter(status="requested"), "requested_at",
        _due_before("due_at"),
    ),
    Queue(
        "complaints", _("Complaints"), "aftersales.view_complaint", "aftersales_complaint", "queue=waiting",
        lambda: Complaint.objects.filter(status__in=Complaint.WAITING), "filed_at", _due_before("due_at"),
    ),
    Queue(
        "erasures", _("Members to be forgotten"), "desk.view_erasurerequest", "desk_erasurerequest",
        "queue=waiting", lambda: ErasureRequest.objects.filter(state="waiting"), "asked_at", _due_before("due_at"),
    ),
)  # fmt: skip

TROUBLE: tuple[Queue, ...] = (
    Queue(
        "cases", _("Exception cases"), "orders.view_exceptioncase", "orders_exceptioncase", "queue=open",
        lambda: ExceptionCase.objects.filter(resolved_at=None), "opened_at",
    ),
    Queue(
        "complaints_late", _("Complaints past their time"), "aftersales.view_complaint", "aftersales_complaint",
        "queue=late", lambda: Complaint.objects.filter(status__in=Complaint.WAITING, escalated_at__isnull=False),
        "due_at",
    ),
    Queue(
        "refunds_late", _("Refund requests past their time"), "aftersales.view_returnrequest",
        "aftersales_returnrequest", "queue=late",
        lambda: ReturnRequest.objects.filter(status="requested", escalated_at__isnull=False), "due_at",
    ),
    Queue(
        "events", _("Facts given up"), "orders.view_orderevent", "orders_orderevent", "queue=dead",
        lambda: OrderEvent.objects.filter(dead_at__isnull=False), "dead_at",
    ),
    Queue(
        "messages", _("Messages given up"), "members.view_message", "members_message", "queue=dead",
        lambda: Message.objects.filter(state="dead", is_secret=False), "created_at",
    ),
    Queue(
        "pauses", _("SMS codes paused"), "members.view_codepause", "members_codepause", "queue=unseen",
        lambda: CodePause.objects.filter(seen_at=None), "began_at",
    ),
    Queue(
        "waybills", _("Waybills given up"), "logistics.view_waybill", "logistics_waybill", "queue=dead",
        lambda: Waybill.objects.filter(state__in=("dead", "stuck")), "next_attempt_at",
    ),
    Queue(
        "pushes", _("Carrier pushes given up"), "logistics.view_carrierpush", "logistics_carrierpush", "queue=dead",
        lambda: CarrierPush.objects.filter(dead_at__isnull=False), "dead_at",
    ),
)  # fmt: skip


def loads(queues: tuple[Queue, ...], user: Any, *, at: datetime) -> dict[str, Load]:
    """Return how full those queues are that somebody may see, by name, in one statement."""
    seen = [queue for queue in queues if user.has_perm(queue.permission)]
    if not seen:
        return {}
    first, *others = [_counted(queue, at) for queue in seen]
    counted = {name: rest for name, *rest in first.union(*others, all=True)} if others else {
        name: rest for name, *rest in first
    }  # fmt: skip
    return {queue.name: Load(queue, *counted[queue.name]) for queue in seen}


def _counted(queue: Queue, at: datetime) -> QuerySet[Any, Any]:
    late = queue.late(at) if queue.late else Q(pk__isnull=False)
    counted: QuerySet[Any, Any] = (
        queue.rows()
        .order_by()
        .annotate(queue=Value(queue.name))
        .values("queue")
        .annotate(waiting=Count("pk"), oldest=Min(F(queue.since)), overdue=Count("pk", filter=late))
        .values_list("queue", "waiting", "oldest", "overdue")
    )
    return counted


def latest_audit() -> AuditRun | None:
    """Return the auditor's last run."""
    return AuditRun.objects.order_by("-started_at").defer("findings").first()
