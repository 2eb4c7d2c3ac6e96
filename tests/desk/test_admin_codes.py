"""Codes of virtual gifts at the desk: pasted from a file, never shown again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Stock, VirtualCode
from members.models import User
from tests import worlds
from tests.orders.test_virtual import voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def add(desk: Client, stock: Stock, text: str) -> str:
    page = reverse("admin:inventory_stock_codes", args=[stock.pk])
    response = desk.post(page, {"codes-codes": text, "codes-batch": "invoice 7"}, follow=True)
    return response.content.decode()


def test_an_operator_stocks_codes_and_nobody_reads_them_again(desk: Client) -> None:
    stock = Stock.objects.get(sku=voucher(0))
    body = add(desk, stock, "ABCD-EFGH-0001,first\nABCD-EFGH-0002,second\n\nABCD-EFGH-0001,again\n")
    assert set(VirtualCode.objects.values_list("secret", "batch")) == {
        ("ABCD-EFGH-0001", "invoice 7"),
        ("ABCD-EFGH-0002", "invoice 7"),
    }
    stock.refresh_from_db()
    assert stock.on_hand == 2
    listed = desk.get(reverse("admin:inventory_virtualcode_changelist")).content.decode()
    one = VirtualCode.objects.first()
    assert one is not None
    shown = desk.get(reverse("admin:inventory_virtualcode_change", args=[one.pk])).content.decode()
    for page in (body, listed, shown):
        assert "ABCD-EFGH" not in page
    assert "••••0001" in listed


def test_a_gift_that_is_sent_takes_no_codes(desk: Client) -> None:
    stock = Stock.objects.get(sku=worlds.sku())
    add(desk, stock, "ABCD-EFGH-0001")
    assert VirtualCode.objects.count() == 0
