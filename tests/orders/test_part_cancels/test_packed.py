"""Units cancelled once the order is packed: parcels are opened, carriers told."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics.gateways import kdniao
from logistics.models import Parcel
from orders import services as orders
from orders.models import OrderEvent
from tests.orders.test_part_cancels.parting import cancel, fresh, pack, picked, scan, state, task_move, tell
from tests.worlds import (
    AT,
    carrier_service,
    member,
    move,
    packed,
    pick_task,
    picking,
    placed,
    points_of,
    sku,
    stock_of,
    waybill_of,
)

pytestmark = pytest.mark.django_db


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


def test_an_address_stays_open_when_the_waybill_was_given_back_before_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    carrier_service()
    first, second = picking(somebody, (mug, 1)), picking(somebody, (mug, 3))
    for order in (first, second):
        logistics.pick_all([task_move(order.pick_tasks.get())])
        pack(order.pick_tasks.get())

    def issue(*_args: object, **_kwargs: object) -> str:
        """The worker has read which waybills are wanted, and is busy with the first one."""
        cancel(second, 1)
        tell()
        return "SF1"

    monkeypatch.setattr(kdniao, "issue_waybill", issue)
    assert logistics.request_waybills(at=AT) == 1
    assert (fresh(first).address_final_at, fresh(second).address_final_at) == (AT, None)


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
