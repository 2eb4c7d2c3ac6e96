"""The pack page: one box or several, each weighed, measured and given to a carrier service."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.admin import carry_out, cause_of
from foundation.refusals import Refusal
from logistics import rules, services
from logistics.admin.forms import BoxForm, proposal, service_choices
from logistics.models import PickLine, PickTask

MOST_BOXES = 9


def pack_view(request: HttpRequest, task_id: int) -> HttpResponse:
    """Put what was picked into boxes; the page before asks how many there are."""
    if not request.user.has_perm("logistics.change_picktask"):
        raise PermissionDenied
    task = get_object_or_404(PickTask.objects.select_related("order", "warehouse"), pk=task_id)
    address = reverse("admin:logistics_picktask_change", args=[task.pk])
    if task.state != PickTask.State.PICKED:
        messages.error(request, str(services.WrongTaskState(state=task.get_state_display())))
        return HttpResponseRedirect(address)
    known = list(task.lines.select_related("sku", "order_line").order_by("pk"))
    lines = [line for line in known if line.quantity]
    forms = _forms(request, task, lines)
    refused, status = "", 200
    if request.method == "POST":
        status = 400
        if not [form for form in forms if form.errors]:  # every box shows its own mistakes
            cause = cause_of(request)
            packing = services.Packing(task.pk, tuple(form.box() for form in forms), cause.at, cause.by)
            try:
                parcels = carry_out(lambda: services.pack([packing]))
            except Refusal as refusal:
                refused, status = str(refusal), refusal.status
            else:
                messages.success(request, _("Packed. A worker is asking the carrier for the waybill."))
                return HttpResponseRedirect(reverse("admin:logistics_parcel_change", args=[parcels[0].pk]))
    context = {
        **admin.site.each_context(request),
        "title": _("Pack %(order)s") % {"order": task.order.number},
        "task": task,
        "address": address,
        "lines": lines,
        "superfluous": [line for line in known if line.to_put_back],
        "shown": rules.put_back_list(known),
        "put_back_address": reverse("admin:logistics_picktask_put_back", args=[task.pk]),
        "forms": forms,
        "choices": range(1, min(MOST_BOXES, sum(line.picked for line in lines)) + 1),
        "refused": refused,
    }
    return TemplateResponse(request, "desk/pack.html", context, status=status)


def _forms(request: HttpRequest, task: PickTask, lines: list[PickLine]) -> list[BoxForm]:
    asked = request.GET.get("boxes", "")
    count = (
        min(MOST_BOXES, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 1
    )
    sizes = proposal(lines)
    choices = service_choices(f"{task.order.region_code[:2]}0000", sizes)
    sizes["weight_g"] = max(1, sizes["weight_g"] // count)
    return [
        BoxForm(
            request.POST if request.method == "POST" else None,
            initial=sizes,
            prefix=f"box{serial}",
            lines=lines if count > 1 else (),
            services=choices,
        )
        for serial in range(1, count + 1)
    ]
