"""A frozen member: everything is theirs to see and to take back, and nothing of value goes anywhere new."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from aftersales.models import Complaint, ReturnRequest
from members import services as members
from members.models import MailChange, Member
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.api_clients import api_of
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=10_000)


def frozen(member: Member) -> Member:
    Member.objects.filter(pk=member.pk).update(status=Member.Status.FROZEN)
    return Member.objects.get(pk=member.pk)


def test_no_order_of_theirs_is_sent_elsewhere(member: Member) -> None:
    order = worlds.placed(member, (worlds.sku(stock=9), 1))
    elsewhere = worlds.address(member)
    client = english(frozen(member))
    refused: Any = client.post(reverse("order-address", args=[order.number]), {"address": str(elsewhere.pk)})
    assert refused.status_code == 403
    assert "This account is restricted at the moment." in refused.content.decode()
    assert Order.objects.get(pk=order.pk).address_id == order.address_id
    assert not order.events.filter(kind="order.address_changed").exists()


def test_they_redeem_nothing_in_the_portal_nor_over_the_api(member: Member) -> None:
    mug = worlds.sku(stock=9)
    address = member.addresses.get(is_default=True)
    api, client = api_of(member), english(frozen(member))
    answer = api.order({"lines": [{"sku": mug.code, "quantity": 1}], "address_id": address.pk})
    assert (answer.status_code, answer.json()["code"]) == (403, "member_not_active")
    path = f"{reverse('redeem', args=[mug.gift.code])}?sku={mug.code}&quantity=1"
    page: Any = client.get(path).context
    typed = {"request_id": page["request_id"], "expected_points": page["total"], "address": address.pk}
    refused: Any = client.post(path, typed)
    assert (refused.status_code, Order.objects.count()) == (403, 0)
    assert "This account is restricted at the moment." in refused.content.decode()
    assert worlds.points_of(member) == (10_000, 0)


def test_mail_goes_to_no_new_address_of_theirs(member: Member) -> None:
    links: list[str] = []

    def link(token: str) -> str:
        links.append(token)
        return token

    members.ask_mail_change(member.pk, address="new@example.com", link=link, at=NOW)
    client = english(frozen(member))
    refused: Any = client.post(reverse("mail"), {"address": "other@example.com"})
    assert (refused.status_code, MailChange.objects.get().address) == (403, "new@example.com")
    assert client.post(reverse("mail-confirm", args=links)).status_code == 403
    assert Member.objects.get(pk=member.pk).email == member.email


def test_what_they_have_they_see_cancel_receive_complain_about_and_give_back(member: Member) -> None:
    mug = worlds.sku(stock=9)
    ready, sent, arrived = (
        worlds.placed(member, (mug, 1)),
        worlds.shipped(member, (mug, 1)),
        worlds.delivered(member, (mug, 1)),
    )
    by, client = f"member:{member.number}", english(frozen(member))
    assert client.get(reverse("order", args=[ready.number])).status_code == 200
    orders.cancel_orders([worlds.move(ready, by=by)])
    orders.confirm_receipt([worlds.move(sent, by=by)])
    typed = {"category": "other", "words": "为什么冻结我的账户？", "request_id": str(uuid.uuid4())}
    client.post(reverse("complaint-new"), typed)
    lines = {f"line-{arrived.lines.get().pk}": "1", "why": "damaged"}
    client.post(reverse("order-refund", args=[arrived.number]), lines)
    statuses = set(Order.objects.values_list("status", flat=True))
    assert statuses == {"cancelled", "signed", "delivered"}
    assert worlds.points_of(member) == (9_800, 0)
    assert (Complaint.objects.count(), ReturnRequest.objects.count()) == (1, 1)
