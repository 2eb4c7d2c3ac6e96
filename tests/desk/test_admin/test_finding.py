"""Finding orders, members and tasks, by what people have at hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from orders.models import Order
from tests import worlds
from tests.desk.operators import browser, page

pytestmark = pytest.mark.django_db


def test_one_field_finds_orders_and_members(mall: dict[str, Order]) -> None:
    client, order = browser("service_desk"), mall["packed"]
    assert client.get(reverse("admin:find"), {"q": order.number})["Location"] == page(
        "orders.order", "change", order.pk
    )
    member = order.member
    assert client.get(reverse("admin:find"), {"q": member.number})["Location"] == page(
        "members.member", "change", member.pk
    )
    assert client.get(reverse("admin:find"), {"q": "x y"})["Location"] == page("orders.order") + "?q=x+y"
    assert client.get(reverse("admin:find"))["Location"] == reverse("admin:index")


def test_the_warehouse_finds_its_task_by_the_order_number(mall: dict[str, Order]) -> None:
    task = mall["picking"].pick_tasks.get()
    found = browser("warehouse").get(reverse("admin:find"), {"q": mall["picking"].number})
    assert found["Location"] == page("logistics.picktask", "change", task.pk)


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
