"""A member's orders, and what can be done about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.models import ReturnRequest
from inventory.models import Gift, Sku
from members.models import Member
from orders import services as orders
from orders.models import Order, OrderLine
from tests import worlds
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=100_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


def listed(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("my-orders"), query)
    return [order.number for order, *_words in page.context["orders"]]


# --- The list


def test_tabs_hold_their_orders_and_say_how_many(member: Member, mug: Sku) -> None:
    preparing = worlds.placed(member, (mug, 1))
    on_the_way = worlds.shipped(member, (mug, 1))
    completed = worlds.signed(member, (mug, 1))
    ended = worlds.placed(member, (mug, 1))
    orders.cancel_orders([worlds.move(ended)])
    client = english(member)
    assert {
        tab: listed(client, tab=tab)
        for tab in ("", "preparing", "on_the_way", "completed", "to_review", "after_sale")
    } == {
        "": [order.number for order in (ended, completed, on_the_way, preparing)],
        "preparing": [preparing.number],
        "on_the_way": [on_the_way.number],
        "completed": [completed.number],
        "to_review": [],
        "after_sale": [],
    }
    counts = {code: count for code, _label, count in client.get(reverse("my-orders")).context["tabs"]}
    assert counts == {
        "": "4",
        "to_review": "0",
        "to_pay": "0",
        "preparing": "1",
        "on_the_way": "1",
        "completed": "1",
        "after_sale": "0",
    }


def test_an_order_is_found_by_half_its_gift_by_its_number_and_by_its_day(member: Member, mug: Sku) -> None:
    Gift.objects.filter(pk=mug.gift_id).update(name="双色釉手工陶瓷花瓶")
    vase = worlds.placed(member, (mug, 1), at=worlds.AT - timedelta(days=3))
    other = worlds.placed(member, (worlds.sku(stock=1), 1))
    client = english(member)
    assert listed(client, q="花瓶") == [vase.number]
    assert listed(client, q=vase.number[4:12]) == [vase.number]
    assert listed(client, since="2026-11-01") == [other.number]
    assert listed(client, until="2026-11-01") == [vase.number]
    assert listed(client, q="没有") == []
    assert listed(client, q="花瓶", tab="completed") == []


def test_odd_searches_are_answered_in_place(member: Member, mug: Sku) -> None:
    worlds.placed(member, (mug, 1))
    client = english(member)
    for query in ({"since": "yesterday"}, {"until": "0000-00-00"}):
        page = client.get(reverse("my-orders"), query)
        assert (page.status_code, page.context["orders"]) == (200, [])
        assert 'class="error"' in page.content.decode()
    assert len(listed(client, tab="no-such")) == 1
    assert client.get(reverse("my-orders"), {"after": "forged"}).status_code == 302
    assert listed(client, until="9999-12-31", since="0001-01-01") != []


def test_pages_follow_each_other_without_gap_or_repetition(member: Member, mug: Sku) -> None:
    numbers = [worlds.placed(member, (mug, 1)).number for _ in range(23)]
    client, seen, after = english(member), [], ""
    for _ in range(3):
        page = client.get(reverse("my-orders"), {"after": after})
        seen += [order.number for order, *_words in page.context["orders"]]
        after = page.context["after"]
    assert (seen, after) == (numbers[::-1], "")


# --- One order


def test_buttons_are_there_for_what_can_be_done_now(member: Member, mug: Sku) -> None:
    client = english(member)

    def offered(order: Order) -> set[str]:
        page = client.get(reverse("order", args=[order.number])).content.decode()
        names = (
            "order-cancel",
            "order-confirm",
            "order-refund",
            "order-refunds",
            "order-address",
            "order-cancel-part",
            "order-feedback",
        )
        return {name for name in names if f'href="{reverse(name, args=[order.number])}"' in page}

    assert offered(worlds.placed(member, (mug, 1))) == {"order-cancel", "order-address"}
    assert offered(worlds.placed(member, (mug, 2))) == {"order-cancel", "order-address", "order-cancel-part"}
    assert offered(worlds.picking(member, (mug, 2))) == {"order-cancel", "order-address", "order-cancel-part"}
    assert offered(worlds.packed(member, (mug, 1))) == {"order-cancel"}
    assert offered(worlds.shipped(member, (mug, 1))) == {"order-confirm"}
    assert offered(worlds.delivered(member, (mug, 1))) == {"order-confirm", "order-refund"}
    assert offered(worlds.signed(member, (mug, 1))) == {"order-refund", "order-feedback"}


def test_cancelling_is_free_before_picking(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 2))
    client = english(member)
    path = reverse("order-cancel", args=[order.number])
    page = client.get(path)
    assert (page.context["fee"], page.context["back"]) == (0, 1_000)
    assert client.post(path, {"fee": "0", "reason": "changed-mind"}).status_code == 302
    order.refresh_from_db()
    assert (order.status, worlds.points_of(member)) == ("cancelled", (100_000, 0))
    assert order.events.get(kind="order.cancelled").reason_code == "changed-mind"


def test_cancelling_later_costs_the_fee_that_was_shown(member: Member, mug: Sku) -> None:
    order = worlds.picking(member, (mug, 2))
    client = english(member)
    path = reverse("order-cancel", args=[order.number])
    page = client.get(path)
    assert (page.context["fee"], page.context["back"]) == (50, 950)
    assert client.post(path, {"fee": "50"}).status_code == 302
    order.refresh_from_db()
    assert (order.status, worlds.points_of(member)) == ("cancelled", (99_950, 0))


def test_a_fee_that_was_not_shown_is_not_taken(member: Member, mug: Sku) -> None:
    order = worlds.picking(member, (mug, 2))
    client = english(member)
    response = client.post(reverse("order-cancel", args=[order.number]), {"fee": "0"})
    order.refresh_from_db()
    assert (response.status_code, order.status) == (409, "picking")
    assert "Cancelling costs 50 points by now." in response.content.decode()
    assert response.context["fee"] == 50


def test_too_late_to_cancel_says_why_and_what_to_do_instead(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    client = english(member)
    page = client.post(reverse("order-cancel", args=[order.number]), {"fee": "0"})
    assert "You can ask for a refund instead." in page.content.decode()
    assert reverse("order-refund", args=[order.number]) in page.content.decode()
    order.refresh_from_db()
    assert order.status == "delivered"


def test_confirming_twice_confirms_once_and_goes_on(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    client = english(member)
    path = reverse("order-confirm", args=[order.number])
    assert client.post(path).status_code == 302
    again = client.post(path)
    assert (again.status_code, again["Location"]) == (302, reverse("order-feedback", args=[order.number]))
    assert order.events.filter(kind="order.signed").count() == 1


def test_a_rejected_order_tells_the_reason(member: Member, mug: Sku) -> None:
    order = worlds.under_review(member, (mug, 1))
    orders.reject([worlds.move(order, reason="The address could not be found.")])
    page = english(member).get(reverse("order", args=[order.number])).content.decode()
    assert "We could not accept this order" in page
    assert "The address could not be found." in page
    assert "500 points came back to your account." in page


def test_cash_is_shown_where_an_order_has_some_and_only_there(member: Member, mug: Sku) -> None:
    free, paid = worlds.placed(member, (mug, 1)), worlds.placed(member, (mug, 3))
    OrderLine.objects.filter(order=paid).update(unit_cash=1_990)  # nothing in the mall costs cash yet
    Order.objects.filter(pk=paid.pk).update(cash_total=5_970)
    client = english(member)
    for name in ("order", "order-placed", "order-cancel"):
        shown = client.get(reverse(name, args=[paid.number])).content.decode()
        assert (
            "+ ¥59.70" in shown,
            "¥" in client.get(reverse(name, args=[free.number])).content.decode(),
        ) == (
            True,
            False,
        )
    order = client.get(reverse("order", args=[paid.number])).content.decode()
    assert "500 + ¥19.90 × 3" in order
    assert "<dt>Cash in all</dt><dd>¥59.70</dd>" in order
    assert client.get(reverse("my-orders")).content.decode().count("¥") == 1


def test_a_cancelled_order_says_what_its_fee_was(member: Member, mug: Sku) -> None:
    free, late = worlds.placed(member, (mug, 2)), worlds.picking(member, (mug, 2))
    orders.cancel_orders([worlds.move(free), worlds.move(late)])
    client = english(member)
    fee = "<dt>Fee</dt>"
    assert (
        f'{fee}<dd class="minus">−50</dd>'
        in client.get(reverse("order", args=[late.number])).content.decode()
    )
    assert fee not in client.get(reverse("order", args=[free.number])).content.decode()


# --- Refunds


def test_a_refund_is_asked_for_per_line_followed_and_withdrawn(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 3), (worlds.sku(stock=1), 1))
    line = order.lines.get(sku=mug)
    other = order.lines.exclude(sku=mug).get()
    client = english(member)
    path = reverse("order-refund", args=[order.number])
    fields = {f"line-{line.pk}": "2", f"line-{other.pk}": "0", "why": "damaged", "words": "two are cracked"}
    assert client.post(path, fields)["Location"] == reverse("order-refunds", args=[order.number])
    request = ReturnRequest.objects.get()
    assert (request.reason, list(request.lines.values_list("order_line", "quantity"))) == (
        "Damaged or broken: two are cracked",
        [(line.pk, 2)],
    )
    page = client.get(reverse("order", args=[order.number])).content.decode()
    assert "Refund requested" in page
    assert client.post(path, fields).status_code == 409
    assert client.post(reverse("refund-withdraw", args=[request.number])).status_code == 302
    assert "Withdrawn" in client.get(reverse("order-refunds", args=[order.number])).content.decode()
    assert english(worlds.member()).post(reverse("refund-withdraw", args=[request.number])).status_code == 404


def test_the_reason_of_a_refund_is_put_together_as_its_language_does(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    fields = {f"line-{order.lines.get().pk}": "1", "why": "damaged", "words": "釉面有裂纹"}
    client = english(member)
    client.post(reverse("order-refund", args=[order.number]), fields, headers={"accept-language": "zh-hans"})
    assert ReturnRequest.objects.get().reason == "破损或有瑕疵：釉面有裂纹"


@pytest.mark.parametrize("quantity", ["-1", "4", "1.5", "", "two"])
def test_an_odd_refund_is_answered_beside_its_field(member: Member, mug: Sku, quantity: str) -> None:
    order = worlds.delivered(member, (mug, 3))
    name = f"line-{order.lines.get().pk}"
    client = english(member)
    path = reverse("order-refund", args=[order.number])
    response = client.post(path, {name: quantity, "why": "damaged", "words": "kept"})
    assert (response.status_code, ReturnRequest.objects.count()) == (422, 0)
    page = response.content.decode()
    assert "Enter a whole number from 0 to 3." in page
    assert "kept" in page


def test_a_refund_of_nothing_is_refused(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 3))
    path = reverse("order-refund", args=[order.number])
    response = english(member).post(path, {f"line-{order.lines.get().pk}": "0", "why": "damaged"})
    assert "Say how many you want refunded." in response.content.decode()


# --- What the page of a moment says


def test_now_is_shown_in_the_malls_time(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1), at=NOW)
    page = english(member).get(reverse("order", args=[order.number])).content.decode()
    assert '<time datetime="2026-11-02T11:00:00+08:00">2 Nov 2026, 11:00</time>' in page
