"""The cart: what goes in, how it stands, and how it becomes one order however often the click is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Gift, Sku
from members.models import Member
from orders import services as orders
from orders.models import CartLine, Order, RedemptionRule
from tests import worlds
from tests.answers import Answer
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=1_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=5, price=300)


@pytest.fixture
def lamp() -> Sku:
    return worlds.sku(stock=5, price=200)


def put(client: Client, sku: Sku, quantity: object = 1) -> Answer:
    return client.post(reverse("cart-put", args=[sku.gift.code]), {"sku": sku.code, "quantity": quantity})


def lines(member: Member) -> dict[str, int]:
    return dict(CartLine.objects.filter(member=member).values_list("sku__code", "quantity"))


def rows(client: Client, **query: str) -> dict[str, tuple[bool, str]]:
    basket = client.get(reverse("cart"), query).context["basket"]
    return {row.sku.code: (row.is_chosen, row.trouble) for row in basket.rows}


def send(client: Client, **fields: object) -> Answer:
    """Send the cart's form as the page offers it, with some fields changed."""
    page = client.get(reverse("cart"))
    typed: dict[str, Any] = {field.html_name: field.value() for _row, field in page.context["pairs"]}
    typed["only"] = [row.sku.code for row in page.context["basket"].chosen]
    return client.post(reverse("cart"), {**typed, **fields})


def test_a_gift_goes_into_the_cart_and_its_page_says_so(member: Member, mug: Sku) -> None:
    client = english(member)
    page = client.get(put(client, mug, 2)["Location"])
    assert "It is in your cart." in page.content.decode()
    assert page.context["quantity"] == "2"
    put(client, mug, 1)
    assert lines(member) == {mug.code: 3}
    user: Any = client.get(reverse("home")).wsgi_request.user
    assert user.in_cart == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "10000", "", "1\0", "x" * 10_000])
def test_an_odd_quantity_is_answered_beside_its_field(member: Member, mug: Sku, quantity: str) -> None:
    response = put(english(member), mug, quantity)
    assert (response.status_code, lines(member)) == (422, {})
    assert 'id="id_quantity_error"' in response.content.decode()


def test_a_full_cart_says_so(member: Member, mug: Sku, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.services.cart.MAX_CART", 0)
    response = put(english(member), mug)
    assert (response.status_code, lines(member)) == (409, {})
    assert "Your cart is full." in response.content.decode()


def test_the_cart_says_of_each_line_how_it_stands(member: Member, mug: Sku, lamp: Sku) -> None:
    gone, hidden, dear, limited = (worlds.sku(stock=stock, price=10) for stock in (0, 1, 1, 5))
    Gift.objects.filter(pk=hidden.gift_id).update(is_listed=False)
    Sku.objects.filter(pk=dear.pk).update(cash_price=990)
    RedemptionRule.objects.create(kind="max_per_order", gift=limited.gift, quantity=1)
    for sku, quantity in ((mug, 6), (lamp, 1), (gone, 1), (hidden, 1), (dear, 1), (limited, 2)):
        orders.put_in_cart(member.pk, sku.code, quantity, at=NOW)
    assert rows(english(member)) == {
        mug.code: (False, "Only 5 are left. Choose fewer."),
        lamp.code: (True, ""),
        gone.code: (False, "All gone for now. Remove it, or leave it here and look in again."),
        hidden.code: (False, "This gift is not on the shelf any more. Remove it, or look for another one."),
        dear.code: (
            False,
            "This gift also costs cash, which cannot be paid here yet. Remove it for now.",
        ),
        limited.code: (False, "At most 1 per order."),
    }


def test_a_price_that_changed_is_named_until_the_member_goes_on(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    Sku.objects.filter(pk=mug.pk).update(points_price=350)
    client = english(member)
    told = "The price changed from 300 to 350 points."
    assert told in client.get(reverse("cart")).content.decode()
    send(client, update="1")
    assert told not in client.get(reverse("cart")).content.decode()


def test_quantities_change_and_the_sum_follows(member: Member, mug: Sku, lamp: Sku) -> None:
    for sku in (mug, lamp):
        orders.put_in_cart(member.pk, sku.code, 1, at=NOW)
    client = english(member)
    page = client.get(send(client, **{f"quantity-{lamp.code}": "2", "only": [lamp.code]})["Location"])
    assert lines(member) == {mug.code: 1, lamp.code: 2}
    assert (page.context["basket"].points, page.context["after"]) == (400, 600)


def test_an_odd_quantity_in_the_cart_is_answered_beside_it_and_stays_typed(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    response = send(english(member), **{f"quantity-{mug.code}": "many"})
    assert (response.status_code, lines(member)) == (422, {mug.code: 1})
    body = response.content.decode()
    assert 'value="many"' in body
    assert "Enter a whole number from 1 to 9,999." in body


def test_what_is_removed_can_be_put_back(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 3, at=NOW)
    client = english(member)
    page = client.get(send(client, remove=mug.code)["Location"])
    assert lines(member) == {}
    assert "is out of your cart." in page.content.decode()
    client.post(reverse("cart"), {"put_back": mug.code, "units": page.context["removed"]["units"]})
    assert lines(member) == {mug.code: 3}


@pytest.mark.parametrize("name", ["remove", "put_back"])
@pytest.mark.parametrize("code", ["", "NOPE", "\0", "x" * 10_000])
def test_what_is_not_in_the_cart_changes_nothing(member: Member, mug: Sku, name: str, code: str) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    assert english(member).post(reverse("cart"), {name: code, "units": "1"}).status_code == 302
    assert lines(member) == {mug.code: 1}


def test_too_many_points_cannot_go_on(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 4, at=NOW)
    page = english(member).get(reverse("cart"))
    assert page.context["obstacle"] == "You are 200 points short. Tick fewer gifts."


# --- From the cart to one order


def confirm(client: Client, path: str, **more: object) -> Answer:
    page = client.get(path)
    fields = {
        "address": page.context["chosen_address"],
        "note": "",
        "request_id": page.context["request_id"],
        "expected_points": page.context["total"],
    }
    return client.post(path, {**fields, **more})


def test_the_cart_becomes_one_order_and_what_was_ordered_leaves_it(
    member: Member, mug: Sku, lamp: Sku
) -> None:
    for sku, quantity in ((mug, 1), (lamp, 2)):
        orders.put_in_cart(member.pk, sku.code, quantity, at=NOW)
    kept = worlds.sku(stock=1, price=5)
    orders.put_in_cart(member.pk, kept.code, 1, at=NOW)
    client = english(member)
    path = send(client, redeem="1", only=[mug.code, lamp.code])["Location"]
    page = client.get(path)
    assert (page.context["total"], page.context["after"]) == (700, 300)
    response = confirm(client, path)
    order = Order.objects.get()
    assert response["Location"] == reverse("order-placed", args=[order.number])
    assert set(order.lines.values_list("sku_code", "quantity")) == {(mug.code, 1), (lamp.code, 2)}
    assert lines(member) == {kept.code: 1}


def test_three_clicks_make_one_order_and_leave_what_was_put_in_since(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    client = english(member)
    path = send(client, redeem="1")["Location"]
    page = client.get(path)
    fields = {
        "address": page.context["chosen_address"],
        "request_id": page.context["request_id"],
        "expected_points": page.context["total"],
    }
    first = client.post(path, fields)["Location"]
    orders.put_in_cart(member.pk, mug.code, 2, at=NOW)
    assert {client.post(path, fields)["Location"] for _ in range(2)} == {first}
    assert (Order.objects.count(), lines(member)) == (1, {mug.code: 2})


def test_a_refused_order_leaves_the_cart_as_it_is(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    client = english(member)
    path = send(client, redeem="1")["Location"]
    response = confirm(client, path, expected_points=299)
    assert (response.status_code, Order.objects.count(), lines(member)) == (409, 0, {mug.code: 1})
    Sku.objects.filter(pk=mug.pk).update(is_active=False)
    page = client.get(path)
    assert "This gift is not on the shelf any more." in page.content.decode()
    assert confirm(client, path).status_code == 409


@pytest.mark.parametrize(
    "line", ["", "x", "0×SKU", "1×", "1×NOPE", "99999×SKU", "²×SKU", "1×" + "x" * 10_000]
)
def test_an_odd_address_leads_back_to_the_cart(member: Member, line: str) -> None:
    response = english(member).get(reverse("cart-redeem"), {"line": line})
    assert (response.status_code, response["Location"]) == (302, reverse("cart"))


def test_a_session_that_ended_comes_back_with_everything_chosen(member: Member, mug: Sku) -> None:
    path = f"{reverse('cart-redeem')}?line=2×{mug.code}"
    response = Client().get(path)
    assert response["Location"].startswith(f"{reverse('log-in')}?next=/cart/redeem/%3Fline%3D2")
    assert english(member).get(path).context["total"] == 600


# --- Visitors


def test_a_visitor_fills_a_cart_that_becomes_theirs_at_the_log_in(
    member: Member, mug: Sku, lamp: Sku
) -> None:
    client = Client(headers={"accept-language": "en"})
    put(client, mug, 2)
    put(client, lamp, 1)
    assert rows(client) == {lamp.code: (True, ""), mug.code: (True, "")}
    assert client.get(reverse("cart")).context["basket"].points == 800
    send(client, **{f"quantity-{mug.code}": "1"})
    send(client, remove=lamp.code)
    orders.put_in_cart(member.pk, lamp.code, 1, at=NOW)
    client.force_login(member.user)
    assert set(rows(client)) == {mug.code, lamp.code}
    assert lines(member) == {mug.code: 1, lamp.code: 1}
    client.get(reverse("cart"))
    assert lines(member) == {mug.code: 1, lamp.code: 1}


def test_a_cart_is_nobody_elses(member: Member, mug: Sku) -> None:
    orders.put_in_cart(member.pk, mug.code, 1, at=NOW)
    stranger = english(worlds.member())
    assert rows_of(stranger) == []
    stranger.post(reverse("cart"), {"remove": mug.code})
    assert lines(member) == {mug.code: 1}


def rows_of(client: Client) -> list[Any]:
    return list(client.get(reverse("cart")).context["basket"].rows)


def test_the_number_of_lines_does_not_change_what_the_cart_costs(member: Member) -> None:
    client = english(member)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("cart"))
        return len(asked)

    for _ in range(2):
        sku = worlds.sku(stock=1, price=1)
        RedemptionRule.objects.create(kind="max_per_member", gift=sku.gift, quantity=9)
        orders.put_in_cart(member.pk, sku.code, 1, at=NOW)
    client.get(reverse("cart"))
    few = cost()
    for _ in range(5):
        sku = worlds.sku(stock=1, price=1)
        RedemptionRule.objects.create(kind="max_per_member", gift=sku.gift, quantity=9)
        orders.put_in_cart(member.pk, sku.code, 1, at=NOW)
    client.get(reverse("cart"))
    assert (few, cost()) == (6, 6)


# --- Right after the click


def test_the_page_after_the_click_says_what_happened(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    page = english(member).get(reverse("order-placed", args=[order.number]))
    body = page.content.decode()
    assert (page.context["is_checked"], page.context["is_confirmed"]) == (True, True)
    assert "Done, it is yours" in body
    assert order.number in body
    assert "hx-get" not in body  # nothing is left to turn


def test_it_turns_by_itself_when_the_check_is_done(member: Member, mug: Sku) -> None:
    order = worlds.under_review(member, (mug, 1))
    client = english(member)
    page = client.get(reverse("order-placed", args=[order.number]))
    assert (page.context["is_checked"], page.context["is_confirmed"]) == (False, False)
    path = reverse("order-placed-live", args=[order.number])
    assert path in page.content.decode()
    first = client.get(path)
    same = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    orders.approve([worlds.move(order)])
    moved = client.get(path, headers={"if-none-match": first["ETag"]})
    assert "Done, it is yours" in moved.content.decode()
    assert "hx-get" not in moved.content.decode()


def test_somebody_elses_confirmation_answers_as_none(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    stranger = english(worlds.member())
    for name in ("order-placed", "order-placed-live"):
        assert stranger.get(reverse(name, args=[order.number])).status_code == 404
        assert stranger.get(reverse(name, args=["260101000000000000"])).status_code == 404
