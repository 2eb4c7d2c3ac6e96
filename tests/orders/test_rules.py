"""Pure decisions: numbers, amounts, deadlines, rules, and what a batch of requests may take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.refusals import InvalidInput, Refusal
from inventory.services import OutOfStock, Shelf
from members.services import InsufficientPoints, Wallet, WalletLot
from members.services.wallets import Delivery
from orders.rules import amounts, deadlines, numbers, placement, redemption
from orders.rules.placement import Draft, LineWish, Past, PlacementRequest, World
from orders.rules.redemption import Limit, Look, Policy, Wish

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


# --- Numbers


@pytest.mark.parametrize(("digits", "check"), [("572", "4"), ("43881234567", "9"), ("0", "0"), ("", "0")])
def test_check_digit_is_damms(digits: str, check: str) -> None:
    assert numbers.check_digit(digits) == check


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_check_digit_notices_every_wrong_digit(digits: str, place: int, off: int) -> None:
    number = digits + numbers.check_digit(digits)
    wrong = f"{number[:place]}{(int(number[place]) + off) % 10}{number[place + 1 :]}"
    assert (numbers.is_number(number), numbers.is_number(wrong)) == (True, False)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16))
def test_check_digit_notices_every_swap_of_neighbours(digits: str, place: int) -> None:
    number = digits + numbers.check_digit(digits)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert numbers.is_number(swapped) == (swapped == number)


def test_new_number_begins_with_the_day_in_shanghai_and_cannot_be_counted() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert [numbers.new_number(moment)[:6] for moment in (late - timedelta(seconds=1), late)] == [
        "261231",
        "270101",
    ]
    made = [numbers.new_number(AT) for _ in range(500)]
    assert (len(set(made)), all(map(numbers.is_number, made))) == (500, True)
    assert sum(one < other for one, other in pairwise(made)) not in (0, 499)


@pytest.mark.parametrize(
    "text", ["", "26110212345678901", "2611021234567890123", "２６1102123456789012", "x" * 18]
)
def test_is_number_refuses_what_is_none(text: str) -> None:
    assert numbers.is_number(text) is False


# --- Amounts


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (10, [6, 3, 1], [6, 3, 1]),
        (7, [1, 5, 1], [1, 5, 1]),
        (5, [2, 3, 3], [1, 2, 2]),
        (1, [1, 2, 3], [0, 0, 1]),
        (0, [1, 2], [0, 0]),
        (5, [0, 0], [0, 0]),
        (5, [0, 1], [0, 5]),
        (1, [], []),
    ],
)
def test_split_gives_the_largest_remainders_what_is_left(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert amounts.split(amount, weights) == parts


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**12), min_size=1, max_size=20).filter(any))
def test_split_loses_nothing_and_is_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    parts, total = amounts.split(amount, weights), sum(weights)
    assert sum(parts) == amount
    assert all(
        abs(part * total - amount * weight) < total for part, weight in zip(parts, weights, strict=True)
    )


def test_cancellation_costs_once_the_warehouse_has_begun() -> None:
    fees = {status: amounts.cancellation_fee(status, 199) for status in placement.Status}
    assert {status: fee for status, fee in fees.items() if fee} == {"picking": 9, "packed": 9}
    assert amounts.cancellation_fee("picking", 19) == 0


# --- Deadlines


def shanghai(month: int, day: int, hour: int = 10, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=numbers.SHANGHAI)


@pytest.mark.parametrize(
    ("status", "entered", "due"),
    [
        ("under_review", shanghai(11, 2), shanghai(11, 3)),
        ("under_review", shanghai(11, 6), shanghai(11, 9)),  # over a week-end
        ("ready", shanghai(11, 5), shanghai(11, 9)),  # two working days
        ("under_review", shanghai(9, 30), shanghai(10, 8)),  # over the National Day holiday
        ("under_review", shanghai(2, 13), shanghai(2, 14)),  # a Saturday worked before the Spring Festival
        ("ready", shanghai(2, 13), shanghai(2, 24)),  # that Saturday, and the first day after the Festival
        ("under_review", shanghai(11, 6, 1), shanghai(11, 9, 1)),  # in UTC this was still Thursday
        (
            "under_review",
            shanghai(1, 2, year=2099),
            shanghai(1, 5, year=2099),
        ),  # announced by nobody: week-ends
        ("awaiting_payment", shanghai(11, 2), shanghai(11, 2) + 30 * MINUTE),
        ("shipped", shanghai(11, 2), shanghai(11, 17)),
        ("delivered", shanghai(11, 2), shanghai(11, 9)),
        ("signed", shanghai(11, 2), shanghai(11, 9)),
    ],
)
def test_deadline_counts_chinese_working_days_where_people_work(
    status: str, entered: datetime, due: datetime
) -> None:
    assert deadlines.deadline(status, entered.astimezone(UTC)) == due


def test_deadline_is_none_only_at_an_end_and_before_the_decision() -> None:
    without = [status for status in placement.Status if deadlines.deadline(status, AT) is None]
    assert without == ["created", "closed", "rejected", "cancelled", "expired"]


# --- Redemption rules


def limit(kind: str, **fields: object) -> Limit:
    nothing: dict[str, object] = {
        "gift_id": None,
        "category_id": None,
        "tier_rank": None,
        "tier_name": "",
        "quantity": None,
        "period": "",
        "starts_at": None,
        "ends_at": None,
        "channels": (),
    }
    return Limit(kind, **(nothing | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "quantity", "earlier", "refusal"),
    [
        (limit("tier_at_least", tier_rank=2), 1, 0, None),
        (limit("tier_at_least", tier_rank=3), 1, 0, redemption.TierTooLow),
        (limit("max_per_order", quantity=2), 2, 9, None),
        (limit("max_per_order", quantity=2), 3, 0, redemption.LimitReached),
        (limit("max_per_member", quantity=3), 2, 1, None),
        (limit("max_per_member", quantity=3), 2, 2, redemption.LimitReached),
        (limit("max_per_period", quantity=3, period="day"), 2, 1, None),
        (limit("max_per_period", quantity=3, period="day"), 4, 0, redemption.LimitReached),
        (limit("window", starts_at=AT, ends_at=AT + HOUR), 1, 0, None),
        (limit("window", starts_at=AT + MINUTE), 1, 0, redemption.WindowClosed),
        (limit("window", ends_at=AT), 1, 0, redemption.WindowClosed),
        (limit("channel", channels=("portal", "bank")), 1, 0, None),
        (limit("channel", channels=("bank",)), 1, 0, redemption.ChannelClosed),
    ],
)
def test_check_limit_holds_to_the_last_unit_and_moment(
    rule: Limit, quantity: int, earlier: int, refusal: type[Refusal] | None
) -> None:
    refused: type[Refusal] | None = None
    try:
        redemption.check_limit(
            rule, Wish(1, 1, "杯", quantity), tier_rank=2, channel="portal", earlier=earlier, at=AT
        )
    except Refusal as said:
        refused = type(said)
    assert refused is refusal


def test_check_limit_says_how_many_are_left() -> None:
    rule = limit("max_per_member", quantity=3)
    for earlier, left in [(2, 1), (3, 0), (7, 0)]:
        with pytest.raises(redemption.LimitReached) as refused:
            redemption.check_limit(
                rule, Wish(1, 1, "杯", 2), tier_rank=1, channel="portal", earlier=earlier, at=AT
            )
        assert refused.value.detail == {"name": "杯", "limit": 3, "left": left}


@pytest.mark.parametrize(
    ("rule", "concerned"),
    [
        (limit("window"), True),
        (limit("window", gift_id=1), True),
        (limit("window", gift_id=2), False),
        (limit("window", category_id=9), True),
        (limit("window", category_id=8), False),
    ],
)
def test_a_rule_concerns_its_gift_its_category_or_all(rule: Limit, concerned: bool) -> None:
    assert rule.concerns(1, 9) is concerned
    assert list(Policy(1, (rule,), ()).limits_of(1, 9)) == [rule] * concerned


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        ("day", shanghai(11, 5, 0)),
        ("week", shanghai(11, 2, 0)),
        ("month", shanghai(11, 1, 0)),
        ("year", shanghai(1, 1, 0)),
    ],
)
def test_a_period_begins_at_midnight_in_shanghai(period: str, begins: datetime) -> None:
    thursday = shanghai(11, 5, 1).astimezone(UTC)  # still Wednesday in UTC
    assert redemption.period_start(period, thursday) == begins
    assert limit("max_per_period", period=period).counts_since(thursday) == begins


def test_only_counting_rules_look_back() -> None:
    assert limit("max_per_member").counts_since(AT) == redemption.FIRST_MOMENT
    assert [limit(kind).counts_since(AT) for kind in ("max_per_order", "window", "channel")] == [None] * 3


# --- Review rules


@pytest.mark.parametrize(
    ("look", "hit"),
    [
        (Look("high_value", 500, None, None, None), True),
        (Look("high_value", 501, None, None, None), False),
        (Look("new_member", 0, 31, None, None), True),
        (Look("new_member", 0, 30, None, None), False),
        (Look("new_member", 501, 31, None, None), False),
        (Look("first_to_address", 0, None, None, None), True),
        (Look("many_orders", 0, None, 3, 60), True),
        (Look("many_orders", 0, None, 4, 60), False),
        (Look("many_orders", 0, None, 3, 30), False),
        (Look("unheard_of", 0, None, None, None), False),
    ],
)
def test_review_hits(look: Look, hit: bool) -> None:
    hits = redemption.review_hits(
        [look, look],
        points=500,
        joined_at=AT - 30 * DAY,
        is_first_to_address=True,
        latest=[AT - 10 * MINUTE, AT - 30 * MINUTE, AT - 60 * MINUTE],
        at=AT,
    )
    assert hits == [look.kind] * hit


def test_a_policy_remembers_as_long_as_its_longest_look() -> None:
    looks = (Look("many_orders", 0, None, 3, 60), Look("many_orders", 0, None, 9, 600))
    assert Policy(1, (), looks).memory == timedelta(minutes=600)
    assert Policy(1, (), (Look("high_value", 1, None, None, None),)).memory is None
    assert [placement.order_memory(AT, memory) for memory in (HOUR, None)] == [AT - HOUR, None]


# --- The decision


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
    (placement.MemberNotActive, request(("A", 1), member_id=2), {}, {}),
    (placement.MemberNotActive, request(("A", 1)), {"is_active": False}, {}),
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
    mine: dict[str, object],
    of_shelf: dict[str, object],
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
