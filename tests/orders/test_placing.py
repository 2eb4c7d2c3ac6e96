"""Placing orders: what is written, what a retry gets, and what one bad request does to the others of its batch."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.refusals import Refusal
from inventory.models import Reservation, StockMovement
from members import services as members
from members.models import Member, PointsTransaction, User
from orders import services as orders
from orders.models import Order, OrderEvent, OrderLine, RedemptionRule, ReviewRule, ReviewTask, RuleVersion
from orders.rules.deadlines import deadline
from orders.rules.numbers import is_number
from orders.rules.placement import IdempotencyMismatch
from orders.services import policy
from tests.api_clients import everything
from tests.worlds import AT, grant, member, move, placed, points_of, sku, stock_of, under_review, wish

pytestmark = pytest.mark.django_db


def named(outcome: orders.Placed | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return outcome.code
    return "replayed" if outcome.is_replay else "placed"


# --- One order


def test_place_order_writes_the_order_as_it_was_asked_for() -> None:
    somebody, mug, lamp = member(points=1000), sku(stock=5, price=200), sku(stock=5, price=50)
    request = wish(somebody, (mug, 2), (lamp, 1), channel="bank", external_ref="B-1", note="请小心")

    answer = orders.place_order(request)

    order = Order.objects.get()
    home = somebody.addresses.get()
    assert is_number(order.number)
    assert {
        name: getattr(order, name) for name in Order._meta.get_field("id").model.__dict__ if name in WRITTEN
    } == {
        "number": answer.number,
        "member_id": somebody.pk,
        "status": "ready",
        "channel": "bank",
        "external_ref": "B-1",
        "requested_by": request.requested_by,
        "request_id": request.request_id,
        "request_digest": request.digest,
        "points_total": 450,
        "cash_total": 0,
        "points_refunded": 0,
        "address_id": home.pk,
        "recipient": home.recipient,
        "recipient_phone": home.phone,
        "region_code": "310104",
        "region_name": "上海市徐汇区",
        "address_detail": home.detail,
        "note": "请小心",
        "placed_at": AT,
        "entered_at": AT,
        "deadline_at": deadline("ready", AT),
        "ready_at": AT,
        "ended_at": None,
        "open_cases": 0,
        "last_seq": 2,
    }
    lines = OrderLine.objects.values_list(
        "position", "sku_code", "name", "name_en", "quantity", "unit_points", "member"
    )
    assert list(lines) == [
        (1, mug.code, mug.gift.name, mug.gift.name_en, 2, 200, somebody.pk),
        (2, lamp.code, lamp.gift.name, lamp.gift.name_en, 1, 50, somebody.pk),
    ]
    assert list(
        order.events.values_list("seq", "kind", "from_status", "to_status", "by", "delivered_at")
    ) == [
        (1, "order.placed", "", "created", request.by, None),
        (2, "order.confirmed", "created", "ready", request.by, None),
    ]
    assert (points_of(somebody), stock_of(mug), stock_of(lamp)) == ((550, 0), (5, 2), (5, 1))
    assert sorted(Reservation.objects.values_list("reference", "quantity", "ended_at")) == [
        (f"{order.number}/1", 2, None),
        (f"{order.number}/2", 1, None),
    ]


WRITTEN = {
    *(
        "number",
        "member_id",
        "status",
        "channel",
        "external_ref",
        "requested_by",
        "request_id",
        "request_digest",
    ),
    *(
        "points_total",
        "cash_total",
        "points_refunded",
        "address_id",
        "recipient",
        "recipient_phone",
        "region_code",
    ),
    *(
        "region_name",
        "address_detail",
        "note",
        "placed_at",
        "entered_at",
        "deadline_at",
        "ready_at",
        "ended_at",
    ),
    *("open_cases", "last_seq"),
}


def test_place_order_answers_with_a_receipt() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    answer = orders.place_order(wish(somebody, (mug, 2)))
    assert answer.receipt() == {
        "number": Order.objects.get().number,
        "status": "ready",
        "placed_at": "2026-11-02T02:00:00Z",
        "points_total": 400,
        "cash_total": 0,
        "lines": [{"sku": mug.code, "name": mug.gift.name, "quantity": 2, "unit_points": 200}],
    }


def test_place_order_holds_the_points_of_an_order_that_somebody_looks_at() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 1))
    assert (order.status, order.ready_at, order.deadline_at) == (
        "under_review",
        None,
        deadline("under_review", AT),
    )
    assert (points_of(somebody), stock_of(mug)) == ((800, 200), (5, 1))
    task = ReviewTask.objects.get(order=order)
    assert (task.hits, task.due_at, task.decision) == (["high_value"], order.deadline_at, "")
    assert list(order.events.values_list("kind", "data")) == [
        ("order.placed", {}),
        ("order.sent_to_review", {"hits": ["high_value"]}),
    ]


def test_place_order_of_the_past_is_delivered_already_and_judged_by_nobody() -> None:
    RedemptionRule.objects.create(kind="max_per_order", quantity=0)
    ReviewRule.objects.create(kind="high_value", points_from=1)
    order = placed(member(points=100), (sku(stock=5), 1), is_history=True, past_prices=(7,))
    assert (order.status, order.points_total) == ("ready", 7)
    assert set(order.events.values_list("delivered_at", flat=True)) == {AT}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("out_of_stock", {"quantity": 6}),
        ("insufficient_points", {"quantity": 5}),
        ("unknown_sku", {"lines": (orders.LineWish("NONE", 1),)}),
        ("price_changed", {"expected_points": 299}),
        ("invalid", {"lines": ()}),
        ("unauthenticated", {"token_epoch": 9}),
        ("member_not_active", {"member_id": 0}),
        ("address_invalid", {"address_id": 0}),
    ],
)
def test_place_order_refuses_and_changes_nothing(code: str, fields: dict[str, object]) -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=300)
    quantity = int(str(fields.pop("quantity", 1)))
    before = everything()
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, quantity), **fields))
    assert (refused.value.code, everything(), points_of(somebody), stock_of(mug)) == (
        code,
        before,
        (1000, 0),
        (5, 0),
    )


@pytest.mark.parametrize("change", ["frozen", "inactive"])
def test_place_order_refuses_a_member_who_may_not(change: str) -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    if change == "frozen":
        Member.objects.filter(pk=somebody.pk).update(status="frozen")
    else:
        User.objects.filter(pk=somebody.user_id).update(is_active=False)
    with pytest.raises(Refusal) as refused:
        orders.place_order(wish(somebody, (mug, 1)))
    assert refused.value.code == "member_not_active"


def test_place_order_takes_points_of_the_lot_that_expires_first() -> None:
    somebody = member(points=1000)
    grant(somebody, 100, days=3, reference="early")
    order = placed(somebody, (sku(stock=5, price=150), 1))
    postings = PointsTransaction.objects.get(kind="capture", reference=order.number).postings
    held = postings.filter(bucket="held").order_by("pk").values_list("lot__reference", "amount")
    assert [amount for _lot, amount in held] == [-100, -50]
    assert held[0][0] == "early"


# --- The same click again


def test_place_order_gives_a_retry_the_first_answer_whatever_happened_since() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    request = wish(somebody, (mug, 1))
    first = orders.place_order(request)
    orders.cancel_orders([move(Order.objects.get())])
    before = everything()
    second = orders.place_order(request)
    assert (second.receipt(), second.order_id, first.is_replay, second.is_replay) == (
        first.receipt(),
        first.order_id,
        False,
        True,
    )
    assert everything() == before


def test_place_order_refuses_another_order_under_a_request_id_that_was_used() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    orders.place_order(wish(somebody, (mug, 1), request_id="one"))
    before = everything()
    with pytest.raises(IdempotencyMismatch):
        orders.place_order(wish(somebody, (mug, 2), request_id="one"))
    assert everything() == before


def test_place_order_keeps_the_request_ids_of_two_members_apart() -> None:
    mug = sku(stock=5)
    made = [placed(member(points=100), (mug, 1), request_id="one") for _ in range(2)]
    assert len({order.pk for order in made}) == 2


def test_place_order_knows_an_order_by_its_channels_reference() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    first = orders.place_order(wish(somebody, (mug, 1), channel="bank", external_ref="B-1"))
    again = orders.place_order(wish(somebody, (mug, 1), channel="bank", external_ref="B-1"))
    elsewhere = orders.place_order(wish(somebody, (mug, 1), channel="shop", external_ref="B-1"))
    assert [again.order_id == first.order_id, again.is_replay, elsewhere.order_id == first.order_id] == [
        True,
        True,
        False,
    ]
    with pytest.raises(IdempotencyMismatch):
        orders.place_order(wish(somebody, (mug, 2), channel="bank", external_ref="B-1"))


# --- Batches


def test_place_orders_accepts_or_refuses_each_on_its_own() -> None:
    rich, poor, mug = member(points=1000), member(points=100), sku(stock=3, price=100)
    twin = wish(rich, (mug, 1), request_id="twin")
    requests = [
        wish(poor, (mug, 1)),
        wish(poor, (mug, 1)),
        twin,
        wish(rich, (mug, 5)),
        twin,
        wish(rich, (mug, 2), request_id="twin"),
        wish(rich, (mug, 1), channel="bank", external_ref="B-1"),
        wish(rich, (mug, 1), channel="bank", external_ref="B-1"),
        wish(rich, (mug, 1)),
    ]
    outcomes = orders.place_orders(requests)
    assert [named(outcome) for outcome in outcomes] == [
        "placed",
        "insufficient_points",
        "placed",
        "out_of_stock",
        "replayed",
        "idempotency_mismatch",
        "placed",
        "replayed",
        "out_of_stock",
    ]
    assert (Order.objects.count(), points_of(rich), points_of(poor), stock_of(mug)) == (
        3,
        (800, 0),
        (0, 0),
        (3, 3),
    )


def test_place_orders_asks_the_database_as_often_for_many_as_for_one() -> None:
    mug = sku(stock=99)
    sizes = {}
    for size in (1, 2, 10):
        requests = [wish(member(points=100), (mug, 1)) for _ in range(size)]
        with CaptureQueriesContext(connection) as asked:
            orders.place_orders(requests)
        sizes[size] = Counter(query["sql"].split()[0] for query in asked.captured_queries)["EXECUTE"]
    assert sizes == {1: 5, 2: 5, 10: 5}


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_place_orders_places_the_others_when_the_database_refuses_one() -> None:
    mug = sku(stock=9)
    buyers = [member(points=100) for _ in range(3)]
    broken = wish(buyers[1], (mug, 1), note="长" * 201)
    outcomes = orders.place_orders([wish(buyers[0], (mug, 1)), wish(buyers[2], (mug, 1))])
    assert [named(outcome) for outcome in outcomes] == ["placed", "placed"]
    requests = [wish(member(points=100), (mug, 1)), broken, wish(member(points=100), (mug, 1))]
    outcomes = orders.place_orders(requests)
    assert [named(outcome) for outcome in outcomes] == ["placed", "not_stored", "placed"]
    assert (Order.objects.count(), points_of(buyers[1])) == (4, (100, 0))


def test_place_order_inside_a_transaction_is_part_of_it() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    with transaction.atomic():
        orders.place_order(wish(somebody, (mug, 1)))
        transaction.set_rollback(True)
    assert (Order.objects.count(), points_of(somebody), stock_of(mug)) == (0, (1000, 0), (5, 0))


# --- Rules that operators edit


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
    scopes = {"gift": {"gift": mug.gift}, "category": {"category": mug.gift.category}, "all": {}}
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


def test_place_order_is_no_place_for_an_address_that_was_retired() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    request = wish(somebody, (mug, 1))
    members.retire_address(somebody.pk, request.address_id, at=AT)
    with pytest.raises(Refusal) as refused:
        orders.place_order(request)
    assert (
        refused.value.code,
        OrderEvent.objects.count(),
        StockMovement.objects.filter(kind="reserved").count(),
    ) == (
        "address_invalid",
        0,
        0,
    )
