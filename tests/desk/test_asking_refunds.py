"""The service desk asks for refunds on behalf of members, and somebody else decides."""

from __future__ import annotations

import pytest
from django.utils import timezone

from aftersales import services
from aftersales.models import ReturnRequest
from desk.services import read_laws
from orders import services as orders
from tests import worlds
from tests.desk.operators import browser, page, refusals

pytestmark = pytest.mark.django_db


def test_an_operator_asks_for_a_member_and_does_not_decide() -> None:
    order = worlds.delivered(worlds.member(points=1_000), (worlds.sku(stock=9), 3))
    line = order.lines.get()
    client = browser("service_desk", name="zhao")
    assert (
        "Ask for a refund for the member"
        in client.get(page("orders.order", "change", order.pk)).content.decode()
    )
    values = {"ask_refund-reason": "broken, by phone", f"ask_refund-line_{line.pk}": "2"}
    assert client.post(page("orders.order", "ask_refund", order.pk), values).status_code == 302
    request = ReturnRequest.objects.get()
    assert (request.requested_by, request.reason, request.lines.get().quantity) == (
        "operator:zhao",
        "broken, by phone",
        2,
    )
    now = timezone.now()
    with pytest.raises(orders.OwnOrder):
        services.approve_refund(request.pk, {}, at=now, by="operator:zhao")
    services.approve_refund(request.pk, {}, at=now, by="operator:qian")
    assert ReturnRequest.objects.get().status == "refunded"
    broken = [one.law.code for one in read_laws(at=now) if one.violations]
    assert not [code for code in broken if code.startswith("aftersales.")]


def test_nothing_is_asked_for_before_it_arrived_or_for_nothing() -> None:
    order = worlds.shipped(worlds.member(points=1_000), (worlds.sku(stock=9), 3))
    client = browser("service_desk")
    assert "Ask for a refund" not in client.get(page("orders.order", "change", order.pk)).content.decode()
    client.post(page("orders.order", "ask_refund", order.pk), {"ask_refund-reason": "x"})
    arrived = worlds.delivered(worlds.member(points=1_000), (worlds.sku(stock=9), 3))
    none = {"ask_refund-reason": "x", f"ask_refund-line_{arrived.lines.get().pk}": "0"}
    assert refusals(client.post(page("orders.order", "ask_refund", arrived.pk), none))
    assert not ReturnRequest.objects.exists()


def test_who_may_not_change_requests_does_not_ask() -> None:
    order = worlds.delivered(worlds.member(points=1_000), (worlds.sku(stock=9), 3))
    answer = browser("warehouse").post(
        page("orders.order", "ask_refund", order.pk), {"ask_refund-reason": "x"}
    )
    assert (answer.status_code, ReturnRequest.objects.count()) == (403, 0)
