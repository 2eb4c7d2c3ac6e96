"""Every write path takes its locks in one order: orders, accounts, stocks, each by id. So nobody waits in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections

from aftersales import services as aftersales
from devtools.waiting import until
from foundation import retrying
from inventory import services as inventory
from inventory.models import Sku, Stock
from logistics import services as logistics
from members import services as members
from members.models import Member
from members.services import wallets
from orders import services as orders
from orders.models import Order, ReviewRule
from orders.services import placing
from tests import worlds
from tests.races.racing import PATIENCE, Guards, Meeting, Work, ask, holding, lock_in, race, rewritten, tally
from tests.worlds import AT, member, move, sku, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

Row = tuple[str, int]


def accounts(*members_: Member) -> list[Row]:
    return sorted(("members_pointsaccount", one.account.pk) for one in members_)


def stocks(*skus: Sku) -> list[Row]:
    return sorted(("inventory_stock", Stock.objects.get(sku=one).pk) for one in skus)


def rows_of(*orders_: Order) -> list[Row]:
    return sorted(("orders_order", order.pk) for order in orders_)


def waits_or_is_done(running: Future[object]) -> bool:
    return waits() or running.done()


def taken_too_early(work: Work, rows: list[Row]) -> list[tuple[Row, Row]]:
    """Hold each row in turn and run the work until it waits; return what it had locked though it comes later.

    The work is broken off each time, so that it finds the same world again.
    """
    too_early = []
    for position, row in enumerate(rows):
        with ThreadPoolExecutor(1) as pool:
            with holding(*row):
                running = pool.submit(in_a_thread, work)
                assert until(partial(waits_or_is_done, running), seconds=PATIENCE)
                assert not running.done(), f"{row} is not locked at all: {running.result()}"
                too_early += [(row, later) for later in rows[position + 1 :] if not is_free(*later)]
                ask(
                    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event_type = 'Lock'"
                )
            assert isinstance(running.result(PATIENCE), OperationalError)
    return too_early


def in_a_thread(work: Work) -> object:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '60s'")
        return work()
    except Exception as failure:  # noqa: BLE001  (it is what became of the work)
        return failure
    finally:
        connections.close_all()


def waits() -> bool:
    return bool(
        ask(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND datname = current_database()"
        )
    )


def is_free(table: str, pk: int) -> bool:
    return bool(
        ask(f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE id = {pk} FOR UPDATE SKIP LOCKED) free")
    )


# --- Each verb over two of everything, named the wrong way round


def two_of_each() -> tuple[Member, Member, Sku, Sku]:
    """Two members and two SKUs, those with the higher ids first."""
    first, second = member(points=10_000), member(points=10_000)
    cup, mug = sku(stock=50, price=100), sku(stock=50, price=100)
    return second, first, mug, cup


Path = tuple[Work, list[Row]]


def placing_two() -> Path:
    second, first, mug, cup = two_of_each()
    requests = [wish(second, (mug, 1), (cup, 1)), wish(first, (cup, 1), (mug, 1))]
    return partial(orders.place_orders, requests), [*accounts(first, second), *stocks(cup, mug)]


def two_orders(
    make: Callable[..., Order], other: Callable[..., Order] | None = None
) -> tuple[list[orders.Move], list[Row], list[Row], list[Row]]:
    """Two orders whose members and SKUs stand in the opposite order of the orders themselves."""
    second, first, mug, cup = two_of_each()
    made = [make(second, (mug, 1)), (other or make)(first, (cup, 1))]
    moves = [move(order) for order in reversed(made)]
    return moves, rows_of(*made), accounts(first, second), stocks(cup, mug)


def cancelling(make: Callable[..., Order], other: Callable[..., Order] | None = None) -> Path:
    moves, locked, paid, shelved = two_orders(make, other)
    return partial(orders.cancel_orders, moves), [*locked, *paid, *shelved]


def ready_again(by: Member, *lines: tuple[Sku, int]) -> Order:
    """An order that no review rule looked at."""
    ReviewRule.objects.all().delete()
    return worlds.placed(by, *lines)


def approving() -> Path:
    moves, locked, paid, _shelved = two_orders(worlds.under_review)
    return partial(orders.approve, moves), [*locked, *paid]


def rejecting() -> Path:
    moves, locked, paid, shelved = two_orders(worlds.under_review)
    moves = [orders.Move(m.order_id, m.at, m.by, "no") for m in moves]
    return partial(orders.reject, moves), [*locked, *paid, *shelved]


def shipping() -> Path:
    moves, locked, _paid, shelved = two_orders(worlds.packed)
    return partial(logistics.ship, moves), [*locked, *shelved]


def tracking() -> Path:
    moves, locked, _paid, _shelved = two_orders(worlds.shipped)
    waybills = [worlds.waybill_of(Order.objects.get(pk=m.order_id)) for m in moves]
    reports = [logistics.Report(waybill.pk, (worlds.track(),), AT, "carrier:SF") for waybill in waybills]
    return partial(logistics.record_tracking, reports), locked


def refunding() -> Path:
    second, _first, mug, cup = two_of_each()
    order = worlds.delivered(second, (mug, 1), (cup, 1))
    request = aftersales.request_refund(order.pk, None, reason="broken", at=AT, by="member:1")
    approve = partial(aftersales.approve_refund, request.pk, {}, at=AT, by="operator:lin")
    return approve, [*rows_of(order), *accounts(second), *stocks(cup, mug)]


def granting() -> Path:
    second, first, _mug, _cup = two_of_each()
    later = AT + timedelta(days=9)
    grants = [
        members.Grant(one.pk, 5, later, f"bank/{one.pk}", AT, "channel:bank") for one in (second, first)
    ]
    return partial(members.grant_points, grants), accounts(first, second)


def expiring() -> Path:
    second, first, _mug, _cup = two_of_each()
    worlds.grant(second, 5, days=1)
    worlds.grant(first, 5, days=2)
    at = AT + timedelta(days=3)
    return partial(members.expire_points, at=at, by="clock"), accounts(first, second)


def receiving() -> Path:
    _second, _first, mug, cup = two_of_each()
    arrivals = [
        inventory.Arrival(one.code, "main", 1, "delivery/1", AT, "operator:lin") for one in (mug, cup)
    ]
    return partial(inventory.receive_stock, arrivals), stocks(cup, mug)


PATHS: dict[str, Callable[[], Path]] = {
    "place": placing_two,
    "cancel ready": partial(cancelling, worlds.placed),
    "cancel under review": partial(cancelling, worlds.under_review),
    "cancel under review and ready": partial(cancelling, worlds.under_review, ready_again),
    "approve": approving,
    "reject": rejecting,
    "ship": shipping,
    "track": tracking,
    "refund": refunding,
    "grant": granting,
    "expire": expiring,
    "receive": receiving,
}


@pytest.mark.parametrize("path", PATHS)
def test_locks_are_taken_in_one_order(transactional_db: None, path: str) -> None:
    work, rows = PATHS[path]()
    assert taken_too_early(work, rows) == []


def test_locks_in_another_order_are_noticed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    backwards = rewritten(wallets._LOCK, lambda sql: sql.replace("ORDER BY a.id", "ORDER BY a.id DESC"))
    monkeypatch.setattr(wallets, "_LOCK", backwards)
    work, rows = placing_two()
    assert taken_too_early(work, rows) == [(rows[0], rows[1])]


# --- Two batches in opposite order, at the same moment


def opposite_batches(patch: pytest.MonkeyPatch, meeting: Meeting) -> tuple[dict[str, int], int]:
    """Two batches name the same members and SKUs the other way round; return outcomes and tries begun again."""
    tries: list[float] = []

    def sleep(seconds: float) -> None:
        tries.append(seconds)
        meeting.until_somebody_is_done()

    patch.setattr(retrying, "time", SimpleNamespace(sleep=sleep))
    second, first, mug, cup = two_of_each()
    one = [wish(second, (mug, 1)), wish(first, (cup, 1))]
    other = [wish(first, (cup, 1)), wish(second, (mug, 1))]
    outcomes = race(partial(orders.place_orders, one), partial(orders.place_orders, other), meeting=meeting)
    return tally(placed for batch in outcomes for placed in batch), len(tries)


def test_batches_in_opposite_order_do_not_deadlock(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(2)
    meeting.before(monkeypatch, placing, "write")
    assert opposite_batches(monkeypatch, meeting) == ({"done": 4}, 0)


@pytest.mark.parametrize("where", ["members", "inventory"])
def test_batches_in_opposite_order_deadlock_when_each_locks_as_it_reads(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    meeting = Meeting(2)
    services, verb = (members, "lock_wallets") if where == "members" else (inventory, "lock_shelves")
    lock_together = getattr(services, verb)

    def lock_one_by_one(wanted: Iterable[object]) -> dict[object, object]:
        locked: dict[object, object] = {}
        for one in wanted:
            locked |= lock_together([one])
            meeting.wait()
        return locked

    monkeypatch.setattr(services, verb, lock_one_by_one)
    if where == "inventory":  # the accounts would keep the batches apart
        members_meet_nowhere(monkeypatch)
    outcomes, tries = opposite_batches(monkeypatch, meeting)
    assert (outcomes, tries) == ({"done": 4}, 1)  # the database ended one of them, and it was tried again


def members_meet_nowhere(patch: pytest.MonkeyPatch) -> None:
    """Let batches read wallets without locking them."""
    lock_in(wallets)(Guards(patch))
