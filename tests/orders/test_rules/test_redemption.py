"""Rules about who may redeem what, and which orders a person looks at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from foundation.refusals import Refusal
from orders.rules import placement, redemption
from orders.rules.redemption import Limit, Look, Policy, Wish
from tests.orders.test_rules.limits import limit
from tests.orders.test_rules.moments import AT, DAY, HOUR, MINUTE, shanghai


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
