"""Rules that operators edit hold from the next order on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.refusals import Refusal
from orders import services as orders
from orders.models import RedemptionRule, ReviewRule, RuleVersion
from orders.services import policy
from tests.api_clients import everything
from tests.worlds import AT, member, move, placed, sku, wish

pytestmark = pytest.mark.django_db


def test_a_new_rule_holds_from_the_next_order_on() -> None:
    somebody, mug = member(points=1000), sku(stock=9)
    placed(somebody, (mug, 2))
    rule = RedemptionRule.objects.create(kind="max_per_order", gift=mug.gift, quantity=1)
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, 2)))
    assert refused.value.code == "limit_reached"
    RedemptionRule.objects.filter(pk=rule.pk).update(is_active=False)
    placed(somebody, (mug, 2))


def test_rules_are_read_again_only_when_their_version_moved() -> None:
    somebody, mug = member(points=1000), sku(stock=9)
    RedemptionRule.objects.create(kind="max_per_order", quantity=5)
    placed(somebody, (mug, 1))
    known = policy.current_policy()
    placed(somebody, (mug, 1))
    assert policy.current_policy() is known
    assert policy.policy_in_force() is known
    ReviewRule.objects.create(kind="high_value", points_from=10**9)
    assert RuleVersion.objects.get().version == known.version + 1
    assert policy.policy_in_force().version == known.version + 1


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("tier_at_least", {}, "tier_too_low"),
        ("max_per_order", {"quantity": 1}, "limit_reached"),
        ("max_per_member", {"quantity": 1}, "limit_reached"),
        ("max_per_period", {"quantity": 1, "period": "month"}, "limit_reached"),
        ("window", {"ends_at": AT}, "window_closed"),
        ("channel", {"channels": ["bank"]}, "channel_closed"),
    ],
)
@pytest.mark.parametrize("scope", ["gift", "category", "all"])
def test_each_rule_refuses_within_its_scope(
    kind: str, fields: dict[str, object], code: str, scope: str
) -> None:
    somebody, mug = member(points=1000), sku(stock=9)
    if kind == "tier_at_least":
        fields = {"tier": member(tier="gold", rank=2).tier}
    scopes: dict[str, dict[str, object]] = {
        "gift": {"gift": mug.gift},
        "category": {"category": mug.gift.category},
        "all": {},
    }
    RedemptionRule.objects.create(kind=kind, **fields, **scopes[scope])
    before = everything()
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, 2)))
    assert (refused.value.code, everything()) == (code, before)


def test_a_limit_counts_what_a_member_kept_in_the_period() -> None:
    somebody, mug = member(points=10_000), sku(stock=50)
    RedemptionRule.objects.create(kind="max_per_period", period="day", gift=mug.gift, quantity=3)
    yesterday = AT - timedelta(days=1)
    placed(somebody, (mug, 3), at=yesterday)
    orders.cancel_orders([move(placed(somebody, (mug, 3)))])
    placed(member(points=1000), (mug, 3))
    placed(somebody, (mug, 2))
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, 2)))
    assert refused.value.detail == {"name": mug.gift.name, "limit": 3, "left": 1}
    placed(somebody, (mug, 1))


@pytest.mark.parametrize(
    ("kind", "fields", "hits"),
    [
        ("high_value", {"points_from": 200}, [True, True, True]),
        ("high_value", {"points_from": 201}, [False, False, False]),
        ("new_member", {"days": 401}, [True, True, True]),
        ("new_member", {"days": 400}, [False, False, False]),
        ("first_to_address", {}, [True, False, False]),
        ("many_orders", {"orders": 3, "minutes": 60}, [False, False, True]),
    ],
)
def test_each_review_rule_sends_its_orders_to_a_person(
    kind: str, fields: dict[str, int], hits: list[bool]
) -> None:
    ReviewRule.objects.create(kind=kind, **fields)
    somebody, mug = member(points=10_000), sku(stock=50)
    made = [placed(somebody, (mug, 2), at=AT + timedelta(minutes=n)) for n in range(3)]
    assert [order.status == "under_review" for order in made] == hits


def test_a_rejected_order_does_not_make_an_address_known() -> None:
    ReviewRule.objects.create(kind="first_to_address")
    somebody, mug = member(points=10_000), sku(stock=50)
    first = placed(somebody, (mug, 1))
    orders.reject([move(first, reason="strange")])
    assert placed(somebody, (mug, 1)).status == "under_review"
