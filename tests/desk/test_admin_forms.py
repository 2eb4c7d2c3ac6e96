"""What operators edit at the desk: the catalogue, the rules, the carriers, members; wrong input never a 500."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.test import Client

from inventory import services as inventory
from inventory.models import Gift, Sku, Stock, Warehouse
from logistics.models import CarrierService
from members.models import Member, PointsAccount, User
from orders.models import RedemptionRule, ReviewRule
from tests import worlds
from tests.answers import Answer
from tests.desk.operators import browser, page, told

pytestmark = pytest.mark.django_db


def errors(response: Answer) -> dict[str, list[str]]:
    """What a form of the admin refuses, by field."""
    assert response.status_code == 200
    return {name: list(refused) for name, refused in response.context["adminform"].form.errors.items()}


NEEDED = ["This kind of rule needs it."]
REDEMPTION = {
    "kind": "", "gift": "", "category": "", "tier": "", "quantity": "", "period": "", "starts_at_0": "",
    "starts_at_1": "", "ends_at_0": "", "ends_at_1": "", "is_active": "on",
}  # fmt: skip


@pytest.fixture
def manager() -> Client:
    return browser("manager")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("", {"kind": ["This field is required."]}),
        ("tier_at_least", {"tier": NEEDED}),
        ("max_per_order", {"quantity": NEEDED}),
        ("max_per_member", {"quantity": NEEDED}),
        ("max_per_period", {"quantity": NEEDED, "period": NEEDED}),
        ("window", {"starts_at": ["Name the beginning, the end, or both."]}),
        ("channel", {"channels": NEEDED}),
    ],
)
def test_a_redemption_rule_names_what_its_kind_uses(
    kind: str, refused: dict[str, list[str]], manager: Client
) -> None:
    assert errors(manager.post(page("orders.redemptionrule", "add"), REDEMPTION | {"kind": kind})) == refused
    assert RedemptionRule.objects.count() == 0


def test_a_redemption_rule_forgets_what_its_kind_does_not_use(manager: Client) -> None:
    worlds.member()
    tier = Member.objects.get().tier_id
    filled = {"kind": "max_per_order", "quantity": "2", "tier": tier, "period": "day", "channels": ["api"]}
    filled |= {"ends_at_0": "nonsense", "ends_at_1": "25:00"}
    response = manager.post(page("orders.redemptionrule", "add"), REDEMPTION | filled)
    assert response.status_code == 302
    rule = RedemptionRule.objects.get()
    assert (rule.kind, rule.quantity, rule.tier, rule.period, rule.channels, rule.ends_at) == (
        "max_per_order", 2, None, "", [], None,
    )  # fmt: skip


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1e3", str(2**31), str(2**63), "many"])
def test_a_limit_is_a_positive_whole_number(quantity: str, manager: Client) -> None:
    response = manager.post(
        page("orders.redemptionrule", "add"), REDEMPTION | {"kind": "max_per_order", "quantity": quantity}
    )
    assert list(errors(response)) == ["quantity"]


def test_a_redemption_rule_has_one_scope_and_a_window_ends_after_it_begins(manager: Client) -> None:
    gift = worlds.sku().gift
    filled = {"kind": "window", "gift": gift.pk, "category": gift.category_id}
    filled |= {
        "starts_at_0": "2026-12-02",
        "starts_at_1": "00:00",
        "ends_at_0": "2026-12-01",
        "ends_at_1": "00:00",
    }
    response = manager.post(page("orders.redemptionrule", "add"), REDEMPTION | filled)
    assert errors(response) == {
        "category": ["Name a gift or a category, not both."],
        "ends_at": ["The end comes after the beginning."],
    }


@pytest.mark.parametrize(
    ("filled", "refused"),
    [
        ({"kind": "high_value"}, ["points_from"]),
        ({"kind": "new_member"}, ["days"]),
        ({"kind": "many_orders", "orders": "3"}, ["minutes"]),
        ({"kind": "first_to_address", "points_from": "-1"}, ["points_from"]),
    ],
)
def test_a_review_rule_names_what_its_kind_uses(
    filled: dict[str, str], refused: list[str], manager: Client
) -> None:
    full = {"points_from": "0", "days": "", "orders": "", "minutes": "", "is_active": "on"} | filled
    assert list(errors(manager.post(page("orders.reviewrule", "add"), full))) == refused
    assert ReviewRule.objects.count() == 0


def test_a_review_rule_is_saved_with_just_that(manager: Client) -> None:
    full = {
        "kind": "new_member",
        "points_from": "0",
        "days": "30",
        "orders": "9",
        "minutes": "9",
        "is_active": "on",
    }
    assert manager.post(page("orders.reviewrule", "add"), full).status_code == 302
    assert ReviewRule.objects.values_list("kind", "days", "orders", "minutes").get() == (
        "new_member",
        30,
        None,
        None,
    )


def sku_form(gift: Gift, **fields: object) -> dict[str, object]:
    sizes = {"weight_g": 1, "length_mm": 1, "width_mm": 1, "height_mm": 1, "position": 0}
    prices = {"points_price": 5, "cash_price": 0, "is_active": "on"}
    return {"gift": gift.pk, "code": "NEW-1", "barcode": "111", "specification": ""} | sizes | prices | fields


def test_a_new_sku_and_a_new_warehouse_come_with_their_stock_rows(manager: Client) -> None:
    gift = worlds.sku().gift
    assert manager.post(page("inventory.sku", "add"), sku_form(gift)).status_code == 302
    assert Stock.objects.filter(sku__code="NEW-1").count() == 1
    place = {"name": "北仓", "name_en": "North", "code": "north", "region_code": "110101", "priority": 5}
    assert manager.post(page("inventory.warehouse", "add"), place).status_code == 302
    assert Stock.objects.filter(warehouse__code="north").count() == Sku.objects.count() == 2


@pytest.mark.parametrize(
    "wrong", [{"points_price": 0}, {"cash_price": -1}, {"weight_g": -1}, {"code": ""}, {"barcode": "x" * 21}]
)
def test_a_wrong_sku_is_refused_by_the_form(wrong: dict[str, object], manager: Client) -> None:
    gift = worlds.sku().gift
    errors(manager.post(page("inventory.sku", "add"), sku_form(gift, **wrong)))
    assert Sku.objects.count() == 1


def test_what_somebody_else_took_meanwhile_is_told_not_raised(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = worlds.sku().gift

    def taken(skus: list[Sku]) -> list[Sku]:
        raise IntegrityError("duplicate key value")

    monkeypatch.setattr(inventory, "add_skus", taken)
    response = manager.post(page("inventory.sku", "add"), sku_form(gift), follow=True)
    assert told(response) == [
        "This contradicts what is there already, or was done before. Nothing has been changed."
    ]


def test_a_gift_leaves_the_shelf_after_it_came(manager: Client) -> None:
    gift = worlds.sku().gift
    full = {
        "name": "杯", "name_en": "", "code": gift.code, "kind": "physical", "category": gift.category_id, "position": 0,
        "is_listed": "on", "on_shelf_from_0": "2026-12-02", "on_shelf_from_1": "00:00",
        "on_shelf_until_0": "2026-12-01", "on_shelf_until_1": "00:00", "return_days": 7, "summary": "",
        "summary_en": "", "description": "",
        "description_en": "", "picture": "",
    }  # fmt: skip
    assert list(errors(manager.post(page("inventory.gift", "change", gift.pk), full))) == ["__all__"]
    in_year_one = manager.post(
        page("inventory.gift", "change", gift.pk), full | {"on_shelf_from_0": "0001-01-01"}
    )
    assert list(errors(in_year_one)) == ["on_shelf_from"]
    saved = manager.post(page("inventory.gift", "change", gift.pk), full | {"on_shelf_until_0": "2026-12-03"})
    assert (saved.status_code, Gift.objects.get().name) == (302, "杯")


def test_a_carrier_service_has_a_tariff(manager: Client) -> None:
    service = worlds.carrier_service()
    worlds.region()
    full = {
        "carrier": service.carrier_id, "code": "sf-x", "name": "快", "name_en": "", "max_weight_g": 1,
        "max_length_mm": 1, "first_weight_g": 1, "first_price": -1, "additional_weight_g": 0, "additional_price": 0,
        "days": 1, "is_active": "on", "provinces": ["310000"],
    }  # fmt: skip
    assert sorted(errors(manager.post(page("logistics.carrierservice", "add"), full))) == [
        "additional_weight_g",
        "first_price",
    ]
    right = full | {"first_price": 1, "additional_weight_g": 1}
    assert manager.post(page("logistics.carrierservice", "add"), right).status_code == 302
    assert CarrierService.objects.get(code="sf-x").provinces == ["310000"]


def test_a_new_member_is_registered_with_account_and_log_in() -> None:
    client, old = browser("service_desk"), worlds.member()
    full = {
        "number": "77000001", "bank_reference": "B-1", "name": "赵一", "phone": "13900009999", "email": "z@example.com",
        "tier": old.tier_id, "language": "zh-hans", "password": "a-long-password",
    }  # fmt: skip
    for field, value in {
        "number": old.number,
        "phone": old.phone,
        "bank_reference": old.bank_reference,
    }.items():
        assert list(errors(client.post(page("members.member", "add"), full | {field: value}))) == [field]
    User.objects.create(username="taken")
    assert list(errors(client.post(page("members.member", "add"), full | {"number": "taken"}))) == ["number"]
    response = client.post(page("members.member", "add"), full)
    made = Member.objects.get(number="77000001")
    assert (response.status_code, made.user.check_password("a-long-password")) == (302, True)
    assert PointsAccount.objects.get(member=made).available == 0


def test_nobody_without_the_right_edits(manager: Client) -> None:
    place = Warehouse.objects.get(pk=Stock.objects.get(sku=worlds.sku()).warehouse_id)
    client = browser("warehouse")
    assert client.get(page("inventory.warehouse", "change", place.pk)).status_code == 200
    assert client.post(page("inventory.warehouse", "change", place.pk), {"name": "x"}).status_code == 403
    assert client.get(page("inventory.warehouse", "add")).status_code == 403
