"""Clicks at the same moment: one unit, one balance, one limit, one request id; and each guard of them taken away."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from types import SimpleNamespace

import pytest

from devtools.waiting import until
from foundation import retrying
from foundation.refusals import Refusal
from inventory.models import Sku, Stock
from inventory.services import taking
from members.models import PointsAccount, PointsLot, PointsTransaction
from members.services import wallets
from orders import services as orders
from orders.models import Order, RedemptionRule
from orders.rules.placement import Past, PlacementRequest, World
from orders.services import placing, queue
from tests.races.racing import Guard, Guards, Meeting, constraints, each_alone, lock_in, race
from tests.worlds import member, points_of, sku, stock_of, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

Way = Callable[[PlacementRequest], orders.Placed | Refusal]

ACCOUNT_LOCK, STOCK_LOCK = lock_in(wallets), lock_in(taking)
STOCK_CHECK = constraints((Stock, "reserved_within_on_hand"))
BALANCE_CHECK = constraints(
    (PointsAccount, "available_points_are_not_negative"),
    (PointsLot, "lot_held_within_remaining_within_issued"),
)
CLICK_UNIQUE = constraints((Order, "one_order_per_click"))
EXTERNAL_UNIQUE = constraints((Order, "one_order_per_external_reference"))


def directly(request: PlacementRequest) -> orders.Placed | Refusal:
    """Place as another process would: in a transaction that shares nothing with the others."""
    return orders.place_orders([request])[0]


def through_queue(request: PlacementRequest) -> orders.Placed | Refusal:
    """Place as the threads of one process do: grouped with the clicks that came meanwhile."""
    try:
        return orders.place_order(request)
    except Refusal as refusal:
        return refusal


def placed_together(
    requests: Sequence[PlacementRequest], patch: pytest.MonkeyPatch, way: Way = directly
) -> Counter[str]:
    """Place all requests at once, meeting when each has decided, and count what became of them."""
    meeting = Meeting(len(requests))
    if way is directly:
        meeting.before(patch, placing, "write")
    outcomes = race(*(partial(way, request) for request in requests), meeting=meeting)
    return Counter(named(outcome) for outcome in outcomes)


def named(outcome: object) -> str:
    match outcome:
        case orders.Placed():
            return "replayed" if outcome.is_replay else "placed"
        case Refusal():
            return outcome.code
    return f"{type(outcome).__name__}: {outcome}"


# --- The last unit, fifty buyers


def fifty_buyers(way: Way, patch: pytest.MonkeyPatch) -> tuple[Counter[str], tuple[int, int]]:
    mug = sku(stock=1, price=100)
    buyers = [member(points=100) for _ in range(50)]
    outcomes = placed_together([wish(buyer, (mug, 1)) for buyer in buyers], patch, way)
    return outcomes, stock_of(mug)


ONE_SOLD = (Counter(placed=1, out_of_stock=49), (1, 1))


@pytest.mark.parametrize("off", each_alone(STOCK_LOCK, STOCK_CHECK))
def test_place_orders_sells_the_last_unit_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert fifty_buyers(directly, monkeypatch) == ONE_SOLD


def test_place_orders_oversells_without_lock_and_check(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(STOCK_LOCK, STOCK_CHECK)
    assert fifty_buyers(directly, monkeypatch) == (Counter(placed=50), (1, 50))


def a_shelf_that_forgets(guards: Guards) -> None:
    """Each request of a batch sees all units that were free before it."""
    guards.patch.setattr(taking.Shelf, "take", lambda shelf, quantity, warehouse_id=None: shelf.free[0][0])


@pytest.mark.parametrize("off", each_alone(a_shelf_that_forgets, STOCK_CHECK))
def test_place_order_sells_the_last_unit_once_in_one_process(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "time", SimpleNamespace(sleep=lambda seconds: None))
    guards.off(*off)
    # Where the shelf forgets, the database refuses: not in words for a member, but nothing is oversold.
    refused = "not_stored" if a_shelf_that_forgets in off else "out_of_stock"
    assert fifty_buyers(through_queue, monkeypatch) == (Counter({"placed": 1, refused: 49}), (1, 1))


def test_place_order_oversells_in_one_process_when_shelves_forget(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(a_shelf_that_forgets, STOCK_CHECK)
    assert fifty_buyers(through_queue, monkeypatch) == (Counter(placed=50), (1, 50))


# --- One member, twenty sessions, points for one


def twenty_sessions(way: Way, patch: pytest.MonkeyPatch) -> tuple[Counter[str], tuple[int, int], int]:
    rich_once = member(points=100)
    outcomes = placed_together([wish(rich_once, (gift, 1)) for gift in skus(20)], patch, way)
    captured = PointsTransaction.objects.filter(kind="capture").count()
    return outcomes, points_of(rich_once), captured


def skus(number: int) -> list[Sku]:
    """Several SKUs, so that no stock lock stands in for what is tested."""
    return [sku(stock=1, price=100) for _ in range(number)]


ONE_PAID = (Counter(placed=1, insufficient_points=19), (0, 0), 1)


@pytest.mark.parametrize("off", each_alone(ACCOUNT_LOCK, BALANCE_CHECK))
def test_place_orders_spends_points_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert twenty_sessions(directly, monkeypatch) == ONE_PAID


def test_place_orders_overdraws_without_lock_and_check(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(ACCOUNT_LOCK, BALANCE_CHECK)
    assert twenty_sessions(directly, monkeypatch) == (Counter(placed=20), (-1900, 0), 20)


def a_wallet_that_forgets(guards: Guards) -> None:
    """Each request of a batch sees all points that were free before it."""
    take = wallets.Wallet.take
    guards.patch.setattr(
        wallets.Wallet, "take", lambda wallet, points, at: take(deepcopy(wallet), points, at)
    )


@pytest.mark.parametrize("off", each_alone(a_wallet_that_forgets, BALANCE_CHECK))
def test_place_order_spends_points_once_in_one_process(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "time", SimpleNamespace(sleep=lambda seconds: None))
    guards.off(*off)
    # Where the wallet forgets, the database refuses the batch, and one by one nobody's wallet is asked twice.
    assert twenty_sessions(through_queue, monkeypatch) == ONE_PAID


def test_place_order_overdraws_in_one_process_when_wallets_forget(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(a_wallet_that_forgets, BALANCE_CHECK)
    assert twenty_sessions(through_queue, monkeypatch) == (Counter(placed=20), (-1900, 0), 20)


# --- The same request id, twenty times


def twenty_clicks(way: Way, patch: pytest.MonkeyPatch) -> tuple[Counter[str], int, tuple[int, int]]:
    nervous, click = member(points=10_000), str(uuid.uuid4())
    mug = sku(stock=50, price=100)
    outcomes = placed_together([wish(nervous, (mug, 1), request_id=click)] * 20, patch, way)
    return outcomes, Order.objects.count(), points_of(nervous)


ONE_ORDER = (Counter(placed=1, replayed=19), 1, (9_900, 0))


@pytest.mark.parametrize("off", each_alone(ACCOUNT_LOCK, CLICK_UNIQUE))
def test_place_orders_makes_one_order_of_one_click(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert twenty_clicks(directly, monkeypatch) == ONE_ORDER


def test_place_orders_makes_many_orders_of_one_click_without_lock_and_unique(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(ACCOUNT_LOCK, STOCK_LOCK, CLICK_UNIQUE)
    assert twenty_clicks(directly, monkeypatch) == (Counter(placed=20), 20, (8_000, 0))


def batches_of_one_that_forget(guards: Guards) -> None:
    """Neither a batch nor the database remembers an earlier click."""
    guards.patch.setattr(queue, "BATCH", 1)
    remember = placing._read_past

    def forget(requests: Sequence[PlacementRequest], world: World) -> list[Past]:
        (past, *_twins) = remember(requests, world)
        past.replay_of = None
        return [past]

    guards.patch.setattr(placing, "_read_past", forget)


def test_place_order_makes_one_order_of_one_click_in_one_process(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert twenty_clicks(through_queue, monkeypatch) == ONE_ORDER


def test_place_order_makes_many_orders_of_one_click_when_nobody_remembers(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(batches_of_one_that_forget, CLICK_UNIQUE)
    assert twenty_clicks(through_queue, monkeypatch) == (Counter(placed=20), 20, (8_000, 0))


def ten_deliveries(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    """A channel sends one order of its own ten times, under ten request ids and for ten members."""
    mug = sku(stock=50, price=100)
    requests = [
        wish(member(points=100), (mug, 1), channel="bank", external_ref="B-1", requested_by="channel:bank")
        for _ in range(10)
    ]
    return placed_together(requests, patch), Order.objects.count()


def test_place_orders_makes_one_order_of_one_external_reference(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ten_deliveries(monkeypatch) == (Counter(placed=1, replayed=9), 1)


def test_place_orders_makes_many_orders_of_one_external_reference_without_unique(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(EXTERNAL_UNIQUE)
    assert ten_deliveries(monkeypatch) == (Counter(placed=10), 10)


# --- A limit per member, several orders at once


def several_orders(patch: pytest.MonkeyPatch) -> Counter[str]:
    greedy = member(points=10_000)
    first = sku(stock=9, price=100)
    gifts = [first, *(sku(stock=9, price=100, gift=first.gift) for _ in range(7))]
    RedemptionRule.objects.create(kind="max_per_member", gift=first.gift, quantity=1)
    return placed_together([wish(greedy, (gift, 1)) for gift in gifts], patch)


def test_place_orders_keeps_the_limit_of_a_member(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert several_orders(monkeypatch) == Counter(placed=1, limit_reached=7)


def test_place_orders_breaks_the_limit_of_a_member_without_lock(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(ACCOUNT_LOCK)
    assert several_orders(monkeypatch) == Counter(placed=8)


# --- The queue itself


def batches_of(
    clicks: int, patch: pytest.MonkeyPatch, *, outcome: BaseException | None = None
) -> tuple[list[int], Counter[str]]:
    """Let one click lead while all others wait; return the sizes of the batches and what became of the clicks."""
    mug, buyers = sku(stock=clicks), [member(points=100) for _ in range(clicks)]
    patch.setattr(queue, "_queue", waiting := queue.PlacementQueue())
    sizes: list[int] = []

    def place_orders(requests: Sequence[PlacementRequest]) -> list[orders.Placed | Refusal]:
        if not sizes:
            assert until(lambda: len(waiting._waiting) == clicks - 1, seconds=60)
        sizes.append(len(requests))
        if outcome is not None and len(sizes) == 2:
            raise outcome
        return orders.place_orders(requests)

    patch.setattr(queue, "place_orders", place_orders)
    outcomes = race(*(partial(through_queue, wish(buyer, (mug, 1))) for buyer in buyers))
    assert (waiting._waiting, waiting._is_led) == ([], False)
    return sizes, Counter(named(outcome) for outcome in outcomes)


def test_place_order_groups_the_clicks_that_come_while_a_batch_is_written(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batches_of(9, monkeypatch) == ([1, 8], Counter(placed=9))


def test_place_order_leaves_to_the_next_batch_what_is_too_much_for_one(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "BATCH", 3)
    assert batches_of(9, monkeypatch) == ([1, 3, 3, 2], Counter(placed=9))


def test_place_order_tells_every_click_of_a_batch_of_its_failure_and_goes_on(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "BATCH", 3)
    sizes, outcomes = batches_of(9, monkeypatch, outcome=MemoryError("no room"))
    assert (sizes, outcomes) == ([1, 3, 3, 2], Counter({"placed": 6, "MemoryError: no room": 3}))
