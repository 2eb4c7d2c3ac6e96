"""What each list and each page of the desk asks of the database: as much for one row as for a page of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.models import Category
from logistics.models import Carrier, CarrierService
from members.models import CodePause
from orders.models import RedemptionRule, ReviewRule
from tests import worlds
from tests.desk import lived_in
from tests.desk.operators import browser, page

pytestmark = pytest.mark.django_db

MODELS = {model._meta.label_lower: model_admin for model, model_admin in admin.site._registry.items()}
BASE = 4
"""Session, user, the user's own permissions and those of the groups."""
LISTS = {
    "aftersales.returnrequest": 4, "aftersales.survey": 4, "auth.group": 2, "inventory.gift": 3, "inventory.sku": 3,
    "inventory.stock": 3, "inventory.stockmovement": 3, "logistics.carrierservice": 3, "logistics.picktask": 4,
    "members.member": 3, "members.message": 3, "members.messagetemplate": 1, "members.user": 4, "orders.order": 3,
}  # fmt: skip
"""Lists that ask for more than a count and their rows: what a filter names, and what stands in another table."""
PAGES = {
    "aftersales.complaint": 3, "aftersales.giftreview": 5, "aftersales.helparticle": 2, "aftersales.returnrequest": 5,
    "auth.group": 3, "inventory.stock": 2, "inventory.stockmovement": 5, "logistics.carrierservice": 4,
    "logistics.parcel": 4, "logistics.picktask": 3, "logistics.waybill": 3, "members.member": 10,
    "members.message": 3, "members.pointslot": 4, "members.user": 4, "orders.order": 10, "orders.refund": 3,
    "orders.reviewtask": 6,
}  # fmt: skip
"""Pages that ask for more than two statements; the most that any row's page asks for."""


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def address_of(label: str) -> str:
    """A list with everything in it."""
    has_queues = any(getattr(each, "parameter_name", "") == "queue" for each in MODELS[label].list_filter)
    return page(label) + "?queue=all" * has_queues


@pytest.fixture
def full() -> dict[str, int]:
    """A mall in which orders went every way, and how many rows each list has."""
    lived_in.build()
    worlds.member(tier="gold", rank=2)
    zto = Carrier.objects.create(code="ZTO", name="中通")
    CarrierService.objects.create(
        carrier=zto,
        code="zto",
        name="标快",
        max_weight_g=1,
        max_length_mm=1,
        first_price=1,
        additional_price=1,
    )
    Category.objects.create(code="away", name="户外")
    ReviewRule.objects.create(kind="high_value", points_from=9_000)
    for _twice in range(2):
        RedemptionRule.objects.create(kind="max_per_order", quantity=9)
        CodePause.objects.create(began_at=worlds.AT, ends_at=worlds.AT, sent=1)
    rows: dict[str, int] = {}
    for label, model_admin in MODELS.items():
        rows[label] = model_admin.model._default_manager.count()
    return rows


def test_a_list_asks_the_same_for_one_row_as_for_all(
    full: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("auditor")
    asked: dict[str, tuple[int, int]] = {}
    for label, model_admin in MODELS.items():
        many = statements(client, address_of(label))
        with monkeypatch.context() as patch:
            patch.setattr(model_admin, "list_per_page", 1)
            one = statements(client, address_of(label))
        asked[label] = (one - BASE, many - BASE)
    # A page of one row may need the count of all to leaf through; nothing else may differ.
    grown = {label: pair for label, pair in asked.items() if full[label] > 1 and pair[0] != pair[1]}
    assert grown == {}
    pinned = {label: LISTS.get(label, 2) for label in MODELS if full[label] > 1}
    assert {label: asked[label][1] for label in pinned} == pinned


def test_a_page_asks_the_same_however_much_there_is_to_show(full: dict[str, int]) -> None:
    client = browser("auditor")
    asked: dict[str, int] = {}
    for label, model_admin in MODELS.items():
        rows = model_admin.model._default_manager.order_by("pk")
        if label == "members.message":
            rows = rows.filter(is_secret=False)
        pks = list(rows.values_list("pk", flat=True)[:8])
        if pks:
            asked[label] = max(statements(client, page(label, "change", pk)) for pk in pks) - BASE
    assert asked == {label: PAGES.get(label, asked[label]) for label in asked}
    assert {label: cost for label, cost in asked.items() if label not in PAGES and cost > 3} == {}


def test_the_page_of_a_long_order_asks_as_much_as_that_of_a_short_one() -> None:
    lin, client = worlds.member(points=100_000), browser("auditor")
    short = worlds.delivered(lin, (worlds.sku(stock=9), 1))
    long = worlds.delivered(lin, *[(worlds.sku(stock=9), 2) for _ in range(3)])
    costs: list[Any] = [
        [statements(client, page("orders.order", "change", order.pk)) for order in (short, long)],
        [
            statements(client, page("logistics.picktask", "change", o.pick_tasks.get().pk))
            for o in (short, long)
        ],
        [statements(client, page("logistics.parcel", "change", o.parcels.get().pk)) for o in (short, long)],
    ]
    assert [len(set(pair)) for pair in costs] == [1, 1, 1]


def test_no_page_of_the_desk_is_kept_by_anybody_between_us(full: dict[str, int]) -> None:
    client = browser("manager")
    for label in (
        "orders.order",
        "members.member",
        "members.message",
        "inventory.virtualcode",
        "inventory.gift",
    ):
        response = client.get(address_of(label))
        kept = {word.strip() for word in response.headers["Cache-Control"].split(",")}
        assert {"private", "no-store", "no-cache"} <= kept, label
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
