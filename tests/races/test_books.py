"""Points and stock outside placement, by two at once; and each guard taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from inventory import services as inventory
from inventory.models import Stock, StockMovement
from inventory.services import stock as stock_services
from inventory.services import taking
from members import services as members
from members.models import Address, PointsAccount, PointsLot, PointsTransaction
from members.services import points as points_services
from members.services import wallets
from orders import services as orders
from orders.services import placing
from tests.races.racing import (
    Guard,
    Guards,
    Meeting,
    constraints,
    each_alone,
    lock_in,
    race,
    row_locks,
    tally,
)
from tests.worlds import AT, grant, member, points_of, region, sku, stock_of, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

ONCE = constraints((PointsTransaction, "one_points_transaction_per_reference"))
MOVED_ONCE = constraints((StockMovement, "one_movement_per_reference_and_kind"))
STOCK_CHECK = constraints((Stock, "reserved_within_on_hand"))
BALANCE_CHECK = constraints(
    (PointsAccount, "available_points_are_not_negative"),
    (PointsLot, "lot_held_within_remaining_within_issued"),
)


def account_locks(guards: Guards) -> None:
    row_locks(guards)
    lock_in(wallets)(guards)


def stock_locks(guards: Guards) -> None:
    row_locks(guards)
    lock_in(taking)(guards)


# --- Points that expire while they are spent


def spent_while_they_expire(patch: pytest.MonkeyPatch) -> tuple[tuple[int, int], int]:
    somebody, mug = member(), sku(stock=1, price=100)
    grant(somebody, 100, days=1)
    meeting = Meeting(2)
    meeting.before(patch, placing, "write")
    meeting.before(patch, points_services, "post")
    race(
        partial(orders.place_orders, [wish(somebody, (mug, 1))]),
        partial(members.expire_points, at=AT + timedelta(days=2), by="clock"),
        meeting=meeting,
    )
    return points_of(somebody), PointsTransaction.objects.exclude(kind__in=("grant", "capture")).count()


@pytest.mark.parametrize("off", each_alone(account_locks, BALANCE_CHECK))
def test_points_are_spent_or_expire(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert spent_while_they_expire(monkeypatch) == ((0, 0), 1)


def test_points_are_spent_and_expire_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(account_locks, BALANCE_CHECK)
    assert spent_while_they_expire(monkeypatch) == ((-100, 0), 2)


def expired_by_two(patch: pytest.MonkeyPatch) -> tuple[int, tuple[int, int]]:
    somebody = member()
    grant(somebody, 100, days=1)
    meeting = Meeting(2)
    meeting.before(patch, points_services, "post")
    expire = partial(members.expire_points, at=AT + timedelta(days=2), by="clock")
    outcomes = race(expire, expire, meeting=meeting)
    return sum(outcome for outcome in outcomes if isinstance(outcome, int)), points_of(somebody)


@pytest.mark.parametrize("off", each_alone(account_locks, BALANCE_CHECK, ONCE))
def test_expire_points_takes_a_lot_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert expired_by_two(monkeypatch) == (1, (0, 0))


def test_expire_points_takes_a_lot_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(account_locks, BALANCE_CHECK, ONCE)
    assert expired_by_two(monkeypatch) == (2, (-100, 0))


# --- Units that are adjusted away while somebody orders them


def adjusted_while_it_sells(patch: pytest.MonkeyPatch) -> tuple[Counter[str], tuple[int, int]]:
    somebody, mug = member(points=100), sku(stock=1, price=100)
    meeting = Meeting(2)
    meeting.before(patch, placing, "write")
    meeting.before(patch, stock_services, "move")
    adjust = partial(
        inventory.adjust_stock,
        Stock.objects.get(sku=mug).pk,
        change=-1,
        reason="broken",
        reference="adjust/1",
        at=AT,
        by="operator:lin",
    )
    (placed, adjusted) = race(
        partial(orders.place_orders, [wish(somebody, (mug, 1))]), adjust, meeting=meeting
    )
    return tally([*placed, adjusted]), stock_of(mug)


SOLD_OR_ADJUSTED = (
    (Counter(done=1, out_of_stock=1), (1, 1)),
    (Counter(done=1, out_of_stock=1), (0, 0)),
)


def test_stock_is_sold_or_adjusted_away(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert adjusted_while_it_sells(monkeypatch) in SOLD_OR_ADJUSTED


def test_stock_is_sold_and_adjusted_away_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(stock_locks, STOCK_CHECK)
    assert adjusted_while_it_sells(monkeypatch) == (Counter(done=2), (0, 1))


# --- The same reference, five times at once


def granted_by_five(patch: pytest.MonkeyPatch) -> tuple[Counter[object], tuple[int, int]]:
    somebody = member()
    meeting = Meeting(5)
    meeting.before(patch, points_services, "post")
    given = members.Grant(somebody.pk, 100, AT + timedelta(days=365), "bank/7", AT, "channel:bank")
    outcomes = race(*[partial(members.grant_points, [given])] * 5, meeting=meeting)
    return Counter(outcomes), points_of(somebody)


def received_by_five(patch: pytest.MonkeyPatch) -> tuple[Counter[object], tuple[int, int]]:
    mug = sku()
    meeting = Meeting(5)
    meeting.before(patch, stock_services, "move")
    arrival = inventory.Arrival(mug.code, "main", 100, "delivery/7", AT, "operator:lin")
    outcomes = race(*[partial(inventory.receive_stock, [arrival])] * 5, meeting=meeting)
    return Counter(outcomes), stock_of(mug)


@pytest.mark.parametrize("many", [granted_by_five, received_by_five])
def test_what_comes_in_comes_in_once(
    transactional_db: None, many: Callable[[pytest.MonkeyPatch], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert many(monkeypatch) == (Counter({1: 1, 0: 4}), (100, 0))


@pytest.mark.parametrize(("many", "guard"), [(granted_by_five, ONCE), (received_by_five, MOVED_ONCE)])
def test_what_comes_in_comes_in_five_times_without_guards(
    guards: Guards,
    many: Callable[[pytest.MonkeyPatch], object],
    guard: Guard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guards.off(row_locks, guard)
    assert many(monkeypatch) == (Counter({1: 5}), (500, 0))


# --- Default addresses


def moved_house_by_five(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    somebody, county = member(), region()
    meeting = Meeting(5)
    meeting.before(patch, Address.objects, "create")
    add = partial(
        members.add_address,
        somebody.pk,
        recipient="林",
        phone="13900000000",
        region_code=county.code,
        detail="漕溪北路 2 号",
        is_default=True,
        at=AT,
    )
    outcomes = race(*[add] * 5, meeting=meeting)
    return tally(outcomes), somebody.addresses.filter(is_default=True).count()


def test_add_address_leaves_one_default(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert moved_house_by_five(monkeypatch) == (Counter(done=5), 1)


def test_add_address_leaves_several_defaults_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, constraints((Address, "one_default_address_per_member")))
    assert moved_house_by_five(monkeypatch) == (Counter(done=5), 5)
