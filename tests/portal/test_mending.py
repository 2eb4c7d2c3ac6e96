"""Mending an order on its pages: what is shown before, what happens then, and what is said when it is too late."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from logistics import services as logistics
from members import services as people
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=100_000)


def new_address(of: Member) -> int:
    return people.add_address(
        of.pk, recipient="王五", phone="13912345678", region_code="310104", detail="新街 2 号", is_default=False,
        at=worlds.AT,
    ).pk  # fmt: skip


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_single_gifts_are_cancelled_after_what_comes_back_was_shown(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9, price=500), 3))
    name = f"line-{order.lines.get().pk}"
    client, path = english(member), reverse("order-cancel-part", args=[order.number])
    assert client.get(path).status_code == 200
    shown = client.get(path, {name: "2"})
    assert shown.context["back"] == 1_000
    sent = {name: "2", "key": key_in(shown.content.decode()), "fee": "0"}
    for _ in range(3):  # clicked thrice
        assert client.post(path, sent)["Location"] == reverse("order", args=[order.number])
    assert order.lines.get().cancelled == 2
    page = client.get(reverse("order", args=[order.number])).content.decode()
    assert "2 cancelled" in page
    assert "1,000 points came back" in page


@pytest.mark.parametrize("quantity", ["4", "-1", "x", "0", "9" * 30, "1.5"])
def test_an_odd_number_of_gifts_is_answered_beside_its_field(member: Member, quantity: str) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 3))
    name = f"line-{order.lines.get().pk}"
    path = reverse("order-cancel-part", args=[order.number])
    answer = english(member).get(path, {name: quantity})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert order.lines.get().cancelled == 0


def test_an_address_is_changed_after_the_difference_was_shown(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 1))
    new = new_address(member)
    client, path = english(member), reverse("order-address", args=[order.number])
    assert "新街 2 号" in client.get(path).content.decode()
    shown = client.get(path, {"address": new}).content.decode()
    assert "It stays in the same district" in shown
    assert "139****5678" in shown
    for _ in range(3):
        assert client.post(path, {"address": new})["Location"] == reverse("order", args=[order.number])
    order.refresh_from_db()
    assert (order.address_detail, order.events.filter(kind="order.address_changed").count()) == (
        "新街 2 号",
        1,
    )


def test_an_address_of_somebody_else_or_none_is_refused_beside_its_field(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 1))
    foreign = new_address(worlds.member())
    client, path = english(member), reverse("order-address", args=[order.number])
    for value in (str(foreign), "0", "x", "=HYPERLINK(1)", "9" * 40):
        assert client.post(path, {"address": value}).status_code == 422
    order.refresh_from_db()
    assert order.address_detail == "漕溪北路 1 号"


def test_a_carrier_that_knows_the_address_is_said(member: Member) -> None:
    order = worlds.packed(member, (worlds.sku(stock=9), 1))
    path = reverse("order-address", args=[order.number])
    answer = english(member).post(path, {"address": new_address(member)})
    assert answer.status_code == 409
    assert "The carrier has been given the address" in answer.content.decode()


@pytest.mark.parametrize("name", ["order-address", "order-cancel-part", "order-live"])
def test_what_is_not_mine_answers_as_what_is_not_there(member: Member, name: str) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 2))
    stranger = english(worlds.member())
    for number in (order.number, "1", "x"):
        assert stranger.get(reverse(name, args=[number])).status_code == 404


def whys(client: Client, order: Order) -> list[str]:
    page = client.get(reverse("order", args=[order.number]))
    return [str(why.question) for why in page.context["whys"]]


def test_what_is_not_offered_is_explained(member: Member) -> None:
    client, item = english(member), worlds.sku(stock=99)
    assert whys(client, worlds.placed(member, (item, 2))) == [
        "Why can I not confirm receipt?",
        "Why can I not ask for a refund?",
    ]
    assert whys(client, worlds.packed(member, (item, 2))) == [
        "Why can I not change the address?",
        "Why can I not confirm receipt?",
        "Why can I not ask for a refund?",
    ]
    assert whys(client, worlds.delivered(member, (item, 2))) == [
        "Why can I not cancel?",
        "Why can I not change the address?",
    ]


def test_the_live_part_is_asked_for_few_statements_and_moves_with_the_track(
    member: Member, django_assert_num_queries: Any
) -> None:
    order = worlds.shipped(member, (worlds.sku(stock=9), 1))
    client, path = english(member), reverse("order-live", args=[order.number])
    tag = client.get(path)["ETag"]
    with django_assert_num_queries(4):  # the session, the member, the order, its track
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    waybill = order.parcels.get().waybill
    point = worlds.track(at=worlds.AT)
    logistics.record_tracking([logistics.Report(waybill.pk, (point,), worlds.AT, "carrier:SF")])
    moved = client.get(path, headers={"If-None-Match": tag})
    assert moved.status_code == 200
    with django_assert_num_queries(5):
        page = client.get(reverse("order", args=[order.number])).content.decode()
    assert point.text in page
    assert f'data-copy="{waybill.number}"' in page


def test_the_phone_of_the_recipient_is_masked(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 1))
    page = english(member).get(reverse("order", args=[order.number])).content.decode()
    assert member.phone not in page
    assert f"{member.phone[:3]}****{member.phone[-4:]}" in page


def test_a_part_cancel_stands_with_the_whole_one(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9, price=100), 3))
    wanted = [orders.LineCancel(order.lines.get().pk, 1)]
    orders.cancel_units(worlds.move(order, by=f"member:{member.number}"), wanted, key="one")
    shown = english(member).get(reverse("order-cancel", args=[order.number]))
    assert (shown.context["back"], shown.context["fee"]) == (200, 0)
