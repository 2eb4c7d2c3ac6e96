"""The operators' desk: who may open what, and that every page opens, cheaply, without a style or script inline."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales import services as aftersales
from aftersales.models import GiftReview, Survey
from desk import services
from desk.rules import ROLES
from desk.site import MENU
from foundation.admin import BoundedPaginator
from foundation.admin import lists as admin_lists
from inventory.models import VirtualCode
from logistics import services as logistics
from logistics.models import PickTask
from members import services as members
from members.models import CodePause, Member
from members.terms import Receipt
from members.wording import Said
from orders import services as orders
from orders.models import ExceptionCase, Order, RedemptionRule, ReviewRule
from tests import worlds
from tests.desk.operators import browser, page, user

pytestmark = pytest.mark.django_db

MODELS = {model._meta.label_lower: model_admin for model, model_admin in admin.site._registry.items()}
CATALOGUE = {
    "inventory.category", "inventory.gift", "inventory.sku", "inventory.stock", "inventory.stockmovement",
    "inventory.warehouse", "inventory.virtualcode",
}  # fmt: skip
PARCELS = {
    "logistics.picktask", "logistics.parcel", "logistics.waybill", "logistics.trackingevent", "logistics.carrier",
    "logistics.carrierservice",
}  # fmt: skip
LEDGER = {"members.pointslot", "members.pointstransaction"}
PEOPLE = {"members.member", "members.tier"}
REFUNDS = {"orders.refund", "aftersales.returnrequest"}
COMPLAINTS = {"aftersales.complaint", "aftersales.helparticle"}
SAID = {"aftersales.giftreview", "aftersales.survey"}
OPEN_TO = {
    "reviewer": {"orders.order", "orders.reviewtask", "orders.exceptioncase"} | PEOPLE,
    "warehouse": PARCELS | CATALOGUE,
    "service_desk": {"orders.order", "orders.exceptioncase", "members.message", "desk.erasurerequest"}
    | PEOPLE
    | LEDGER
    | PARCELS
    | REFUNDS
    | COMPLAINTS
    | SAID,
    "finance": {
        "orders.order",
        "desk.auditrun",
        "inventory.stock",
        "inventory.stockmovement",
        "inventory.sku",
    }
    | {"inventory.gift"}
    | PEOPLE
    | LEDGER
    | REFUNDS,
    "manager": set(MODELS),
    "auditor": set(MODELS),
}
"""Which lists each role may open; every other answers 403, typed by hand or not."""


@pytest.fixture
def mall() -> dict[str, Order]:
    """A small mall with something in every queue."""
    lin = worlds.member(points=100_000)
    mug = worlds.sku(stock=500)
    made = {
        "ready": worlds.placed(lin, (mug, 1)),
        "picking": worlds.picking(lin, (mug, 1)),
        "packed": worlds.packed(lin, (mug, 2)),
        "shipped": worlds.shipped(lin, (mug, 1)),
        "delivered": worlds.delivered(lin, (mug, 1)),
        "cancelled": orders.cancel_orders([worlds.move(worlds.placed(lin, (mug, 1)))])[0],
        "under_review": worlds.under_review(lin, (mug, 3)),
    }
    worlds.pick_task(made["ready"])
    aftersales.request_refund(
        made["delivered"].pk, None, reason="chipped", at=worlds.AT, by=f"member:{lin.number}"
    )
    aftersales.file_complaint(
        lin.pk, category="other", words="slow", request_id="c1", at=worlds.AT, by=f"member:{lin.number}"
    )
    words = Said("Thank you", "Order %(number)s is yours.")
    members.choose_words("order.signed", "inbox", "en", words, at=worlds.AT, by="operator:lin")
    members.receive_receipts("aliyun", [Receipt("B1", "1", lin.phone, True, "DELIVERED")], at=worlds.AT)
    members.send_notices(
        [members.Notice(lin.pk, "order.signed", "fact", worlds.AT, {"number": made["ready"].number})]
    )
    line = made["delivered"].lines.get()
    GiftReview.objects.create(
        order_line=line,
        gift=mug.gift,
        member=lin,
        stars=4,
        words="nice",
        written_at=worlds.AT,
        changed_at=worlds.AT,
    )
    Survey.objects.create(
        order=made["delivered"], delivery=3, again="yes", answered_at=worlds.AT, by=f"member:{lin.number}"
    )
    VirtualCode.objects.create(
        sku=mug, secret="AB-12", batch="B1", added_at=worlds.AT, added_by="operator:lin"
    )
    logistics.receive_push(source="kdniao", body="{}", at=worlds.AT)
    ExceptionCase.objects.create(
        order=made["shipped"], kind="overdue", status_then="shipped", opened_at=worlds.AT
    )
    RedemptionRule.objects.create(kind="max_per_order", quantity=3)
    members.create_api_key(name="Bank", channel="bank", scopes=["orders:read"], at=worlds.AT)
    services.run_audit(at=worlds.AT)
    services.ask_erasure(worlds.member().pk, gives_up_points=False, at=worlds.AT)
    CodePause.objects.create(began_at=worlds.AT, ends_at=worlds.AT + timedelta(hours=1), sent=2000)
    with suppress(members.LogInFailed):
        members.sign_in(login="nobody", password="wrong", address="10.0.0.1", at=worlds.AT)
    return made


# --- Who may open what


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_each_role_opens_its_lists_and_no_other(role: str) -> None:
    client = browser(role)
    answers = {label: client.get(page(label)).status_code for label in MODELS}
    assert {label for label, status in answers.items() if status == 200} == OPEN_TO[role]
    assert set(answers.values()) <= {200, 403}


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_the_menu_leads_where_the_role_may_go(role: str) -> None:
    text = browser(role).get(reverse("admin:index")).content.decode()
    sidebar = text[text.index('id="nav-sidebar"') : text.index('id="content-start"')]
    assert {label for label in MODELS if f'href="{page(label)}"' in sidebar} == OPEN_TO[role]


def test_the_menu_names_every_list_once() -> None:
    named = [label for _title, labels in MENU for label in labels]
    assert sorted(named) == sorted(MODELS)


def test_roles_hold_what_the_code_says_however_often_they_are_loaded() -> None:
    user("warehouse")
    group = Group.objects.get(name="warehouse")
    group.permissions.clear()
    assert services.load_roles() == len(ROLES) == Group.objects.count()
    held = group.permissions.values_list("content_type__app_label", "codename")
    assert {f"{app}.{codename}" for app, codename in held} == ROLES["warehouse"]
    assert group.user_set.count() == 1


def test_an_auditor_changes_nothing_and_only_finance_grants_points() -> None:
    assert {name.split(".")[1].split("_")[0] for name in ROLES["auditor"]} == {"view"}
    assert [role for role, may in ROLES.items() if "members.add_pointstransaction" in may] == ["finance"]


def test_nobody_may_delete_and_no_list_is_edited() -> None:
    root = user()
    request = type("Request", (), {"user": root})()
    assert [label for label, one in MODELS.items() if one.has_delete_permission(request)] == []
    assert [label for label, one in MODELS.items() if one.list_editable] == []
    assert "delete_selected" not in dict(admin.site.actions)
    assert {name.split(".")[1].split("_")[0] for may in ROLES.values() for name in may} == {
        "view",
        "change",
        "add",
    }


WRITTEN_BY_SERVICES = sorted(
    set(MODELS)
    - {
        "inventory.category", "inventory.gift", "inventory.sku", "inventory.warehouse", "orders.redemptionrule",
        "orders.reviewrule", "logistics.carrier", "logistics.carrierservice", "members.tier", "members.region",
        "members.user", "auth.group", "aftersales.helparticle",
    }
)  # fmt: skip


def test_rows_of_the_services_are_neither_edited_nor_deleted(mall: dict[str, Order]) -> None:
    client = browser()
    for label in WRITTEN_BY_SERVICES:
        rows = MODELS[label].model.objects
        before = rows.values().order_by("pk").first()
        assert client.post(page(label, "change", before["id"]), {"_save": "1"}).status_code in (200, 403)
        assert client.post(page(label, "delete", before["id"]), {"post": "yes"}).status_code == 403
        if label not in ("members.member", "members.apikey"):
            assert client.post(page(label, "add"), {"_save": "1"}).status_code == 403
        assert rows.values().get(pk=before["id"]) == before


def test_a_member_and_a_visitor_are_sent_to_the_log_in(mall: dict[str, Order]) -> None:
    member = Client()
    member.force_login(mall["ready"].member.user)
    for client in (member, Client()):
        for address in (page("orders.order"), page("orders.order", "change", 1), reverse("admin:find")):
            assert client.get(address).status_code == 302
        assert client.get(page("logistics.picktask", "scan", 1)).url.startswith(reverse("admin:login"))


# --- Every page opens


def addresses(mall: dict[str, Order]) -> list[str]:
    """Every list, every form and one page of each kind."""
    found = [
        reverse("admin:index"),
        page("logistics.picktask", "print") + f"?ids={PickTask.objects.first().pk}",
    ]
    for label, model_admin in MODELS.items():
        found += [page(label), page(label) + "?q=1"]
        row = model_admin.model.objects.first()
        if row is not None:
            found.append(page(label, "change", row.pk))
        is_added_here = label in ("members.member", "members.apikey") or label not in WRITTEN_BY_SERVICES
        if is_added_here and label != "members.region":
            found.append(page(label, "add"))
    picking = PickTask.objects.get(order=mall["picking"])
    return [*found, page("logistics.picktask", "scan", picking.pk)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_without_a_style_or_script_inline(language: str, mall: dict[str, Order]) -> None:
    client = browser(language=language)
    for address in addresses(mall):
        response = client.get(address)
        assert (response.status_code, address) == (200, address)
        text = response.content.decode()
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert re.findall(r"<[^>]* style=|<style|<script(?![^>]*\bsrc=)[^>]*>|<[^>]* on[a-z]+=", text) == []


def test_an_auditor_opens_every_page_and_finds_no_button(mall: dict[str, Order]) -> None:
    client = browser("auditor")
    for label, model_admin in MODELS.items():
        row = model_admin.model.objects.first()
        response = client.get(page(label, "change", row.pk))
        assert (response.status_code, label) == (200, label)
        assert re.findall(r'id="deed-|name="_save"', response.content.decode()) == []


@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 30, "abc", "-1"])
def test_what_does_not_exist_leads_back_with_a_word(pk: str) -> None:
    client = browser()
    for label in ("orders.order", "logistics.picktask", "members.member"):
        assert client.get(page(label, "change", pk)).status_code == 302
        assert client.post(f"/admin/{label.replace('.', '/')}/{pk}/grant/").status_code in (302, 404)


# --- What it costs


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


BASE = 4
"""Session, user, the user's own permissions and those of the groups."""


def test_the_front_page_asks_for_all_queues_at_once(mall: dict[str, Order]) -> None:
    # Every queue in one statement, and the auditor's last run.
    assert statements(browser("manager"), reverse("admin:index")) == BASE + 2


def test_the_front_page_shows_each_role_its_own_queues(mall: dict[str, Order]) -> None:
    shown = {role: browser(role).get(reverse("admin:index")).context for role in ("reviewer", "warehouse")}
    assert [card["name"] for card in shown["reviewer"]["work"]] == ["review", "late", "delivered"]
    assert [card["name"] for card in shown["warehouse"]["work"]] == [
        "pick",
        "picking",
        "pack",
        "waybill",
        "ship",
    ]
    assert (shown["reviewer"]["sees_audit"], shown["reviewer"]["audit"]) == (False, None)


def test_the_front_page_counts_what_waits_and_what_is_late(
    mall: dict[str, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: worlds.AT + timedelta(days=2, hours=1))
    context = browser("manager").get(reverse("admin:index")).context
    counted = {
        card["name"]: (card["count"], card["late"]) for card in [*context["work"], *context["trouble"]]
    }
    assert counted == {
        "review": (1, 1), "pick": (1, 1), "picking": (1, 1), "pack": (0, 0), "waybill": (0, 0), "ship": (1, 1),
        "late": (1, 0), "delivered": (1, 0), "refunds": (1, 1), "cases": (1, 1), "events": (0, 0),
        "messages": (0, 0), "waybills": (0, 0), "pushes": (0, 0), "erasures": (1, 0), "pauses": (1, 1),
        "complaints": (1, 1), "complaints_late": (0, 0), "refunds_late": (0, 0),
    }  # fmt: skip
    assert context["audit_is_old"]


COSTS = {
    # Beside the session, the user and the permissions: count, rows, and what a filter names (channels, warehouses).
    "orders.order": 3,
    "orders.reviewtask": 2,
    "logistics.picktask": 4,
    "logistics.parcel": 2,
    "aftersales.returnrequest": 4,
    "aftersales.complaint": 2,
    "orders.exceptioncase": 2,
    "orders.orderevent": 2,
    "members.member": 3,
    "members.message": 3,
    "members.pointstransaction": 2,
    "inventory.stock": 3,
    "inventory.stockmovement": 3,
}


def test_a_list_costs_the_same_however_long_it_is(mall: dict[str, Order]) -> None:
    client = browser("auditor")
    full = {
        label: page(label) + "?queue=all" * (label in ("orders.orderevent", "members.message"))
        for label in COSTS
    }
    client.get(full["orders.order"])  # the first page of a process reads what it remembers from then on
    few = {label: statements(client, address) for label, address in full.items()}
    ReviewRule.objects.all().delete()
    for _ in range(3):
        again = worlds.member(points=10_000)
        order = worlds.delivered(again, (worlds.sku(stock=9), 1))
        worlds.picking(again, (worlds.sku(stock=9), 1))
        aftersales.request_refund(order.pk, None, reason="late", at=worlds.AT, by=f"member:{again.number}")
    for _ in range(3):
        worlds.under_review(worlds.member(points=10_000), (worlds.sku(stock=9), 1))
    many = {label: statements(client, address) for label, address in full.items()}
    assert few == many == {label: BASE + cost for label, cost in COSTS.items()}


def test_long_lists_are_counted_no_further_than_they_are_leafed_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admin_lists, "COUNTED", 4)
    for _ in range(6):
        worlds.member()
    paginator = BoundedPaginator(Member.objects.order_by("pk"), 2)
    assert (paginator.count, paginator.num_pages, len(paginator.page(2))) == (5, 2, 2)


# --- Finding


def test_one_field_finds_orders_and_members(mall: dict[str, Order]) -> None:
    client, order = browser("service_desk"), mall["packed"]
    assert client.get(reverse("admin:find"), {"q": order.number}).url == page(
        "orders.order", "change", order.pk
    )
    member = order.member
    assert client.get(reverse("admin:find"), {"q": member.number}).url == page(
        "members.member", "change", member.pk
    )
    assert client.get(reverse("admin:find"), {"q": "x y"}).url == page("orders.order") + "?q=x+y"
    assert client.get(reverse("admin:find")).url == reverse("admin:index")


def test_the_warehouse_finds_its_task_by_the_order_number(mall: dict[str, Order]) -> None:
    task = mall["picking"].pick_tasks.get()
    found = browser("warehouse").get(reverse("admin:find"), {"q": mall["picking"].number})
    assert found.url == page("logistics.picktask", "change", task.pk)


@pytest.mark.parametrize("by", ["number", "member", "phone", "external_ref"])
def test_orders_are_found_by(by: str, mall: dict[str, Order]) -> None:
    lin = worlds.member(points=1_000)
    order = worlds.placed(lin, (worlds.sku(stock=1), 1), channel="bank", external_ref="B-77")
    term = {"number": order.number, "member": lin.number, "phone": lin.phone, "external_ref": "B-77"}[by]
    response = browser("reviewer").get(page("orders.order"), {"q": term})
    assert [row.pk for row in response.context["cl"].result_list] == [order.pk]


def test_orders_are_filtered_by_the_day_in_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    lin, mug = worlds.member(points=10_000), worlds.sku(stock=9)
    days = {ago: worlds.placed(lin, (mug, 1), at=worlds.AT - timedelta(days=ago)).pk for ago in (0, 1, 6, 8)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: worlds.AT)
    client = browser("reviewer")
    chosen: dict[str, Any] = {
        name: {row.pk for row in client.get(page("orders.order"), {"placed": name}).context["cl"].result_list}
        for name in ("today", "yesterday", "week", "month")
    }
    assert chosen == {
        "today": {days[0]}, "yesterday": {days[1]}, "week": {days[0], days[1], days[6]}, "month": set(days.values()),
    }  # fmt: skip


def test_phones_are_masked(mall: dict[str, Order]) -> None:
    client, member = browser("service_desk"), mall["ready"].member
    for address in (page("members.member"), page("members.member", "change", member.pk)):
        text = client.get(address).content.decode()
        assert (member.phone in text, f"{member.phone[:3]}****{member.phone[-4:]}" in text) == (False, True)
