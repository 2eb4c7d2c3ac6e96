"""A member with ten thousand orders: each page of the list reads what it shows, and counts no further than 99."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Member
from orders import queries
from orders.models import Order
from orders.models.order import TABS
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db

MANY = 10_000


@pytest.fixture
def collector() -> Member:
    """Ten thousand closed orders, an hour apart; one more waits to be sent, and one has a case open."""
    member = worlds.member(points=10_000)
    order = worlds.signed(member, (worlds.sku(stock=5), 1))
    worlds.placed(member, (worlds.sku(stock=5), 1), at=worlds.AT)
    columns = [str(f.column) for f in Order._meta.concrete_fields if f.column not in {"id", "tab"}]
    changed = {
        "number": "(300000000000000000 + n)::text",
        "request_id": "'many-' || n",
        "status": "'closed'",
        "closed_at": "signed_at",
        "deadline_at": "NULL",
        "placed_at": "placed_at - n * interval '1 hour'",
        "open_cases": "CASE WHEN n = 5000 THEN 1 ELSE 0 END",
    }
    values = ", ".join(changed.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order ({', '.join(columns)}) SELECT {values} FROM orders_order, "
            f"generate_series(1, {MANY}) n WHERE id = %s",
            [order.pk],
        )
        cursor.execute("ANALYZE orders_order")
    return member


def buffers(sql: str) -> int:
    """How many pages a statement touches."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    top: dict[str, Any] = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def test_counts_stop_at_99_and_each_tab_reads_only_its_page(collector: Member) -> None:
    counts = queries.counts_by_tab(collector.pk)
    assert (counts["all"], counts["completed"], counts["preparing"], counts["after_sale"]) == (100, 100, 1, 1)
    touched = {}
    for tab in (None, *TABS, queries.AFTER_SALE):
        with CaptureQueriesContext(connection) as asked:
            queries.order_page(collector.pk, status=tab, size=10)
        touched[tab or "all"] = buffers(asked.captured_queries[0]["sql"])
    with CaptureQueriesContext(connection) as asked:
        queries.counts_by_tab(collector.pk)
    touched["counts"] = buffers(asked.captured_queries[-1]["sql"])
    limits = dict.fromkeys(touched, 40) | {"counts": 400}
    assert {name: pages for name, pages in touched.items() if pages > limits[name]} == {}


def test_a_page_deep_in_the_list_reads_no_more_than_the_first(collector: Member) -> None:
    deep = Order.objects.get(request_id="many-9000")
    with CaptureQueriesContext(connection) as asked:
        page = queries.order_page(collector.pk, status="completed", after=queries._cursor(deep), size=10)
    assert [order.request_id for order in page.orders][:2] == ["many-9001", "many-9002"]
    assert buffers(asked.captured_queries[0]["sql"]) <= 60


def test_the_list_costs_the_same_few_statements(
    collector: Member, django_assert_max_num_queries: Any
) -> None:
    client = english(collector)
    client.get(reverse("my-orders"))
    for query in ({}, {"tab": "completed"}, {"q": "礼品"}, {"q": "2026-11-02"}):
        with django_assert_max_num_queries(7):
            page = client.get(reverse("my-orders"), query)
        assert page.status_code == 200
    assert ">99+<" in page.content.decode()
