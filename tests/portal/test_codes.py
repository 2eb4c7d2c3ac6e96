"""Virtual gifts in the portal: no address on the way in, the code behind a button on the way out."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Sku, VirtualCode
from members.models import Address, Member
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.orders.test_virtual import voucher
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=1_000)


@pytest.fixture
def pass_() -> Sku:
    return voucher(3)


def redeemed(client: Client, sku: Sku) -> Order:
    path = f"{reverse('redeem', args=[sku.gift.code])}?sku={sku.code}&quantity=1"
    page = client.get(path)
    assert "No address needed" in page.content.decode()
    client.post(path, {"request_id": page.context["request_id"], "expected_points": page.context["total"]})
    return Order.objects.get()


def test_a_code_is_redeemed_without_any_address(member: Member, pass_: Sku) -> None:
    Address.objects.filter(member=member).update(is_default=False, retired_at=NOW)
    order = redeemed(english(member), pass_)
    assert (order.address_id, order.status) == (None, "ready")


def test_the_code_is_shown_when_the_member_asks_for_it(member: Member, pass_: Sku) -> None:
    client = english(member)
    order = redeemed(client, pass_)
    path = reverse("order-codes", args=[order.number])
    assert "not ready yet" in client.get(path).content.decode()
    orders.issue_codes(at=NOW)
    assert "SECRET" not in client.get(path).content.decode()
    page = client.post(path)
    assert "-SECRET-0000" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert VirtualCode.objects.get(reference=f"{order.number}/1/1").shown_at == NOW
    for name in ("order", "order-placed", "order-live"):
        body = client.get(reverse(name, args=[order.number])).content.decode()
        assert "SECRET" not in body, name
    assert path in client.get(reverse("order", args=[order.number])).content.decode()


def test_codes_are_nobody_elses(member: Member, pass_: Sku) -> None:
    order = redeemed(english(member), pass_)
    orders.issue_codes(at=NOW)
    stranger = english(worlds.member())
    for number in (order.number, "260101000000000000"):
        assert stranger.post(reverse("order-codes", args=[number])).status_code == 404
    assert VirtualCode.objects.exclude(shown_at=None).count() == 0
    sent = worlds.placed(member, (worlds.sku(stock=1), 1))
    assert english(member).get(reverse("order-codes", args=[sent.number])).status_code == 404


def test_the_cart_keeps_codes_and_parcels_apart(member: Member, pass_: Sku) -> None:
    mug = worlds.sku(stock=1)
    for sku in (mug, pass_):
        orders.put_in_cart(member.pk, sku.code, 1, at=NOW)
    client = english(member)
    page = client.get(reverse("cart"))
    assert len(page.context["basket"].chosen) == 1
    page = client.get(reverse("cart"), {"only": [mug.code, pass_.code]})
    assert page.context["obstacle"].startswith("Virtual gifts are redeemed on their own.")


def test_the_gift_page_says_that_nothing_is_sent(member: Member, pass_: Sku) -> None:
    page = english(member).get(reverse("gift", args=[pass_.gift.code])).content.decode()
    assert "Nothing is sent" in page
    assert "cannot be given back" in page
