"""Units cancelled while the order is picked: what lies in the trolley is put back."""

from __future__ import annotations

import pytest

from inventory import services as inventory
from inventory.models import Reservation, Warehouse
from logistics import services as logistics
from tests.orders.test_part_cancels.parting import cancel, fresh, pack, picked, scan, state, task_move, tell
from tests.worlds import AT, carrier_service, member, move, picking, placed, sku, stock_of

pytestmark = pytest.mark.django_db


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
