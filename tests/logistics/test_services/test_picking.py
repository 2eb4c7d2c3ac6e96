"""Pick tasks: opened for what an order holds, started, scanned piece by piece, dropped."""

from __future__ import annotations

import pytest

from foundation.refusals import NotFound
from inventory import services as inventory
from inventory.models import Warehouse
from logistics import services as logistics
from logistics.models import Parcel, Waybill
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.warehouse import LATER, everything, packing, task_move
from tests.worlds import AT, carrier_service, move, packed, pick_task, picking, placed, sku

pytestmark = pytest.mark.django_db


def test_open_pick_tasks_lists_what_to_take_and_once(somebody: Member) -> None:
    mug, lamp = sku(stock=5), sku(stock=5)
    order = placed(somebody, (mug, 2), (lamp, 1))
    (task,) = logistics.open_pick_tasks([move(order)])
    assert (task.state, task.warehouse.code, task.opened_at) == ("open", "main", AT)
    assert list(task.lines.values_list("sku", "quantity", "picked")) == [(mug.pk, 2, 0), (lamp.pk, 1, 0)]
    assert logistics.open_pick_tasks([move(order)]) == []


def test_open_pick_tasks_makes_one_for_each_warehouse(somebody: Member) -> None:
    mug, lamp = sku(stock=5), sku()
    inventory.add_warehouse(Warehouse(code="west", name="成都仓", region_code="510104", priority=200))
    inventory.receive_stock([inventory.Arrival(lamp.code, "west", 5, "in/west", AT, "test")])
    order = placed(somebody, (mug, 1), (lamp, 1))
    tasks = logistics.open_pick_tasks([move(order)])
    assert [(task.warehouse.code, task.lines.get().sku_id) for task in tasks] == [
        ("main", mug.pk),
        ("west", lamp.pk),
    ]
    carrier_service()
    for task in tasks:  # the order moves with the first task it starts and the last one it packs
        logistics.start_picking([task_move(task)])
        assert Order.objects.get().status == "picking"
        logistics.pick_all([task_move(task)])
    for task, status in zip(tasks, ("picking", "packed"), strict=True):
        logistics.pack([packing(task, logistics.Box(500))])
        assert Order.objects.get().status == status
    assert [parcel.number for parcel in Parcel.objects.all()] == [f"{order.number}-1", f"{order.number}-2"]


def test_open_pick_tasks_passes_by_an_order_that_is_not_ready(somebody: Member) -> None:
    order = placed(somebody, (sku(stock=5), 1))
    orders.cancel_orders([move(order)])
    assert logistics.open_pick_tasks([move(order)]) == []


def test_a_confirmed_order_gets_its_task_and_a_cancelled_one_loses_it(somebody: Member) -> None:
    order = placed(somebody, (sku(stock=5), 1))
    events.deliver_waiting(at=AT)
    assert order.pick_tasks.get().state == "open"
    orders.cancel_orders([move(order)])
    events.deliver_waiting(at=AT)
    assert order.pick_tasks.get().state == "dropped"


def test_start_picking_takes_a_task_to_work(somebody: Member) -> None:
    order = placed(somebody, (sku(stock=5), 1))
    task = pick_task(order)
    logistics.start_picking([task_move(task)])
    task.refresh_from_db()
    assert (task.state, task.started_at, task.started_by) == ("picking", LATER, "operator:wang")
    assert Order.objects.get().status == "picking"


def test_start_picking_refuses_a_task_that_somebody_has(somebody: Member) -> None:
    task = picking(somebody, (sku(stock=5), 1)).pick_tasks.get()
    before = everything()
    with pytest.raises(logistics.WrongTaskState):
        logistics.start_picking([task_move(task)])
    with pytest.raises(NotFound):
        logistics.start_picking([logistics.TaskMove(0, AT, "operator:wang")])
    assert everything() == before


def test_start_picking_refuses_an_order_that_was_cancelled_before_its_task_was_dropped(
    somebody: Member,
) -> None:
    order = placed(somebody, (sku(stock=5), 1))
    task = pick_task(order)
    orders.cancel_orders([move(order)])
    before = everything()
    with pytest.raises(orders.TransitionRefused):
        logistics.start_picking([task_move(task)])
    assert everything() == before


def test_nothing_is_picked_for_an_order_that_was_cancelled(somebody: Member) -> None:
    mug = sku(stock=5)
    order = picking(somebody, (mug, 1))
    task = order.pick_tasks.get()
    orders.cancel_orders([move(order)])
    before = everything()
    with pytest.raises(orders.TransitionRefused):
        logistics.scan(task.pk, barcode=mug.barcode, at=LATER, by="operator:wang")
    with pytest.raises(orders.TransitionRefused):
        logistics.pick_all([task_move(task)])
    assert everything() == before


def test_scan_counts_piece_by_piece_and_the_last_one_completes_the_task(somebody: Member) -> None:
    mug, lamp = sku(stock=5), sku(stock=5)
    task = picking(somebody, (mug, 2), (lamp, 1)).pick_tasks.get()
    states = []
    for item in (mug, lamp, mug):
        line = logistics.scan(task.pk, barcode=f" {item.barcode}\n", at=LATER, by="operator:wang")
        task.refresh_from_db()
        states.append((line.sku_id, line.picked, task.state))
    assert states == [(mug.pk, 1, "picking"), (lamp.pk, 1, "picking"), (mug.pk, 2, "picked")]
    assert task.picked_at == LATER


def test_scan_refuses_a_piece_that_does_not_belong_there(somebody: Member) -> None:
    mug, lamp = sku(stock=5), sku(stock=5)
    task = picking(somebody, (mug, 1)).pick_tasks.get()
    open_task = pick_task(placed(somebody, (lamp, 1)))
    logistics.scan(task.pk, barcode=mug.barcode, at=LATER, by="operator:wang")
    before = everything()
    for refusal, where, barcode in [
        (logistics.WrongBarcode, task, lamp.barcode),
        (logistics.WrongBarcode, task, ""),
        (logistics.AlreadyPicked, task, mug.barcode),
        (logistics.WrongTaskState, open_task, lamp.barcode),
    ]:
        with pytest.raises(refusal):
            logistics.scan(where.pk, barcode=barcode, at=LATER, by="operator:wang")
    assert everything() == before


def test_pick_all_ticks_off_a_whole_list(somebody: Member) -> None:
    task = picking(somebody, (sku(stock=5), 2), (sku(stock=5), 3)).pick_tasks.get()
    logistics.pick_all([task_move(task)])
    task.refresh_from_db()
    assert (task.state, list(task.lines.values_list("picked", flat=True))) == ("picked", [2, 3])
    with pytest.raises(logistics.WrongTaskState):
        logistics.pick_all([task_move(task)])


def test_drop_tasks_stops_parcels_and_voids_waybills(somebody: Member) -> None:
    order = packed(somebody, (sku(stock=5), 1))
    orders.cancel_orders([move(order)])
    for _ in range(2):
        logistics.drop_tasks(move(order))
        assert (order.pick_tasks.get().state, Parcel.objects.get().state, Waybill.objects.get().state) == (
            "dropped",
            "stopped",
            "void",
        )
