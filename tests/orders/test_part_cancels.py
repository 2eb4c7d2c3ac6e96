"""Single gifts taken out of an order in every state before it ships: the fee, the points, the pieces, the parcels.

After each test the auditor reads its laws over what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from desk import services as desk
from inventory import services as inventory
from inventory.models import Reservation, Warehouse
from logistics import services as logistics
from logistics.models import Parcel, PickLine, PickTask
from members import services as people
from members.models import PointsTransaction
from orders import events
from orders import services as orders
from orders.models import Order, OrderEvent, ReviewTask
from orders.services import moving
from orders.services.cancelling import FeeChanged
from tests.orders.test_changing import units_of
from tests.worlds import (
    AT,
    carrier_service,
    grant,
    member,
    move,
    packed,
    pick_task,
    picking,
    placed,
    points_of,
    sku,
    stock_of,
    under_review,
    waybill_of,
)

pytestmark = pytest.mark.django_db
CLERK = "operator:wang"


@pytest.fixture(autouse=True)
def laws() -> Iterator[None]:
    """Nothing that was cancelled breaks a law, before the warehouse was told of it and afterwards."""
    yield
    for _ in range(2):
        findings = desk.read_laws(at=AT)
        assert {f.law.code: f.offenders for f in findings if f.violations} == {}
        tell()


def tell() -> None:
    while events.deliver_waiting(at=AT):
        pass


def cancel(order: Order, *units: int, fee: int | None = None, key: str = "click") -> Order:
    lines = list(order.lines.order_by("position"))
    wanted = [orders.LineCancel(line.pk, n) for line, n in zip(lines, units, strict=False) if n]
    shown = {} if fee is None else {"fee": fee}
    by = f"member:{order.member.number}"
    return orders.cancel_units(orders.Move(order.pk, AT, by, data=shown), wanted, key=key)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def picked(task: PickTask) -> list[tuple[int, int, int]]:
    return list(task.lines.order_by("pk").values_list("quantity", "picked", "to_put_back"))


def scan(task: PickTask, item: object) -> PickLine:
    return logistics.scan(task.pk, barcode=item.barcode, at=AT, by=CLERK)  # type: ignore[attr-defined]


def state(task: PickTask) -> str:
    return PickTask.objects.get(pk=task.pk).state


def task_move(task: PickTask) -> logistics.TaskMove:
    return logistics.TaskMove(task.pk, AT, CLERK)


def pack(task: PickTask, waybill: str = "") -> Parcel:
    (parcel,) = logistics.pack(
        [logistics.Packing(task.pk, (logistics.Box(900, waybill=waybill),), AT, CLERK)]
    )
    return parcel


@transaction.atomic
def awaiting_payment(order: Order) -> Order:
    """Ask for cash, as orders with a cash part will."""
    asked = [move(order)]
    held = moving.lock_orders(asked)
    facts = moving.advance(held, asked, lambda each: each.ask_payment, OrderEvent.Kind.PAYMENT_ASKED)
    moving.save(held, facts)
    ReviewTask.objects.filter(order=order).update(
        decision="approved", decided_by="operator:lin", decided_at=AT
    )
    return fresh(order)


# --- While the points are held


@pytest.mark.parametrize("pays", [False, True])
def test_a_waiting_order_shrinks_for_free_and_its_points_are_no_longer_held(pays: bool) -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = under_review(somebody, (mug, 3), (tea, 2))
    if pays:
        order = awaiting_payment(order)
    before = order.status
    cancel(order, 1, 2)
    order = fresh(order)
    assert (order.status, order.points_refunded, order.points_cancelled) == (before, 200, 200)
    assert (units_of(order), points_of(somebody)) == ([(3, 1, 100), (2, 2, 100)], (800, 200))
    assert (stock_of(mug), stock_of(tea)) == ((9, 2), (9, 0))
    assert list(PointsTransaction.objects.filter(origin=order.number).values_list("kind", "reference")) == [
        ("release", f"{order.number}/part-{order.last_seq}")
    ]
    event = order.events.last()
    assert event is not None
    assert (event.data["points"], event.data["fee"], event.data["units"]) == (200, 0, {"1": 1, "2": 2})


def test_what_comes_back_of_a_hold_goes_to_the_lots_that_expire_last() -> None:
    somebody, mug = member(), sku(stock=9, price=100)
    for days, points in ((10, 120), (20, 130), (30, 500)):
        grant(somebody, points, days=days)
    order = under_review(somebody, (mug, 4))
    cancel(order, 2)
    assert list(somebody.account.lots.order_by("expires_at").values_list("remaining", "held")) == [
        (120, 120),
        (130, 80),
        (500, 0),
    ]
    cancel(order, 1, key="two")
    orders.approve([move(order)])
    lots = somebody.account.lots.order_by("expires_at")
    assert list(lots.values_list("remaining", "held")) == [(20, 0), (130, 0), (500, 0)]
    cancel(placed_again := fresh(order), 1, key="three")
    assert (fresh(placed_again).status, points_of(somebody)) == ("cancelled", (750, 0))


def test_points_of_a_lot_that_expired_meanwhile_come_back_for_the_grace_days() -> None:
    somebody, mug = member(), sku(stock=9, price=100)
    grant(somebody, 300, days=10, at=AT - timedelta(days=9, hours=23))
    order = under_review(somebody, (mug, 3), at=AT - timedelta(hours=2))
    tell()
    cancel(order, 1)
    (lot,) = somebody.account.lots.all()
    assert (lot.remaining, lot.held, lot.expires_at > AT) == (300, 200, True)


@pytest.mark.parametrize(
    ("ends", "points"), [("approve", (800, 0)), ("reject", (1_000, 0)), ("cancel", (1_000, 0))]
)
def test_a_shrunk_order_is_decided_on_what_is_left(ends: str, points: tuple[int, int]) -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    cancel(order, 1)
    deed = {"approve": orders.approve, "reject": orders.reject, "cancel": orders.cancel_orders}[ends]
    deed([move(order, reason="because")])
    order = fresh(order)
    assert points_of(somebody) == points
    event = order.events.last()
    assert event is not None
    assert event.data["points"] == 200
    if ends == "approve":
        cancel(order, 1, key="again")
        assert (points_of(somebody), fresh(order).points_refunded) == ((900, 0), 200)
    else:
        assert (units_of(order), stock_of(mug)) == ([(3, 3, 100)], (9, 0))


def test_the_last_unit_of_an_order_in_review_cancels_it() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    cancel(order, 1)
    cancel(order, 2, key="rest")
    cancel(order, 2, key="rest")
    assert (fresh(order).status, points_of(somebody)) == ("cancelled", (1_000, 0))
    assert ReviewTask.objects.get(order=order).decision == "withdrawn"


def test_no_more_is_released_than_is_held() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = under_review(somebody, (mug, 3))
    more = people.PointsRefund(order.number, f"{order.number}/part-9", 301, AT, CLERK)
    with pytest.raises(people.RefundExceeds):
        people.release_part([more])
    orders.approve([move(order)])
    with pytest.raises(people.RefundExceeds):
        people.release_part([people.PointsRefund(order.number, f"{order.number}/part-9", 1, AT, CLERK)])
    assert points_of(somebody) == (700, 0)


# --- The fee


@pytest.mark.parametrize("make", [picking, packed])
def test_the_fee_is_that_of_a_whole_cancel_on_what_is_cancelled(make: object) -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=105), sku(stock=9, price=30)
    order = make(somebody, (mug, 3), (tea, 2))  # type: ignore[operator]
    cancel(order, 1, 2, fee=8)  # 5 % of 165, rounded down
    order = fresh(order)
    assert (order.points_refunded, order.points_cancelled, points_of(somebody)) == (
        157,
        157,
        (1_000 - 375 + 157, 0),
    )
    assert units_of(order) == [(3, 1, 100), (2, 2, 57)]
    tell()
    orders.cancel_orders([orders.Move(order.pk, AT, CLERK, data={"fee": 10})])  # 5 % of the 210 that are left
    order = fresh(order)
    assert (order.points_refunded, points_of(somebody)) == (357, (982, 0))
    assert order.points_total - order.points_refunded == 18 == order.points_total * 5 // 100


def test_many_small_cancels_never_cost_more_than_one() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=33)
    order = picking(somebody, (mug, 9))
    for serial in range(8):
        cancel(order, 1, key=f"click {serial}")
    orders.cancel_orders([move(order)])
    assert 1_000 - points_of(somebody)[0] == 9 * (33 * 5 // 100) <= 9 * 33 * 5 // 100


def test_a_fee_that_was_not_shown_is_not_taken() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = picking(somebody, (mug, 3))
    for units in (1, 3):  # a part, and all of it
        with pytest.raises(FeeChanged) as refused:
            cancel(order, units, fee=0)
        assert refused.value.detail == {"fee": units * 5}
    assert (units_of(order), points_of(somebody), stock_of(mug)) == ([(3, 0, 0)], (700, 0), (9, 3))


# --- While it is picked


def test_what_lies_in_the_trolley_is_put_back_and_the_rest_is_picked() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    carrier_service()
    order = picking(somebody, (mug, 3), (tea, 1))
    task = order.pick_tasks.get()
    for _ in range(3):
        scan(task, mug)
    cancel(order, 2)
    assert (stock_of(mug), Reservation.objects.get(stock__sku=mug).given_back) == ((9, 1), 2)
    tell()
    assert (picked(task), state(task)) == ([(1, 1, 2), (1, 0, 0)], "picking")
    scan(task, tea)
    assert state(task) == "picked"
    with pytest.raises(logistics.PutBackFirst) as refused:
        pack(task)
    assert refused.value.detail == {"number": order.number, "pieces": 2}
    logistics.put_back([task_move(task)])
    assert picked(task) == [(1, 1, 0), (1, 1, 0)]
    parcel = pack(task, "SF1")
    assert sorted(parcel.lines.values_list("quantity", flat=True)) == [1, 1]
    logistics.ship([move(order)])
    assert (fresh(order).status, stock_of(mug), stock_of(tea)) == ("shipped", (8, 0), (8, 0))


def test_a_whole_line_in_the_trolley_leaves_the_list_once_it_is_back() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = picking(somebody, (mug, 1), (tea, 1))
    task = order.pick_tasks.get()
    scan(task, mug)
    cancel(order, 1)
    tell()
    assert picked(task) == [(0, 0, 1), (1, 0, 0)]
    with pytest.raises(logistics.WrongBarcode):
        scan(task, mug)
    logistics.put_back([task_move(task)])
    assert picked(task) == [(1, 0, 0)]


@pytest.mark.parametrize("how", ["told", "scan", "pick_all"])
def test_the_picker_is_trimmed_by_whoever_comes_first(how: str) -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = picking(somebody, (mug, 2), (tea, 1))
    task = order.pick_tasks.get()
    cancel(order, 1)
    if how == "told":
        tell()
    elif how == "scan":
        scan(task, tea)
    else:
        logistics.pick_all([task_move(task)])
    assert [quantity for quantity, _picked, _back in picked(task)] == [1, 1]


def test_the_last_missing_piece_cancelled_completes_the_task() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = picking(somebody, (mug, 1), (tea, 1))
    task = order.pick_tasks.get()
    scan(task, mug)
    cancel(order, 0, 1)
    with pytest.raises(logistics.WrongBarcode):
        scan(task, tea)  # before the fact was delivered
    tell()
    assert (picked(task), state(task)) == ([(1, 1, 0)], "picked")


def test_a_task_with_nothing_left_is_dropped_and_the_order_goes_on_with_the_other() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(price=50)
    carrier_service()
    inventory.add_warehouse(Warehouse(code="far", name="远仓", region_code="310104", priority=200))
    inventory.receive_stock([inventory.Arrival(tea.code, "far", 5, "far/1", AT, "test")])
    order = placed(somebody, (mug, 1), (tea, 1))
    tasks = logistics.open_pick_tasks([move(order)])
    near, far = sorted(tasks, key=lambda task: task.warehouse.code != "main")
    logistics.start_picking([task_move(near), task_move(far)])
    logistics.pick_all([task_move(near)])
    scan(far, tea)
    pack(near, "SF1")
    assert fresh(order).status == "picking"
    cancel(order, 0, 1)
    tell()
    assert (state(near), state(far), picked(far)) == ("packed", "dropped", [(0, 0, 1)])
    assert fresh(order).status == "packed"
    logistics.put_back([task_move(far)])
    assert picked(far) == []
    logistics.ship([move(order)])
    assert fresh(order).status == "shipped"


# --- Once it is packed


def test_a_parcel_is_opened_and_packed_again_without_what_was_cancelled() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = packed(somebody, (mug, 2), (tea, 1))
    task, first, due = order.pick_tasks.get(), Parcel.objects.get(), order.deadline_at
    cancel(order, 1)
    with pytest.raises(logistics.PackAgain):  # before the fact was delivered
        logistics.ship([move(order)])
    tell()
    first.refresh_from_db()
    assert (first.state, first.waybill.state, state(task)) == ("stopped", "void", "picked")
    assert picked(task) == [(1, 1, 1), (1, 1, 0)]
    with pytest.raises(logistics.PackAgain):
        logistics.ship([move(order)])
    with pytest.raises(logistics.PutBackFirst):
        pack(task)
    logistics.put_back([task_move(task)])
    second = pack(task, "SF2")
    assert (second.number, sorted(second.lines.values_list("quantity", flat=True))) == (
        f"{order.number}-2",
        [1, 1],
    )
    order = fresh(order)
    assert (order.status, order.deadline_at) == ("packed", due)  # the order has been packed all along
    logistics.ship([move(order)])
    event = OrderEvent.objects.get(order=order, kind="order.shipped")
    assert [(p["number"], p["items"]) for p in event.data["parcels"]] == [(second.number, {"1": 1, "2": 1})]
    assert (stock_of(mug), stock_of(tea)) == ((8, 0), (8, 0))


def test_a_carrier_that_was_asked_is_told_that_the_parcel_does_not_come() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    carrier_service()
    order = picking(somebody, (mug, 3))
    task = order.pick_tasks.get()
    logistics.pick_all([task_move(task)])
    parcel = pack(task)
    waybill = waybill_of(order)
    orders.settle_addresses([move(order)])
    type(waybill).objects.filter(pk=waybill.pk).update(asked_at=AT, attempts=1)
    cancel(order, 1)
    tell()
    waybill.refresh_from_db()
    parcel.refresh_from_db()
    assert (waybill.state, parcel.state) == ("cancelling", "stopped")
    logistics.put_back([task_move(task)])
    assert pack(task).waybill.state == "wanted"


def test_cancelling_the_whole_of_an_opened_parcel_stops_everything() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = packed(somebody, (mug, 3))
    task = order.pick_tasks.get()
    cancel(order, 1)
    tell()
    orders.cancel_orders([move(order)])
    with pytest.raises(orders.TransitionRefused):
        pack(task)
    tell()
    assert (state(task), picked(task)) == ("dropped", [(2, 0, 3)])
    assert (fresh(order).status, points_of(somebody), stock_of(mug)) == ("cancelled", (985, 0), (9, 0))


def test_pieces_of_a_cancelled_order_are_put_back_too() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = picking(somebody, (mug, 3))
    task = order.pick_tasks.get()
    scan(task, mug)
    orders.cancel_orders([move(order)])
    tell()
    assert picked(task) == [(3, 0, 1)]
    logistics.put_back([task_move(task)])
    assert picked(task) == [(3, 0, 0)]


def test_a_part_cancelled_twice_before_the_warehouse_hears_of_it_is_trimmed_once() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = packed(somebody, (mug, 5))
    cancel(order, 1)
    cancel(order, 2, key="more")
    tell()
    assert picked(order.pick_tasks.get()) == [(2, 2, 3)]
    assert Parcel.objects.count() == 1
    task = pick_task(placed(somebody, (mug, 1)))  # another order is left alone
    assert picked(task) == [(1, 0, 0)]
