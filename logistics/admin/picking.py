"""The warehouse's queue: pick lists on paper or by scanner, then boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
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
    due,
    in_bulk,
    link,
    number,
    state_of,
)
from logistics import services
from logistics.admin.forms import PutBackForm
from logistics.admin.packing import pack_view
from logistics.admin.parcels import parcels_table
from logistics.admin.scanning import pick_list_view, scan_view, superfluous_in
from logistics.models import PickLine, PickTask

State = PickTask.State
TONES = {State.OPEN: "quiet", State.PICKING: "work", State.PICKED: "work", State.PACKED: "good"}


def _start(task: PickTask, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.start_picking([services.TaskMove(task.pk, cause.at, cause.by)])


def _tick_off(task: PickTask, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.pick_all([services.TaskMove(task.pk, cause.at, cause.by)])


def _put_back(task: PickTask, cleaned: dict[str, Any], cause: Cause) -> object:
    move = services.TaskMove(task.pk, cause.at, cause.by)
    return services.put_back([move], shown=cleaned["shown"] or None)


START = Deed(
    name="start",
    label=_("Start picking"),
    permission="logistics.change_picktask",
    work=_start,
    done=_("You are picking order %(object)s."),
    possible=lambda task: task.state == State.OPEN,
)
TICK_OFF = Deed(
    name="tick_off",
    label=_("Tick off the whole list"),
    permission="logistics.change_picktask",
    work=_tick_off,
    done=_("Every piece of order %(object)s is picked."),
    possible=lambda task: task.state == State.PICKING,
    tone="quiet",
    hint=_(
        "For a list picked on paper. The member may have cancelled pieces since it was printed: compare them here."
    ),
)


PUT_BACK = Deed(
    name="put_back",
    label=_("All of it is back on the shelf"),
    permission="logistics.change_picktask",
    form=PutBackForm,
    work=_put_back,
    done=_("What the member cancelled of order %(object)s is back on the shelf."),
    possible=lambda task: superfluous_in(task).exists(),
    hint=_("The member has cancelled pieces that were picked already. Put them back first."),
)


class PickQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "at_work": (_("at work"), Q(state__in=("open", "picking", "picked"))),
        "open": (_("to pick"), Q(state="open")),
        "picking": (_("picking"), Q(state="picking")),
        "picked": (_("to pack"), Q(state="picked")),
        "put_back": (
            _("to put back"),
            Q(pk__in=PickLine.objects.filter(to_put_back__gt=0).values("task")),
        ),
        "packed": (_("packed"), Q(state="packed")),
        "dropped": (_("dropped"), Q(state="dropped")),
    }


@admin.action(description=_("Print pick lists"))
def print_lists(model_admin: Any, request: HttpRequest, queryset: QuerySet[PickTask]) -> HttpResponse:
    """Open the printable page of the chosen tasks."""
    ids = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:100])
    return HttpResponseRedirect(f"{reverse('admin:logistics_picktask_print')}?ids={ids}")


@admin.register(PickTask)
class PickTaskAdmin(DossierAdmin):
    """Oldest first."""

    list_display = [
        "order_number",
        "warehouse_name",
        "state_badge",
        "skus",
        "pieces",
        "place",
        "waiting",
        "due_by",
        "picker",
    ]
    list_select_related = ["order", "warehouse"]
    list_filter = [PickQueue, "warehouse"]
    find_by = ("order__number",)
    settled = frozenset({"packed", "dropped", "all"})
    search_help_text = _("Order number")
    ordering = ["opened_at", "pk"]
    deeds = [PUT_BACK, START, TICK_OFF]
    actions = [print_lists, in_bulk(START), in_bulk(TICK_OFF), in_bulk(PUT_BACK)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the order along."""
        return super().get_queryset(request).select_related("order", "warehouse")

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the trade."""
        wrap = self.admin_site.admin_view
        return [
            path("print/", wrap(pick_list_view), name="logistics_picktask_print"),
            path("<int:task_id>/scan/", wrap(scan_view), name="logistics_picktask_scan"),
            path("<int:task_id>/pack/", wrap(pack_view), name="logistics_picktask_pack"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Count the pieces of the page that is shown, not of every task there ever was."""
        base = super().get_changelist(request, **kwargs)

        class WithPieces(base):  # type: ignore[misc, valid-type]
            def get_results(self, request: HttpRequest) -> None:
                super().get_results(request)
                sums = PickTask.objects.filter(pk__in=[task.pk for task in self.result_list]).annotate(
                    skus=Count("lines"), pieces=Sum("lines__quantity"), taken=Sum("lines__picked")
                )
                counted = {pk: rest for pk, *rest in sums.values_list("pk", "skus", "pieces", "taken")}
                for task in self.result_list:
                    task.skus, task.pieces, task.taken = counted[task.pk]

        return WithPieces

    @admin.display(description=_("order number"))
    def order_number(self, task: PickTask) -> str:
        return task.order.number

    @admin.display(description=_("warehouse"))
    def warehouse_name(self, task: PickTask) -> str:
        return task.warehouse.label

    @admin.display(description=_("state"))
    def state_badge(self, task: PickTask) -> SafeString:
        return state_of(task, TONES)

    @admin.display(description=_("SKUs"))
    def skus(self, task: Any) -> SafeString:
        return number(task.skus)

    @admin.display(description=_("picked"))
    def pieces(self, task: Any) -> SafeString:
        return format_html('<span class="num">{} / {}</span>', task.taken, task.pieces)

    @admin.display(description=_("region"))
    def place(self, task: PickTask) -> str:
        return task.order.region_name

    @admin.display(description=_("waiting for"))
    def waiting(self, task: PickTask) -> str:
        return age(task.opened_at, task.picked_at or timezone.now())

    @admin.display(description=_("due"))
    def due_by(self, task: PickTask) -> str | SafeString:
        at_work = task.state in (State.OPEN, State.PICKING, State.PICKED)
        return due(task.order.deadline_at, timezone.now()) if at_work else ""

    @admin.display(description=_("picked by"))
    def picker(self, task: PickTask) -> str:
        return task.started_by.removeprefix("operator:")

    def name(self, obj: PickTask) -> str:
        return f"{obj.order.number} · {obj.warehouse.label}"

    def heading(self, request: HttpRequest, obj: PickTask) -> SafeString:
        return format_html("{} {}", self.state_badge(obj), self.due_by(obj))

    def links(self, request: HttpRequest, obj: PickTask) -> list[tuple[str, str, bool]]:
        """Lead to the scanner, the paper and the boxes, whichever come next."""
        paper = f"{reverse('admin:logistics_picktask_print')}?ids={obj.pk}"
        shown = [(str(_("Print the pick list")), paper, False)]
        if request.user.has_perm("logistics.change_picktask"):
            if obj.state == State.PICKING:
                shown.insert(
                    0, (str(_("Scan")), reverse("admin:logistics_picktask_scan", args=[obj.pk]), True)
                )
            if obj.state == State.PICKED:
                shown.insert(
                    0, (str(_("Pack")), reverse("admin:logistics_picktask_pack", args=[obj.pk]), True)
                )
        return shown

    def after(self, request: HttpRequest, obj: PickTask, deed: Deed) -> str:
        """From the button to the scanner, from the ticked list to the boxes; nothing follows on what was dropped."""
        if deed is PUT_BACK and obj.state not in (State.PICKING, State.PICKED):
            return self.address(obj)
        is_scanned = deed is START or (obj.state == State.PICKING and deed is PUT_BACK)
        return reverse(f"admin:logistics_picktask_{'scan' if is_scanned else 'pack'}", args=[obj.pk])

    def panels(self, request: HttpRequest, obj: PickTask) -> Sequence[Panel]:
        """Show what is to be taken, what has been, and the boxes."""
        order = obj.order
        return [
            Facts(
                _("Pick task"),
                [
                    (_("order"), link(request, order)),
                    (_("warehouse"), obj.warehouse.label),
                    (_("recipient"), order.recipient),
                    (_("address"), f"{order.region_name}{order.address_detail}"),
                    (_("note"), order.note),
                    (_("opened at"), obj.opened_at),
                    (_("started at"), obj.started_at),
                    (_("picked by"), obj.started_by),
                    (_("picked at"), obj.picked_at),
                ],
            ),
            _pieces(obj),
            parcels_table(request, obj.parcels.all()),
        ]


def _pieces(task: PickTask) -> Table:
    lines = task.lines.select_related("sku", "order_line").order_by("pk")
    return Table(
        _("Pieces"),
        [
            _("SKU code"),
            _("gift"),
            _("barcode"),
            _("quantity"),
            _("cancelled"),
            _("picked"),
            _("to put back"),
        ],
        [
            (
                line.sku.code,
                f"{line.order_line.label} {line.order_line.specification_label}".strip(),
                line.sku.barcode,
                line.quantity,
                line.order_line.cancelled,
                line.picked,
                line.to_put_back,
            )
            for line in lines
        ],
    )
