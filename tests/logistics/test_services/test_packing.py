"""Packing: what was picked goes into boxes, each of which wants a waybill."""

from __future__ import annotations

import pytest

from foundation.refusals import InvalidInput
from logistics import services as logistics
from logistics.models import PickTask, Waybill
from members.models import Member
from orders.models import Order
from tests.logistics.test_services.warehouse import LATER, everything, packing, picked
from tests.worlds import packed, picking, sku

pytestmark = pytest.mark.django_db


def test_pack_puts_everything_into_one_box_and_wants_a_waybill(somebody: Member) -> None:
    task = picked(somebody, (sku(stock=5), 2), (sku(stock=5), 1))
    (parcel,) = logistics.pack([packing(task, logistics.Box(1_500, 300, 200, 100))])
    assert (parcel.number, parcel.state, parcel.service.code, parcel.freight, parcel.packed_at) == (
        f"{task.order.number}-1",
        "draft",
        "sf-standard",
        1_400,
        LATER,
    )
    assert list(parcel.lines.order_by("pk").values_list("order_line__position", "quantity")) == [
        (1, 2),
        (2, 1),
    ]
    waybill = Waybill.objects.get()
    assert (waybill.state, waybill.number, waybill.next_attempt_at) == ("wanted", "", LATER)
    assert (Order.objects.get().status, PickTask.objects.get().state) == ("packed", "packed")


def test_pack_splits_over_several_boxes(somebody: Member) -> None:
    task = picked(somebody, (sku(stock=5), 3))
    line = task.lines.get()
    parcels = logistics.pack(
        [packing(task, logistics.Box(900, contents={line.pk: 2}), logistics.Box(500, contents={line.pk: 1}))]
    )
    assert [(parcel.number[-1], parcel.lines.get().quantity) for parcel in parcels] == [("1", 2), ("2", 1)]


def test_pack_refuses_what_is_not_just_what_was_picked(somebody: Member) -> None:
    task = picked(somebody, (sku(stock=5), 3))
    line = task.lines.get()
    before = everything()
    for boxes in (
        (),
        (logistics.Box(500, contents={line.pk: 2}),),
        (logistics.Box(500, contents={line.pk: 4}),),
        (logistics.Box(500, contents={line.pk: 4}), logistics.Box(500, contents={line.pk: -1})),
        (logistics.Box(500, contents={line.pk: 3, 0: 1}),),
        (logistics.Box(500), logistics.Box(500)),
        (logistics.Box(0),),
        (logistics.Box(-5),),
    ):
        with pytest.raises(InvalidInput):
            logistics.pack([packing(task, *boxes)])
    with pytest.raises(logistics.NoCarrier):
        logistics.pack([packing(task, logistics.Box(30_001))])
    with pytest.raises(logistics.NoCarrier):
        logistics.pack([packing(task, logistics.Box(500, service="unknown"))])
    assert everything() == before


def test_pack_refuses_a_task_that_is_not_picked_or_packed_before(somebody: Member) -> None:
    task = picking(somebody, (sku(stock=5), 1)).pick_tasks.get()
    done = packed(somebody, (sku(stock=5), 1)).pick_tasks.get()
    before = everything()
    for each in (task, done):
        with pytest.raises(logistics.WrongTaskState):
            logistics.pack([packing(each, logistics.Box(500))])
    assert everything() == before
