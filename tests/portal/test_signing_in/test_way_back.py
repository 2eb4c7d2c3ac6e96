"""Back to where one was, with what was typed, after logging in."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from members.models import Member
from tests import worlds
from tests.portal.test_signing_in.strangers import PASSWORD, browser, log_in

pytestmark = pytest.mark.django_db


def test_what_was_typed_when_the_session_ended_is_still_there_after_logging_in(member: Member) -> None:
    mug = worlds.sku(stock=1, price=10)
    second = worlds.address(member)
    path = f"{reverse('redeem', args=[mug.gift.code])}?sku={mug.code}&quantity=1"
    client = browser()
    sent: Any = client.post(path, {"address": str(second.pk), "note": "门口\0"})
    assert sent.status_code == 302
    entered: Any = log_in(client, member.phone, PASSWORD, next=client.get(sent.url).context["next"])
    form = client.get(entered.url).context["form"]
    assert (form["address"].value(), form["note"].value()) == (str(second.pk), "门口")
    assert client.get(entered.url).context["form"]["note"].value() == ""
    assert member.orders.count() == 0


def test_an_address_typed_when_the_session_ended_is_still_there(member: Member) -> None:
    client = browser()
    typed = {"recipient": "李", "phone": "138", "province": "310000", "detail": "1", "next": "/points/"}
    sent: Any = client.post(reverse("address-new"), typed)
    log_in(client, member.phone, PASSWORD)
    page = client.get(reverse("address-new"))
    assert sent.url == f"{reverse('log-in')}?next={reverse('address-new')}"
    assert (page.context["form"]["recipient"].value(), page.context["next"]) == ("李", "/points/")


def test_a_button_comes_back_to_the_page_it_stood_on(member: Member) -> None:
    order = worlds.delivered(member, (worlds.sku(stock=1, price=10), 1))
    page = reverse("order", args=[order.number])
    sent: Any = browser().post(
        reverse("order-confirm", args=[order.number]),
        headers={"referer": f"http://testserver{page}?placed=1"},
    )
    assert sent.url == f"{reverse('log-in')}?next={page}%3Fplaced%3D1"
    foreign: Any = browser().post(
        reverse("order-confirm", args=[order.number]), headers={"referer": "http://evil.example/x"}
    )
    assert "evil" not in foreign.url
