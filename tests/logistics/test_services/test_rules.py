"""Pure decisions: freight, the cheapest service, and states that never fall back."""

from __future__ import annotations

import pytest

from logistics import rules, terms
from logistics import services as logistics
from logistics.models import Carrier, CarrierService
from tests.logistics.test_services.warehouse import HOUR
from tests.worlds import AT, track

pytestmark = pytest.mark.django_db


def service(**fields: object) -> CarrierService:
    usual: dict[str, object] = {
        "code": "a",
        "max_weight_g": 10_000,
        "max_length_mm": 1_000,
        "first_price": 1_200,
        "additional_price": 200,
        "first_weight_g": 1_000,
        "additional_weight_g": 500,
        "days": 3,
        "provinces": [],
    }
    return CarrierService(**(usual | fields))


@pytest.mark.parametrize(
    ("weight", "price"), [(1, 1_200), (1_000, 1_200), (1_001, 1_400), (1_500, 1_400), (1_501, 1_600)]
)
def test_freight_counts_every_begun_step(weight: int, price: int) -> None:
    assert rules.freight(service(), weight) == price


def test_cheapest_takes_what_fits_then_the_price_then_the_speed() -> None:
    offers = [
        service(code="dear", first_price=2_000),
        service(code="slow", days=5),
        service(code="quick", days=1),
        service(code="small", first_price=1, max_weight_g=100),
        service(code="short", first_price=1, max_length_mm=100),
        service(code="far", first_price=1, provinces=["540000"]),
    ]

    def chosen(province: str, weight: int, longest: int) -> str | None:
        best = rules.cheapest(offers, province=province, weight_g=weight, longest_mm=longest)
        return best.code if best else None

    assert [
        chosen("310000", 500, 500),
        chosen("540000", 500, 500),
        chosen("310000", 10_001, 1),
        chosen("310000", 1, 1_001),
    ] == ["quick", "far", None, None]


@pytest.mark.parametrize(
    ("before", "told_of", "after"),
    [
        ("handed_over", [terms.IN_TRANSIT], "in_transit"),
        ("delivered", [terms.IN_TRANSIT, terms.OUT_FOR_DELIVERY], "delivered"),
        ("out_for_delivery", [terms.EXCEPTION, terms.AWAITING_PICKUP], "awaiting_pickup"),
        ("lost", [terms.DELIVERED], "delivered"),
        ("delivered", [terms.RETURNING, terms.RETURNED], "returned"),
        ("in_transit", [], "in_transit"),
    ],
)
def test_state_after_never_falls_back_in_rank(before: str, told_of: list[str], after: str) -> None:
    points = [track(status, at=AT + n * HOUR) for n, status in enumerate(told_of, start=1)]
    assert rules.state_after(before, AT, points) == after


def test_name_past_services_gives_each_carrier_one_that_nobody_can_choose() -> None:
    Carrier.objects.create(code="SF", name="顺丰")
    for _ in range(2):
        assert logistics.name_past_services(["ZTO", "SF", "SF"]) == {"SF": "past-sf", "ZTO": "past-zto"}
    rows = CarrierService.objects.order_by("code").values_list("code", "carrier__code", "is_active")
    assert list(rows) == [("past-sf", "SF", False), ("past-zto", "ZTO", False)]
    assert list(Carrier.objects.order_by("code").values_list("code", "is_active")) == [
        ("SF", True),
        ("ZTO", False),
    ]
