"""What a page costs: the same, however long its list is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales import services as aftersales
from foundation.admin import BoundedPaginator
from foundation.admin import lists as admin_lists
from members.models import Member
from orders.models import Order, ReviewRule
from tests import worlds
from tests.desk.operators import browser, page

pytestmark = pytest.mark.django_db


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
        "put_back",
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
        "review": (1, 1), "pick": (1, 1), "picking": (1, 1), "pack": (0, 0), "put_back": (0, 0),
        "waybill": (0, 0), "ship": (1, 1),
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
