"""The operators' desk: Django's admin site with our front page, our menu and one field that finds anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import queries
from foundation.admin import age
from logistics.models import PickTask
from members.forms import DeskLogInForm
from members.models import Member
from orders.models import Order

AUDIT_IS_OLD = timedelta(minutes=30)

MENU: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Queues"),
        (
            "orders.reviewtask", "logistics.picktask", "logistics.parcel", "aftersales.returnrequest",
            "aftersales.complaint", "aftersales.giftreview", "orders.exceptioncase", "desk.erasurerequest",
        ),
    ),
    (gettext_lazy("Orders"), ("orders.order", "orders.refund", "orders.orderevent")),
    (
        gettext_lazy("Members"),
        (
            "members.member", "members.pointstransaction", "members.pointslot", "members.message",
            "members.smsreceipt", "members.tier", "aftersales.survey",
        ),
    ),
    (
        gettext_lazy("Gifts and stock"),
        (
            "inventory.gift", "inventory.sku", "inventory.category", "inventory.stock", "inventory.stockmovement",
            "inventory.warehouse", "inventory.virtualcode",
        ),
    ),
    (
        gettext_lazy("Rules"),
        ("orders.redemptionrule", "orders.reviewrule", "members.region", "members.messagetemplate",
            "aftersales.helparticle"),
    ),
    (
        gettext_lazy("Carriers"),
        (
            "logistics.waybill", "logistics.trackingevent", "logistics.carrierpush", "logistics.carrier",
            "logistics.carrierservice",
        ),
    ),
    (
        gettext_lazy("House"),
        (
            "desk.auditrun", "members.codepause", "members.refusedsignin", "members.apikey", "members.user",
            "auth.group",
        ),
    ),
)  # fmt: skip
"""What stands where in the menu; a test holds it complete."""


class OperatorsDesk(admin.AdminSite):
    """Where operators work their queues."""

    site_header = gettext_lazy("Operators' desk")
    site_title = gettext_lazy("Operators' desk")
    index_title = gettext_lazy("What waits")
    index_template = "desk/index.html"
    empty_value_display = "—"
    menu: ClassVar = MENU
    login_form = DeskLogInForm

    def __init__(self, name: str = "admin") -> None:
        """Take away the one action that deletes."""
        super().__init__(name)
        self.disable_action("delete_selected")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Add the field that finds anything."""
        return [path("find/", self.admin_view(self.find), name="find"), *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say with the answer's status that it is a matter of waiting."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        refusal = getattr(form, "refusal", None)
        if refusal is not None:
            response.status_code = refusal.status
            response.headers["Retry-After"] = str(refusal.detail.get("retry_after", 60))
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show every queue of this person's with its load, and what the auditor last said."""
        now = timezone.now()
        loads = queries.loads((*queries.WORK, *queries.TROUBLE), request.user, at=now)
        audit = queries.latest_audit() if request.user.has_perm("desk.view_auditrun") else None
        desk = {
            "work": [_card(loads[queue.name], now) for queue in queries.WORK if queue.name in loads],
            "trouble": [_card(loads[queue.name], now) for queue in queries.TROUBLE if queue.name in loads],
            "audit": audit,
            "audit_age": age(audit.started_at, now) if audit else "",
            "audit_is_old": audit is None or now - audit.started_at > AUDIT_IS_OLD,
            "sees_audit": request.user.has_perm("desk.view_auditrun"),
        }
        return super().index(request, {**desk, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the menu in the order of the work, with what this person may open."""
        listed = super().get_app_list(request, app_label)
        if app_label is not None:
            return listed
        models = {
            f"{app['app_label']}.{m['object_name'].lower()}": m for app in listed for m in app["models"]
        }
        menu = [
            {
                "name": title,
                "app_label": f"menu-{serial}",
                "models": [models[m] for m in names if m in models],
            }
            for serial, (title, names) in enumerate(self.menu)
        ]
        return [section for section in menu if section["models"]]

    def find(self, request: HttpRequest) -> HttpResponse:
        """Go to the order, member or pick task that a number names; otherwise to a list that was searched for it."""
        term = request.GET.get("q", "").strip()[:80].replace("\0", "")
        user = request.user
        if term and user.has_perm("orders.view_order"):
            order = Order.objects.filter(number=term).values_list("pk", flat=True).first()
            if order:
                return _to("orders_order_change", order)
            member = Member.objects.filter(number=term).values_list("pk", flat=True).first()
            if member and user.has_perm("members.view_member"):
                return _to("members_member_change", member)
            return HttpResponseRedirect(
                f"{reverse('admin:orders_order_changelist')}?{urlencode({'q': term})}"
            )
        if term and user.has_perm("logistics.view_picktask"):
            tasks = list(PickTask.objects.filter(order__number=term).values_list("pk", flat=True)[:2])
            if len(tasks) == 1:
                return _to("logistics_picktask_change", tasks[0])
            return HttpResponseRedirect(
                f"{reverse('admin:logistics_parcel_changelist')}?{urlencode({'q': term})}"
            )
        messages.error(request, _("Type a number to look for."))
        return HttpResponseRedirect(reverse("admin:index"))


def _to(name: str, pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:{name}", args=[pk]))


def _card(load: queries.Load, now: Any) -> dict[str, Any]:
    """Return what the front page shows of a queue."""
    queue = load.queue
    return {
        "label": queue.label,
        "name": queue.name,
        "count": load.count,
        "late": load.late,
        "oldest": age(load.oldest, now) if load.oldest else "",
        "address": f"{reverse(f'admin:{queue.changelist}_changelist')}?{queue.query}",
    }
