"""Points, inbox, profile and addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Sku
from members import services
from members.models import Address, Member, Region
from members.services.regions import load_regions
from orders import services as orders
from tests import worlds
from tests.answers import Answer
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


# --- Points


def test_the_statement_tells_each_movement_and_links_its_order(member: Member, mug: Sku) -> None:
    order = worlds.placed(member, (mug, 1))
    orders.cancel_orders([worlds.move(order)])
    page = english(member).get(reverse("points"))
    lines = page.context["statement"].lines
    assert [(line.transaction.kind, line.available, line.held, line.order_number) for line in lines] == [
        ("refund", 500, 0, order.number),
        ("capture", -500, 0, order.number),  # held and captured in the same moment
        ("grant", 10_000, 0, ""),
    ]
    assert page.content.decode().count(f'href="{reverse("order", args=[order.number])}"') == 2


def test_held_points_are_told_apart(member: Member, mug: Sku) -> None:
    worlds.under_review(member, (mug, 2))
    page = english(member).get(reverse("points"))
    assert (page.context["account"].available, page.context["account"].held) == (9_000, 1_000)
    line = page.context["statement"].lines[0]
    assert (line.transaction.kind, line.available, line.held) == ("hold", -1_000, 1_000)


def test_points_that_expire_soon_are_counted(member: Member) -> None:
    worlds.grant(member, 70, days=10)
    worlds.grant(member, 30, days=10)
    page = english(member).get(reverse("points"))
    assert page.context["soon"] == 100
    assert list(page.context["expiring"].values()) == [100, 10_000]


def test_the_statement_goes_on_page_by_page(member: Member) -> None:
    for points in range(1, 45):
        worlds.grant(member, points)
    client, seen = english(member), []
    before: str | None = ""
    while before is not None:
        statement = client.get(reverse("points"), {"before": before}).context["statement"]
        seen += [line.available for line in statement.lines]
        before = statement.before
    assert seen == [*range(44, 0, -1), 10_000]


# --- Inbox


def unread(client: Client) -> int:
    """How many unread messages the bell counts."""
    user: Any = client.get(reverse("home")).wsgi_request.user
    return int(user.unread)


def test_the_inbox_counts_what_is_new_and_then_it_is_read(member: Member) -> None:
    services.send_notices(
        [
            services.Notice(
                member.pk,
                "order.shipped",
                "x#1",
                NOW,
                {"number": "1" * 18, "carrier": "SF", "waybill": "SF1"},
            )
        ]
    )
    client = english(member)
    assert unread(client) == 1
    page = client.get(reverse("inbox")).content.decode()
    assert "was handed to SF, waybill SF1" in page
    assert "New:" in page
    assert unread(client) == 0
    assert "New:" not in client.get(reverse("inbox")).content.decode()


# --- Addresses


def address(**changes: str) -> dict[str, str]:
    county = worlds.region()
    fields = {
        "recipient": "李伟",
        "phone": "13900001234",
        "province": "310000",
        "city": "310100",
        "county": county.code,
        "detail": "漕溪北路 1 号",
    }
    return {**fields, **changes}


def test_a_new_address_is_kept_with_its_region(member: Member) -> None:
    assert english(member).post(reverse("address-new"), address(is_default="on"))["Location"] == reverse(
        "profile"
    )
    added = Address.objects.get(recipient="李伟")
    assert (added.region_name, added.region_id, added.is_default) == ("上海市徐汇区", "310104", True)
    assert Address.objects.filter(member=member, is_default=True).count() == 1


def test_a_changed_address_takes_the_place_of_the_old_one(member: Member) -> None:
    old = member.addresses.get()
    client = english(member)
    page = client.get(reverse("address-change", args=[old.pk]))
    assert page.context["form"]["detail"].value() == old.detail
    client.post(reverse("address-change", args=[old.pk]), address(detail="漕溪北路 2 号"))
    mine = list(Address.objects.filter(member=member, retired_at=None).values_list("detail", "is_default"))
    assert mine == [("漕溪北路 2 号", True)]


def test_choosing_a_region_keeps_what_was_typed_and_complains_of_nothing(member: Member) -> None:
    Region.objects.create(code="320000", name="江苏省")
    city = Region.objects.create(code="320500", name="苏州市", parent_id="320000")
    Region.objects.create(code="320100", name="南京市", parent_id="320000")
    Region.objects.create(code="320508", name="姑苏区", parent=city)
    response = english(member).post(
        reverse("address-new"), {"choose": "1", "recipient": "李", "province": "320000", "county": "310104"}
    )
    form = response.context["form"]
    assert (response.status_code, form["recipient"].value(), form["province"].value()) == (
        200,
        "李",
        "320000",
    )
    assert [label for _code, label in form.fields["city"].choices][1:] == ["南京市", "苏州市"]
    assert 'class="error"' not in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("recipient", "", "Enter who receives the parcel."),
        ("recipient", "x" * 61, "60"),
        ("recipient", "a\x00b", "Null characters"),
        ("phone", "123", "This does not look like a phone number."),
        ("phone", "１３９０００００００a", "This does not look like a phone number."),
        ("province", "", "Choose a province."),
        ("province", "999999", "Choose a province."),
        ("county", "", "Choose a district or county."),
        ("county", "110101", "Choose a district or county."),
        ("detail", "   ", "Enter the street and number."),
        ("detail", "x" * 10_000, "200"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    member: Member, field: str, value: str, complaint: str
) -> None:
    typed = address(**{field: value})
    Region.objects.create(code="110000", name="北京市")  # with one region to choose from nothing is asked
    Region.objects.create(code="310105", name="长宁区", parent_id="310100")
    response = english(member).post(reverse("address-new"), typed)
    assert (response.status_code, Address.objects.filter(recipient="李伟").count()) == (422, 0)
    errors = response.context["form"].errors
    assert set(errors) == {field}
    assert complaint in str(errors[field])
    assert f'id="id_{field}_error"' in response.content.decode()


def test_a_region_that_is_not_served_is_refused(member: Member) -> None:
    typed = address()
    Region.objects.filter(pk="310104").update(is_served=False)
    response = english(member).post(reverse("address-new"), typed)
    assert "We do not deliver to this region yet." in response.content.decode()


def test_an_address_is_removed_after_being_asked_for_it(member: Member) -> None:
    old = member.addresses.get()
    client = english(member)
    path = reverse("address-remove", args=[old.pk])
    client.get(path)
    assert member.addresses.filter(retired_at=None).count() == 1
    client.post(path)
    assert member.addresses.filter(retired_at=None).count() == 0


def test_another_address_is_offered_first(member: Member) -> None:
    second = worlds.address(member)
    english(member).post(reverse("address-default", args=[second.pk]))
    assert member.addresses.get(is_default=True) == second


# --- Pasted addresses


def paste(member: Member, text: str, **typed: str) -> Answer:
    return english(member).post(reverse("address-new"), {"pasted": text, "parse": "1", **typed})


@pytest.fixture
def two_of_a_name() -> None:
    load_regions()


def test_a_pasted_address_fills_in_the_form_and_saves_nothing(member: Member, two_of_a_name: None) -> None:
    page = paste(
        member, "张三 13800001111 浙江省杭州市西湖区文三路1号", recipient="typed before", is_default="on"
    )
    form = page.context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "recipient": "张三",
        "phone": "13800001111",
        "province": "330000",
        "city": "330100",
        "county": "330106",
        "detail": "文三路1号",
        "is_default": "on",
    }
    assert "Please check it before you save" in page.content.decode()
    assert member.addresses.count() == 1


def test_a_pasted_address_that_is_saved_at_once_is_read_first(member: Member, two_of_a_name: None) -> None:
    client, path = english(member), reverse("address-new")
    typed = {
        "pasted": "李伟 13900005678 上海市徐汇区漕溪北路 18 号",
        "save": "1",
        "province": "",
        "detail": "",
    }
    page = client.post(path, typed)
    assert (page.status_code, page.context["form"]["detail"].value()) == (200, "漕溪北路18号")
    assert "Please check it before you save." in page.content.decode()
    page = client.post(
        path, {**typed, "province": "310000"}
    )  # the street is missing, and what was pasted stays
    assert (page.status_code, "李伟 13900005678" in page.content.decode()) == (422, True)
    assert client.post(path, {**typed, "pasted": " "}).status_code == 422
    assert member.addresses.count() == 1


def test_what_a_pasted_text_does_not_say_stays_as_it_was_typed(member: Member, two_of_a_name: None) -> None:
    form = paste(member, "杭州市西湖区文三路1号", recipient="李伟", phone="13900001234").context["form"]
    assert (form["recipient"].value(), form["phone"].value()) == ("李伟", "13900001234")


def test_a_place_that_several_share_is_asked_for(member: Member, two_of_a_name: None) -> None:
    page = paste(member, "西湖区文三路1号")
    assert page.context["paste"].meant == [("330106", "浙江省杭州市西湖区"), ("360103", "江西省南昌市西湖区")]
    answer = english(member).post(reverse("address-new"), {"meant": "360103", "detail": "西湖区文三路1号"})
    form = answer.context["form"]
    assert [form[name].value() for name in ("province", "city", "county", "detail")] == [
        "360000",
        "360100",
        "360103",
        "文三路1号",
    ]


@pytest.mark.parametrize("text", ["", "\0", "=HYPERLINK(1)", "\u202e", "🎁", "x" * 10_000])
def test_a_pasted_text_without_an_address_is_answered_beside_it(member: Member, text: str) -> None:
    page = paste(member, text)
    assert page.status_code == 422
    assert 'id="id_pasted_error"' in page.content.decode()
