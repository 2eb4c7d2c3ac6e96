"""The scan page and the paper: one field, one large answer; or a list to walk with."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.admin import carry_out, cause_of
from foundation.refusals import Refusal
from logistics import rules, services
from logistics.models import PickLine, PickTask

MOST_LISTS = 100
LONGEST_BARCODE = 60


def scan_view(request: HttpRequest, task_id: int) -> HttpResponse:
    """Take one piece for each barcode; the scanner types it and presses Enter."""
    if not request.user.has_perm("logistics.change_picktask"):
        raise PermissionDenied
    task = get_object_or_404(PickTask.objects.select_related("order", "warehouse"), pk=task_id)
    if request.method == "POST":
        _scan(request, task)
        return HttpResponseRedirect(request.path)
    known = list(task.lines.select_related("sku", "order_line").order_by("pk"))
    lines = [line for line in known if line.quantity]
    taken, pieces = sum(line.picked for line in lines), sum(line.quantity for line in lines)
    context = {
        **admin.site.each_context(request),
        "title": _("Pick %(order)s") % {"order": task.order.number},
        "task": task,
        "lines": sorted(lines, key=lambda line: (line.picked == line.quantity, line.pk)),
        "superfluous": [line for line in known if line.to_put_back],
        "shown": rules.put_back_list(known),
        "put_back_address": reverse("admin:logistics_picktask_put_back", args=[task.pk]),
        "taken": taken,
        "pieces": pieces,
        "states": PickTask.State,
        "start_address": reverse("admin:logistics_picktask_start", args=[task.pk]),
    }
    return TemplateResponse(request, "desk/scan.html", context)


def superfluous_in(task: PickTask) -> QuerySet[PickLine]:
    """Return the lines of which pieces are to be put back, because the member does not want them any more."""
    return task.lines.filter(to_put_back__gt=0)


def _scan(request: HttpRequest, task: PickTask) -> None:
    """Say in one breath what was scanned and whether it was right."""
    barcode = request.POST.get("barcode", "").strip()[:LONGEST_BARCODE].replace("\0", "")
    cause = cause_of(request)
    try:
        line = carry_out(lambda: services.scan(task.pk, barcode=barcode, at=cause.at, by=cause.by))
    except Refusal as refusal:
        messages.error(request, f"{barcode or '—'}: {refusal}")
    else:
        messages.success(request, _words(line))


def _words(line: PickLine) -> str:
    gift = f"{line.order_line.label} {line.order_line.specification_label}".strip()
    return f"{gift} · {line.picked} / {line.quantity}"


def pick_list_view(request: HttpRequest) -> HttpResponse:
    """Show pick lists to be printed, one task a sheet."""
    if not request.user.has_perm("logistics.view_picktask"):
        raise PermissionDenied
    ids = [
        int(pk)
        for pk in request.GET.get("ids", "").split(",")
        if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    tasks = (
        PickTask.objects.filter(pk__in=ids[:MOST_LISTS])
        .select_related("order", "warehouse")
        .prefetch_related(
            Prefetch("lines", PickLine.objects.filter(quantity__gt=0).select_related("sku", "order_line"))
        )
        .order_by("opened_at", "pk")
    )
    if not tasks:
        raise Http404
    return TemplateResponse(request, "desk/pick_list.html", {"tasks": tasks, "printed_at": timezone.now()})
