"""Every page of the portal: who sees it, what it costs in statements, what nobody may keep."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Sku
from logistics.models import Parcel
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=100_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


def addresses(member: Member, sku: Sku, order: Order, parcel: str) -> dict[str, tuple[str, int]]:
    """Each page for members with the number of statements it may cost, session and user included."""
    mine = member.addresses.get(is_default=True).pk
    return {
        "home": (reverse("home"), 2),
        "gifts": (reverse("gifts"), 5),
        "gift": (reverse("gift", args=[sku.gift.code]), 7),
        "redeem": (f"{reverse('redeem', args=[sku.gift.code])}?sku={sku.code}&quantity=1", 7),
        "cart": (reverse("cart"), 3),
        "cart-redeem": (f"{reverse('cart-redeem')}?line=1×{sku.code}", 6),
        "order-placed": (reverse("order-placed", args=[order.number]), 4),
        "order-placed-live": (reverse("order-placed-live", args=[order.number]), 4),
        "my-orders": (reverse("my-orders"), 4),
        "order": (reverse("order", args=[order.number]), 5),
        "order-live": (reverse("order-live", args=[order.number]), 7),
        "order-confirm": (reverse("order-confirm", args=[order.number]), 5),
        "order-cancel": (reverse("order-cancel", args=[order.number]), 4),
        "order-refund": (reverse("order-refund", args=[order.number]), 4),
        "parcel-track": (reverse("parcel-track", args=[parcel]), 5),
        "points": (reverse("points"), 6),
        "inbox": (reverse("inbox"), 5),
        "preferences": (reverse("preferences"), 4),
        "profile": (reverse("profile"), 3),
        "address-new": (reverse("address-new"), 5),
        "address-change": (reverse("address-change", args=[mine]), 6),
        "address-remove": (reverse("address-remove", args=[mine]), 3),
    }


def test_each_page_opens_costs_its_statements_and_is_stored_nowhere(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    client = english(member)
    found = {}
    pages = addresses(member, mug, order, Parcel.objects.get(order=order).number)
    for name, (path, _statements) in pages.items():
        client.get(path)  # the rules of the house are read once per process
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        found[name] = (response.status_code, response["Cache-Control"], len(asked))
    assert found == {name: (200, "private, no-store", statements) for name, (_p, statements) in pages.items()}


def test_the_number_of_orders_does_not_change_what_the_list_costs(member: Member, mug: Sku) -> None:
    client = english(member)
    worlds.placed(member, (mug, 1))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("my-orders"))
    for _ in range(9):
        worlds.placed(member, (mug, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("my-orders"))
    assert len(many) == len(few)


def test_what_is_not_the_members_answers_as_what_does_not_exist(member: Member, mug: Sku) -> None:
    stranger = english(worlds.member())
    order = worlds.delivered(member, (mug, 1))
    parcel = Parcel.objects.get(order=order).number
    mine = member.addresses.get(is_default=True).pk
    missing = "260101000000000000"
    pairs = [
        ("order", order.number, missing),
        ("order-live", order.number, missing),
        ("order-confirm", order.number, missing),
        ("order-cancel", order.number, missing),
        ("order-refund", order.number, missing),
        ("order-refunds", order.number, missing),
        ("parcel-track", parcel, "P404"),
        ("address-change", mine, 10**9),
        ("address-remove", mine, 10**9),
    ]
    for name, foreign, nothing in pairs:
        answers = [stranger.get(reverse(name, args=[one])) for one in (foreign, nothing)]
        bodies = [
            answer.content.decode()
            .replace(reverse(name, args=[one]), "")
            .replace(csrf_in(answer.content), "")
            for answer, one in zip(answers, (foreign, nothing), strict=True)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], name
        assert bodies[0] == bodies[1], name
    for name in ("order-confirm", "order-cancel", "order-refund", "address-remove"):
        one = mine if name == "address-remove" else order.number
        assert stranger.post(reverse(name, args=[one])).status_code == 404, name
    assert stranger.post(reverse("address-default", args=[mine])).status_code == 404
    assert Order.objects.get(pk=order.pk).status == "delivered"
    assert member.addresses.get(pk=mine).retired_at is None


def csrf_in(body: bytes) -> str:
    """The token in a page, which differs at each rendering."""
    return body.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def test_visitors_see_the_shelves_and_are_sent_to_the_log_in_for_the_rest(member: Member, mug: Sku) -> None:
    visitor = Client(headers={"accept-language": "en"})
    order = worlds.delivered(member, (mug, 1))
    open_pages = {"home", "gifts", "gift", "cart"}
    for name, (path, _statements) in addresses(member, mug, order, "P1").items():
        response = visitor.get(path)
        if name in open_pages:
            assert response.status_code == 200, name
            assert isinstance(response.wsgi_request.user, AnonymousUser)
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith(f"{reverse('log-in')}?next=/"), name


def test_an_operator_is_told_that_the_page_is_not_for_them() -> None:
    from members.models import User

    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_user("lin", password="x"))
    response = client.get(reverse("points"))
    assert response.status_code == 403
    assert "This page is not for you" in response.content.decode()
    assert client.get(reverse("home")).status_code == 200


def test_the_order_page_links_its_parcel_and_the_parcel_tells_its_way(member: Member, mug: Sku) -> None:
    order = worlds.shipped(member, (mug, 1))
    parcel = Parcel.objects.select_related("waybill").get(order=order)
    client = english(member)
    page = client.get(reverse("order", args=[order.number])).content.decode()
    assert reverse("parcel-track", args=[parcel.number]) in page
    assert parcel.waybill.number in page
    track = client.get(reverse("parcel-track", args=[parcel.number])).content.decode()
    assert "Handed to the carrier" in track


def test_the_live_part_answers_304_until_something_happens(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    client = english(member)
    path = reverse("order-live", args=[order.number])
    first = client.get(path)
    same = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    orders.cancel_orders([worlds.move(order)])
    moved = client.get(path, headers={"if-none-match": first["ETag"]})
    assert moved.status_code == 200
    assert "This order was cancelled" in moved.content.decode()
    assert "hx-get" not in moved.content.decode()  # an order that is over is asked about no more


def test_a_live_part_without_a_session_reloads_the_page(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    response = Client().get(reverse("order-live", args=[order.number]), headers={"hx-request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (200, "true")


def test_the_error_pages_are_the_houses_own(member: Member) -> None:
    client = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    assert "We could not find this page" in client.get("/nowhere").content.decode()
    stale = client.post(reverse("log-out"))
    assert (stale.status_code, "This form has gone stale" in stale.content.decode()) == (403, True)


def test_chinese_is_what_a_browser_without_wishes_gets() -> None:
    assert '<html lang="zh-hans">' in Client().get(reverse("home")).content.decode()


def test_the_language_switch_stays_on_the_page() -> None:
    client = Client()
    response = client.post(reverse("set_language"), {"language": "en", "next": "/gifts/?q=a"})
    assert (response.status_code, response["Location"]) == (302, "/gifts/?q=a")
    assert '<html lang="en">' in client.get(response["Location"]).content.decode()
