"""What a batch of requests may take, decided in plain Python."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.refusals import InvalidInput, Refusal
from inventory.services import OutOfStock, Shelf
from members.services import InsufficientPoints, MemberNotActive, Wallet, WalletLot
from members.services.wallets import Delivery
from orders.rules import placement, redemption
from orders.rules.placement import Draft, LineWish, Past, PlacementRequest, World
from orders.rules.redemption import Look, Policy
from tests.orders.test_rules.limits import limit
from tests.orders.test_rules.moments import AT, DAY

HOME = Delivery(7, "林", "13900000000", "310104", "上海市徐汇区", "漕溪北路 1 号", is_served=True)


def wallet(points: int = 1000, **fields: object) -> Wallet:
    made = Wallet(1, 1, "88000001", is_active=True, token_epoch=3, joined_at=AT - 400 * DAY, tier_rank=1)
    made.lots = [WalletLot(1, points, AT + DAY)]
    made.addresses = {HOME.id: HOME}
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def shelf(code: str, *free: int, price: int = 100, **fields: object) -> Shelf:
    made = Shelf(1, code, "", "", 100, price, 0, True, 1, 9, "杯", "Cup", "", True, None, None)
    made.free = [[10 * number, number, units] for number, units in enumerate(free, start=1)]
    for name, value in fields.items():
        setattr(made, name, value)
    return made


NO_RULES = Policy(0, (), ())


def world(*shelves: Shelf, mine: Wallet | None = None, policy: Policy = NO_RULES) -> World:
    return World({1: mine or wallet()}, {one.sku_code: one for one in shelves}, policy)


def request(*lines: tuple[str, int], **fields: object) -> PlacementRequest:
    asked: dict[str, object] = {
        "member_id": 1,
        "lines": tuple(LineWish(code, quantity) for code, quantity in lines),
        "address_id": HOME.id,
        "requested_by": "member:1",
        "request_id": "r",
        "digest": "d",
        "channel": "portal",
        "by": "member:1",
        "at": AT,
    }
    return PlacementRequest(**(asked | fields))  # type: ignore[arg-type]


def decide(asked: PlacementRequest, among: World, *, is_first: bool = False) -> Draft:
    return placement.decide(asked, Past(1, None, None, is_first, []), among)


def left(among: World) -> tuple[list[list[int]], int]:
    """Free units of each shelf by warehouse, and free points."""
    return [[place[2] for place in one.free] for one in among.shelves.values()], among.wallets[1].free(AT)


def test_decide_takes_units_and_points_and_merges_a_sku_named_twice() -> None:
    among = world(shelf("A", 5), shelf("B", 5, price=30))
    draft = decide(request(("A", 1), ("B", 2), ("A", 1)), among)
    assert [
        (line.shelf.sku_code, line.stock_id, line.quantity, line.unit_points) for line in draft.lines
    ] == [
        ("A", 10, 2, 100),
        ("B", 10, 2, 30),
    ]
    assert (draft.points, draft.parts, draft.status, draft.hits) == (260, [(1, 260)], "ready", [])
    assert left(among) == ([[3], [3]], 740)


@pytest.mark.parametrize(
    ("free_a", "free_b", "stocks"),
    [
        ((5, 5), (5, 5), [10, 10]),
        ((5, 5), (0, 5), [20, 20]),  # one warehouse has both
        ((5, 0), (0, 5), [10, 20]),  # none has, so two parcels
    ],
)
def test_decide_takes_all_lines_from_one_warehouse_when_one_has_them(
    free_a: tuple[int, ...], free_b: tuple[int, ...], stocks: list[int]
) -> None:
    draft = decide(request(("A", 1), ("B", 1)), world(shelf("A", *free_a), shelf("B", *free_b)))
    assert [line.stock_id for line in draft.lines] == stocks


REFUSALS = [
    (MemberNotActive, request(("A", 1), member_id=2), {}, {}),
    (MemberNotActive, request(("A", 1)), {"is_active": False}, {}),
    (placement.SignedOut, request(("A", 1), token_epoch=2), {}, {}),
    (placement.AddressUnknown, request(("A", 1), address_id=8), {}, {}),
    (InvalidInput, request(), {}, {}),
    (InvalidInput, request(*[(f"S{n}", 1) for n in range(101)]), {}, {}),
    (InvalidInput, request(("A", 0)), {}, {}),
    (InvalidInput, request(("A", -1)), {}, {}),
    (InvalidInput, request(("A", 3), ("A", -1)), {}, {}),
    (InvalidInput, request(("A", 10_000)), {}, {}),
    (placement.UnknownSku, request(("A", 1), ("Z", 1)), {}, {}),
    (placement.GiftUnavailable, request(("A", 1)), {}, {"is_active": False}),
    (placement.GiftUnavailable, request(("A", 1)), {}, {"is_listed": False}),
    (placement.CashNotTaken, request(("A", 1)), {}, {"cash_price": 1}),
    (placement.PriceChanged, request(("A", 1), expected_points=99), {}, {}),
    (OutOfStock, request(("B", 1), ("A", 6)), {}, {}),
    (InsufficientPoints, request(("B", 5), ("A", 5), ("C", 1)), {}, {}),
]


@pytest.mark.parametrize(("refusal", "asked", "mine", "of_shelf"), REFUSALS)
def test_decide_refuses_and_takes_nothing(
    refusal: type[Refusal],
    asked: PlacementRequest,
    mine: dict[str, Any],
    of_shelf: dict[str, Any],
) -> None:
    among = world(shelf("A", 5, **of_shelf), shelf("B", 5), shelf("C", 5, price=1), mine=wallet(**mine))
    before = left(among)
    with pytest.raises(refusal):
        decide(asked, among)
    assert left(among) == before
    assert (among.now_placed, among.now_addressed) == ({}, set())


def test_decide_refuses_an_address_in_a_region_nobody_serves() -> None:
    nowhere = Delivery(8, "林", "139", "460321", "西沙区", "1", is_served=False)
    among = world(shelf("A", 5), mine=wallet(addresses={8: nowhere}))
    with pytest.raises(placement.AddressUnknown):
        decide(request(("A", 1), address_id=8), among)


def test_decide_names_the_line_that_is_short() -> None:
    among = world(shelf("A", 5, name="杯"), shelf("B", 1, name="灯", name_en="Lamp"))
    with pytest.raises(OutOfStock) as refused:
        decide(request(("A", 1), ("B", 2)), among)
    assert str(refused.value.detail["name"]) == "灯"


def test_decide_lets_each_request_of_a_batch_see_the_ones_before_it() -> None:
    rule = limit("max_per_member", quantity=3)
    looks = (Look("first_to_address", 0, None, None, None), Look("many_orders", 0, None, 2, 60))
    among = world(shelf("A", 9), policy=Policy(1, (rule,), looks))
    among.redeemed = {(1, 1): {redemption.FIRST_MOMENT: 1}}
    first = decide(request(("A", 1)), among, is_first=True)
    second = decide(request(("A", 1)), among, is_first=True)
    assert (first.hits, second.hits) == (["first_to_address"], ["many_orders"])
    with pytest.raises(redemption.LimitReached):
        decide(request(("A", 1)), among, is_first=True)


def test_decide_counts_every_sku_of_a_gift_against_its_limit() -> None:
    rule = limit("max_per_order", quantity=2, gift_id=1)
    among = world(shelf("A", 9), shelf("B", 9), policy=Policy(1, (rule,), ()))
    with pytest.raises(redemption.LimitReached):
        decide(request(("A", 2), ("B", 1)), among)
    assert left(among) == ([[9], [9]], 1000)


def test_decide_sends_to_review_what_a_rule_looks_at() -> None:
    policy = Policy(1, (), (Look("high_value", 200, None, None, None),))
    statuses = [
        decide(request(("A", quantity)), world(shelf("A", 9), policy=policy)).status for quantity in (1, 2)
    ]
    assert statuses == ["ready", "under_review"]


def test_decide_judges_no_order_of_the_past_but_its_stock_and_points() -> None:
    policy = Policy(1, (limit("max_per_order", quantity=0),), (Look("high_value", 0, None, None, None),))
    among = world(shelf("A", 5, is_active=False, cash_price=5), policy=policy)
    past = request(("A", 2), is_history=True, past_prices=(7,), past_status="under_review")
    draft = decide(past, among)
    assert (draft.status, draft.hits, draft.points, left(among)) == ("under_review", [], 14, ([[3]], 986))
    with pytest.raises(OutOfStock):
        decide(request(("A", 4), is_history=True), among)


def test_only_history_brings_its_own_prices_and_states() -> None:
    for brought in ({"past_prices": (1,)}, {"past_status": "under_review"}):
        with pytest.raises(AssertionError):
            request(("A", 1), **brought)
