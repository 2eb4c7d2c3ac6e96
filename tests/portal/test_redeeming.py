"""From the gift page to the order: what is asked, what is refused in place, what stays typed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Gift, Sku
from members.models import Address, Member, Tier
from orders import services as orders
from orders.models import Order, RedemptionRule
from tests import worlds
from tests.answers import Answer
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=1_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=5, price=300)


def path_of(sku: Sku, quantity: object = 1) -> str:
    return f"{reverse('redeem', args=[sku.gift.code])}?sku={sku.code}&quantity={quantity}"


def click(client: Client, sku: Sku, quantity: int = 1, **more: Any) -> Answer:
    """Send the form of the redeem page as the page offers it, with some fields changed."""
    page = client.get(path_of(sku, quantity))
    fields = {
        "address": page.context["chosen_address"],
        "note": "",
        "request_id": page.context["request_id"],
        "expected_points": page.context["total"],
    }
    return client.post(path_of(sku, quantity), {**fields, **more})


def refused(response: Answer) -> str:
    return str(response.context["refused"])


def test_a_click_makes_an_order_and_leads_to_it(member: Member, mug: Sku) -> None:
    client = english(member)
    response = click(client, mug, 2, note="after six, please")
    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/orders/{order.number}/placed/")
    assert (order.member, order.points_total, order.note, order.channel, order.status) == (
        member,
        600,
        "after six, please",
        "portal",
        "ready",
    )
    page = client.get(response["Location"]).content.decode()
    assert "Done, it is yours" in page
    assert order.number in page


def test_the_same_click_again_leads_to_the_same_order(member: Member, mug: Sku) -> None:
    client, key = english(member), str(uuid.uuid4())
    answers = {click(client, mug, request_id=key)["Location"] for _ in range(3)}
    assert answers == {f"/orders/{Order.objects.get().number}/placed/"}


def test_the_same_key_for_something_else_is_refused_and_gets_a_fresh_one(member: Member, mug: Sku) -> None:
    client, key = english(member), str(uuid.uuid4())
    click(client, mug, request_id=key)
    response = click(client, mug, request_id=key, note="changed")
    assert (response.status_code, Order.objects.count()) == (422, 1)
    assert "You sent this order already" in refused(response)
    assert response.context["request_id"] != key


def test_another_price_than_shown_is_refused_with_the_new_quote(member: Member, mug: Sku) -> None:
    client = english(member)
    response = click(client, mug, expected_points=299, note="typed before")
    assert (response.status_code, Order.objects.count()) == (409, 0)
    assert "300" in refused(response)
    assert response.context["total"] == 300
    assert response.context["form"]["note"].value() == "typed before"


def test_too_few_points_are_refused_in_place(member: Member, mug: Sku) -> None:
    response = click(english(member), mug, 4)
    assert (response.status_code, Order.objects.count()) == (409, 0)
    assert refused(response) == "You need 1200 points but have 1000. Choose fewer gifts or another one."
    assert "200 short" in response.content.decode()


def test_too_few_units_are_refused_in_place(mug: Sku) -> None:
    response = click(english(worlds.member(points=10_000)), mug, 6)
    assert (response.status_code, Order.objects.count()) == (409, 0)
    assert "is out of stock" in refused(response)


def test_a_rule_that_does_not_allow_it_is_refused_in_place(mug: Sku) -> None:
    RedemptionRule.objects.create(kind="max_per_member", gift=mug.gift, quantity=1)
    client = english(worlds.member(points=10_000))
    assert click(client, mug).status_code == 302
    response = click(client, mug)
    assert (response.status_code, Order.objects.count()) == (409, 1)
    assert "you can still redeem 0" in refused(response)


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1e3", "true", str(2**63), "10000", "", "一"])
def test_an_odd_quantity_is_answered_beside_its_field(member: Member, mug: Sku, quantity: str) -> None:
    client = english(member)
    response = client.get(reverse("redeem", args=[mug.gift.code]), {"sku": mug.code, "quantity": quantity})
    assert response.status_code == 422
    assert "Enter a whole number from 1 to 9,999." in response.content.decode()
    assert 'id="id_quantity_error"' in response.content.decode()


def test_an_unknown_variant_is_answered_beside_its_field(member: Member, mug: Sku) -> None:
    response = english(member).get(reverse("redeem", args=[mug.gift.code]), {"sku": "NOPE", "quantity": "1"})
    assert response.status_code == 422
    assert "Choose a variant." in response.content.decode()


def test_a_foreign_address_answers_as_one_that_does_not_exist(member: Member, mug: Sku) -> None:
    foreign = worlds.member().addresses.get(is_default=True).pk
    client = english(member)
    answers = [click(client, mug, address=address) for address in (foreign, 10**9, "x")]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    errors = {str(answer.context["form"].errors["address"]) for answer in answers}
    assert len(errors) == 1
    assert Order.objects.count() == 0


@pytest.mark.parametrize("note", ["<script>alert(1)</script>", "=HYPERLINK(1)", "\u202eabc", "🎁" * 10])
def test_strange_words_are_kept_as_words(member: Member, mug: Sku, note: str) -> None:
    client = english(member)
    response = click(client, mug, note=note)
    assert Order.objects.get().note == note
    assert "<script>alert" not in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("note", ["a\x00b", "x" * 201])
def test_a_note_that_cannot_be_kept_is_answered_beside_its_field(member: Member, mug: Sku, note: str) -> None:
    response = click(english(member), mug, note=note)
    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert 'id="id_note_error"' in response.content.decode()


def test_without_an_address_the_page_asks_for_one_first(member: Member, mug: Sku) -> None:
    Address.objects.filter(member=member).update(is_default=False, retired_at=worlds.AT)
    page = english(member).get(path_of(mug)).content.decode()
    assert "You have no address yet. Add one to go on." in page
    assert "disabled" in page


def test_a_new_address_comes_back_to_the_order_with_what_was_typed(member: Member, mug: Sku) -> None:
    client = english(member)
    away = client.post(path_of(mug, 2), {"new_address": "1", "note": "by the door"})
    county = worlds.region()
    saved = client.post(
        away["Location"],
        {
            "next": client.get(away["Location"]).context["next"],
            "recipient": "Li Wei",
            "phone": "+86 139-0000-1234",
            "province": "310000",
            "city": "310100",
            "county": county.code,
            "detail": "1 Caoxi North Road",
        },
    )
    added = Address.objects.get(recipient="Li Wei")
    page = client.get(saved["Location"])
    assert (added.phone, page.context["basket"].rows[0].quantity) == ("13900001234", 2)
    assert page.context["chosen_address"] == str(added.pk)
    assert page.context["form"]["note"].value() == "by the door"


# --- The gift page


def gift_page(sku: Sku, client: Client | None = None) -> Answer:
    return (client or Client(headers={"accept-language": "en"})).get(reverse("gift", args=[sku.gift.code]))


def test_the_gift_page_tells_the_rules_as_they_stand_for_the_reader(member: Member, mug: Sku) -> None:
    RedemptionRule.objects.create(kind="max_per_period", gift=mug.gift, quantity=2, period="month")
    gold = Tier.objects.create(code="gold", name="金卡", name_en="Gold", rank=9)
    client = english(member)
    click(client, mug)
    told = "Each member can redeem 2 per month; you can still redeem 1."
    page = gift_page(mug, client)
    assert [(rule.text, rule.holds) for rule in page.context["rules"]] == [(told, True)]
    assert page.context["obstacle"] == {}
    RedemptionRule.objects.create(kind="tier_at_least", category=mug.gift.category, tier=gold)
    page = gift_page(mug, client)
    assert page.context["obstacle"] == {"kind": "rule", "text": "For members of tier Gold and above."}
    assert gift_page(mug).context["obstacle"] == {}  # a visitor's tier is not known yet


def test_the_gift_page_says_why_a_gift_cannot_be_had(member: Member, mug: Sku) -> None:
    client = english(member)
    assert gift_page(worlds.sku(stock=1, price=1_001), client).context["obstacle"] == {
        "kind": "points",
        "text": "You need 1 more points for this gift.",
    }
    assert gift_page(worlds.sku(stock=0), client).context["obstacle"]["kind"] == "out_of_stock"
    assert gift_page(worlds.sku(stock=1, cash_price=100), client).context["obstacle"]["kind"] == "cash"
    Gift.objects.filter(pk=mug.gift_id).update(is_listed=False)
    assert gift_page(mug, client).context["obstacle"]["kind"] == "off_shelf"


def test_the_gift_page_shows_all_its_pictures(mug: Sku) -> None:
    Gift.objects.filter(pk=mug.gift_id).update(picture="gifts/BK701.svg", more_pictures=["gifts/BK702.svg"])
    page = gift_page(mug).content.decode()
    assert page.count('class="gift-picture"') == 2
    assert "gifts/BK702" in page


def test_a_gift_that_also_costs_cash_says_so_and_is_not_redeemed(member: Member, mug: Sku) -> None:
    dear = worlds.sku(stock=1, price=300, cash_price=1_990)
    client = english(member)
    page = gift_page(dear, client).content.decode()
    assert "¥19.90" in page
    assert "is coming soon" in page
    response = click(client, dear)
    assert (response.status_code, Order.objects.count()) == (409, 0)
    assert "also costs cash" in refused(response)
    assert "<dt>Cash in all</dt><dd>¥19.90</dd>" in response.content.decode()
    assert "¥" not in client.get(path_of(mug)).content.decode()


def test_the_gift_page_estimates_the_way_to_my_address(member: Member, mug: Sku) -> None:
    client = english(member)
    assert gift_page(mug, client).context["estimate"] is None  # nobody goes there
    worlds.carrier_service()
    told = gift_page(mug, client)
    # A Monday: the warehouse may send on Tuesday and has until Friday; then three days on the way.
    assert told.context["estimate"] == orders.Estimate(4, 7, "上海市")
    assert "About 4–7 days to 上海市" in told.content.decode()
    assert gift_page(mug).context["estimate"] is None  # a visitor has no address


# --- The shelves


def found(**query: str) -> list[str]:
    return [gift.code for gift in Client().get(reverse("gifts"), query).context["page"]]


def test_the_shelves_are_searched_filtered_and_sorted() -> None:
    lamp, cup, gone = (worlds.sku(stock=1, price=price) for price in (300, 100, 200))
    for sku, name in ((lamp, "阅读台灯"), (cup, "玻璃水杯"), (gone, "旧台灯")):
        Gift.objects.filter(pk=sku.gift_id).update(name=name)
    Gift.objects.filter(pk=gone.gift_id).update(is_listed=False)
    lamps, cups = lamp.gift.code, cup.gift.code
    assert found(q="台灯") == [lamps]
    assert found(q="阅读 家居") == [lamps]
    assert found(sort="points_up") == [cups, lamps]
    assert found(sort="points_down") == [lamps, cups]
    assert found(category="home") == [lamps, cups]
    assert found(category="nothing") == []
    assert found(sort="odd", page="99") == [lamps, cups]


def test_within_my_points_leaves_out_what_i_cannot_have(member: Member) -> None:
    cheap, dear, none_left = (
        worlds.sku(stock=1, price=900),
        worlds.sku(stock=1, price=1_001),
        worlds.sku(price=1),
    )
    page = english(member).get(reverse("gifts"), {"within_reach": "on"})
    assert [gift.code for gift in page.context["page"]] == [cheap.gift.code]
    assert dear.gift.code not in page.content.decode()
    assert none_left.gift.code not in page.content.decode()
