"""From a ready order to the member's door: tasks, scans, parcels, waybills, tracking, and their refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from foundation.refusals import InvalidInput, NotFound
from inventory import services as inventory
from inventory.models import Sku, Warehouse
from logistics import rules, terms
from logistics import services as logistics
from logistics.gateways import kdniao
from logistics.models import (
    Carrier,
    CarrierPush,
    CarrierService,
    Parcel,
    PickLine,
    PickTask,
    TrackingEvent,
    Waybill,
)
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from tests.worlds import (
    AT,
    carrier_service,
    member,
    move,
    packed,
    pick_task,
    picking,
    placed,
    shipped,
    sku,
    stock_of,
    track,
    waybill_of,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = AT + HOUR


@pytest.fixture
def somebody() -> Member:
    return member(points=10_000)


def task_move(task: PickTask) -> logistics.TaskMove:
    return logistics.TaskMove(task.pk, LATER, "operator:wang")


def packing(task: PickTask, *boxes: logistics.Box) -> logistics.Packing:
    return logistics.Packing(task.pk, boxes, LATER, "operator:wang")


def report(of: Order | Waybill, *points: terms.TrackPoint) -> logistics.Report:
    waybill = of if isinstance(of, Waybill) else waybill_of(of)
    return logistics.Report(waybill.pk, points, LATER, "carrier:SF")


def picked(by: Member, *lines: tuple[Sku, int]) -> PickTask:
    """A task whose units lie in the trolley."""
    carrier_service()
    task = picking(by, *lines).pick_tasks.get()
    logistics.pick_all([task_move(task)])
    return PickTask.objects.get(pk=task.pk)


def everything() -> tuple[object, ...]:
    """All that logistics and orders know, to compare before and after."""
    models = (PickTask, PickLine, Parcel, Waybill, Order)
    return tuple(list(model._default_manager.order_by("pk").values_list()) for model in models)


# --- Picking


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


# --- Packing


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


# --- Waybills


@pytest.fixture
def wanted(somebody: Member) -> Waybill:
    """A parcel that waits for its waybill."""
    logistics.pack([packing(picked(somebody, (sku(stock=5), 1)), logistics.Box(500))])
    return Waybill.objects.get()


def answers(monkeypatch: pytest.MonkeyPatch, *given: object) -> list[terms.WaybillRequest]:
    """Let the carriers' provider give these answers, one a call; return what it is asked."""
    asked: list[terms.WaybillRequest] = []
    left = list(given)

    def issue_waybill(request: terms.WaybillRequest, *, settings: object) -> str:
        asked.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(kdniao, "issue_waybill", issue_waybill)
    return asked


def test_request_waybills_labels_the_parcel(wanted: Waybill, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "SF100")
    assert logistics.request_waybills(at=LATER - timedelta(microseconds=1)) == 0
    assert [logistics.request_waybills(at=LATER) for _ in range(2)] == [1, 0]
    wanted.refresh_from_db()
    order = Order.objects.get()
    assert (wanted.state, wanted.number, wanted.issued_at, wanted.attempts) == ("issued", "SF100", LATER, 1)
    assert Parcel.objects.get().state == "labelled"
    (request,) = asked
    assert (request.reference, request.carrier_code, request.weight_grams) == (f"{order.number}-1", "SF", 500)
    assert (request.receiver.name, request.receiver.province, request.receiver.county) == (
        order.recipient,
        "上海市",
        "徐汇区",
    )


def test_request_waybills_asks_again_later_and_gives_up_in_view(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, *[terms.CarrierUnavailable("timeout")] * 8, "SF100")
    waits, at = [], LATER
    while wanted.state == "wanted":
        logistics.request_waybills(at=at)
        wanted.refresh_from_db()
        waits.append((wanted.next_attempt_at - at).total_seconds())
        at = wanted.next_attempt_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert (wanted.state, wanted.last_error, logistics.request_waybills(at=at)) == ("dead", "timeout", 0)
    logistics.replay_waybill(wanted.pk, at=at)
    assert logistics.request_waybills(at=at) == 1
    wanted.refresh_from_db()
    assert (wanted.state, wanted.number) == ("issued", "SF100")


def test_request_waybills_gives_up_a_number_that_another_parcel_has(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = waybill_of(shipped(member(points=100), (sku(stock=5), 1)))
    Waybill.objects.filter(pk=other.pk).update(carrier=wanted.carrier)
    answers(monkeypatch, other.number)
    assert logistics.request_waybills(at=LATER) == 1
    wanted.refresh_from_db()
    assert (wanted.state, wanted.number, "another parcel" in wanted.last_error) == ("dead", "", True)


def test_request_waybills_gives_up_in_view_what_kills_its_workers(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch)
    Waybill.objects.filter(pk=wanted.pk).update(attempts=8)
    assert logistics.request_waybills(at=LATER) == 1
    wanted.refresh_from_db()
    assert (wanted.state, asked) == ("dead", [])


def test_request_waybills_takes_a_no_for_an_answer(wanted: Waybill, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, terms.CarrierRefused("no such street"))
    logistics.request_waybills(at=LATER)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.last_error, wanted.attempts) == ("dead", "no such street", 1)


def test_request_waybills_labels_nothing_that_was_cancelled_while_it_asked(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel_meanwhile(request: terms.WaybillRequest, *, settings: object) -> str:
        order = Order.objects.get()
        orders.cancel_orders([move(order)])
        logistics.drop_tasks(move(order))
        return "SF100"

    monkeypatch.setattr(kdniao, "issue_waybill", cancel_meanwhile)
    logistics.request_waybills(at=LATER)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.number, Parcel.objects.get().state) == ("cancelling", "SF100", "stopped")


# --- Giving waybills back


def cancels(monkeypatch: pytest.MonkeyPatch, *given: object) -> list[tuple[str, str, str]]:
    """Let the provider answer so when asked to cancel, one a call; return what it is asked."""
    asked: list[tuple[str, str, str]] = []
    left = list(given)

    def cancel_waybill(carrier: str, number: str, *, reference: str, settings: object) -> None:
        asked.append((carrier, number, reference))
        if isinstance(answer := left.pop(0), Exception):
            raise answer

    monkeypatch.setattr(kdniao, "cancel_waybill", cancel_waybill)
    return asked


@pytest.fixture
def given_back(wanted: Waybill, monkeypatch: pytest.MonkeyPatch) -> Waybill:
    """The waybill of an order that was cancelled once it was packed and labelled."""
    answers(monkeypatch, "SF100")
    logistics.request_waybills(at=LATER)
    order = Order.objects.get()
    orders.cancel_orders([move(order, at=LATER)])
    events.deliver_waiting(at=LATER)
    wanted.refresh_from_db()
    return wanted


def test_cancel_waybills_tells_the_carrier_once(given_back: Waybill, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cancels(monkeypatch, None)
    assert (given_back.state, given_back.number, given_back.attempts) == ("cancelling", "SF100", 0)
    at = given_back.next_attempt_at
    counts = [logistics.cancel_waybills(at=each) for each in (LATER, at, at + HOUR)]
    assert (counts, asked) == ([0, 1, 0], [("SF", "SF100", given_back.parcel.number)])
    given_back.refresh_from_db()
    assert (given_back.state, given_back.cancelled_at, given_back.cancelled_by) == (
        "void",
        at,
        "worker:waybills",
    )


def test_cancel_waybills_asks_nobody_about_a_waybill_that_nobody_was_asked_for(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = cancels(monkeypatch)
    orders.cancel_orders([move(Order.objects.get())])
    events.deliver_waiting(at=LATER)
    wanted.refresh_from_db()
    assert (wanted.state, logistics.cancel_waybills(at=LATER + HOUR), asked) == ("void", 0, [])


def test_cancel_waybills_tries_again_and_gives_up_in_view(
    given_back: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancels(monkeypatch, *[terms.CarrierUnavailable("timeout")] * 8, None)
    waits, at = [], given_back.next_attempt_at
    while given_back.state == "cancelling":
        logistics.cancel_waybills(at=at)
        given_back.refresh_from_db()
        waits.append((given_back.next_attempt_at - at).total_seconds())
        at = given_back.next_attempt_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert (given_back.state, given_back.last_error, logistics.cancel_waybills(at=at)) == (
        "stuck",
        "timeout",
        0,
    )
    logistics.replay_waybill(given_back.pk, at=at)
    assert logistics.cancel_waybills(at=at) == 1
    given_back.refresh_from_db()
    assert (given_back.state, given_back.cancelled_at) == ("void", at)


def test_cancel_waybills_takes_a_no_for_an_answer_until_somebody_telephones(
    given_back: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancels(monkeypatch, terms.CarrierRefused("快件已揽收"))
    at = given_back.next_attempt_at
    logistics.note_cancelled(given_back.pk, at=at, by="operator:wang")  # nothing to settle yet
    logistics.cancel_waybills(at=at)
    given_back.refresh_from_db()
    assert (given_back.state, given_back.last_error, given_back.attempts) == ("stuck", "快件已揽收", 1)
    logistics.note_cancelled(given_back.pk, at=at + HOUR, by="operator:wang")
    given_back.refresh_from_db()
    assert (given_back.state, given_back.cancelled_at, given_back.cancelled_by) == (
        "void",
        at + HOUR,
        "operator:wang",
    )


def test_a_number_that_comes_after_all_is_cancelled_too(
    wanted: Waybill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider gave the number, but its answer was held up until the cancelling was over."""
    asked = cancels(monkeypatch, None, None)

    def cancel_meanwhile(request: terms.WaybillRequest, *, settings: object) -> str:
        orders.cancel_orders([move(Order.objects.get())])
        events.deliver_waiting(at=LATER)
        assert logistics.cancel_waybills(at=LATER + HOUR) == 1
        return "SF100"

    monkeypatch.setattr(kdniao, "issue_waybill", cancel_meanwhile)
    logistics.request_waybills(at=LATER)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.number, wanted.cancelled_at) == ("cancelling", "SF100", None)
    assert logistics.cancel_waybills(at=LATER) == 1
    reference = wanted.parcel.number
    assert asked == [("SF", "", reference), ("SF", "SF100", reference)]


def test_a_parcel_that_came_with_its_number_is_not_cancelled_by_us(somebody: Member) -> None:
    task = picked(somebody, (sku(stock=5), 1))
    logistics.pack([packing(task, logistics.Box(500, waybill="SF77"))])
    logistics.drop_tasks(move(Order.objects.get()))
    assert Waybill.objects.get().state == "void"


# --- Shipping


def test_ship_hands_parcels_over_and_tells_the_waybills(somebody: Member) -> None:
    mug = sku(stock=5)
    order = packed(somebody, (mug, 2))
    (parcel,) = logistics.ship([orders.Move(order.pk, LATER, "operator:wang")])
    waybill = waybill_of(order)
    assert (parcel.state, parcel.handed_over_at, waybill.next_poll_at) == ("handed_over", LATER, LATER)
    assert stock_of(mug) == (3, 0)
    assert order.events.get(kind="order.shipped").data == {
        "parcels": [
            {
                "number": parcel.number,
                "carrier": "顺丰",
                "carrier_en": "SF Express",
                "waybill": waybill.number,
                "items": {"1": 2},
            }
        ]
    }


def test_ship_refuses_a_parcel_without_waybill(wanted: Waybill) -> None:
    before = everything()
    with pytest.raises(logistics.NoWaybill):
        logistics.ship([move(Order.objects.get())])
    assert everything() == before


def test_ship_refuses_an_order_that_is_not_packed(somebody: Member) -> None:
    for order in (picking(somebody, (sku(stock=5), 1)), shipped(somebody, (sku(stock=5), 1))):
        before = everything()
        with pytest.raises(orders.TransitionRefused):
            logistics.ship([move(order)])
        assert everything() == before


# --- Tracking


def test_record_tracking_follows_the_parcel_to_the_door(somebody: Member) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    way = [
        track(terms.COLLECTED, at=AT, text="揽收", code="1"),
        track(terms.IN_TRANSIT, at=AT + HOUR, text="运输", code="2"),
        track(terms.OUT_FOR_DELIVERY, at=AT + 2 * HOUR, text="派送", code="202"),
        track(terms.DELIVERED, at=AT + 3 * HOUR),
    ]
    states = []
    for n in range(1, 5):  # carriers tell the whole track each time
        assert logistics.record_tracking([report(order, *way[:n])]) == 1
        states.append((Parcel.objects.get().state, Order.objects.get().status))
    assert states == [
        ("handed_over", "shipped"),
        ("in_transit", "shipped"),
        ("out_for_delivery", "shipped"),
        ("delivered", "delivered"),
    ]
    parcel = Parcel.objects.get()
    assert (parcel.delivered_at, parcel.last_event_at, parcel.waybill.next_poll_at) == (
        AT + 3 * HOUR,
        AT + 3 * HOUR,
        None,
    )
    assert order.events.get(kind="order.delivered").by == "carrier:SF"


def test_record_tracking_stores_but_does_not_apply_what_is_older_or_known(somebody: Member) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    logistics.record_tracking([report(order, track(terms.DELIVERED, at=AT + 3 * HOUR))])
    before = everything()
    late = track(terms.IN_TRANSIT, at=AT + 9 * HOUR, text="运输", code="2")
    assert [logistics.record_tracking([report(order, late)]) for _ in range(2)] == [1, 0]
    assert TrackingEvent.objects.count() == 2
    parcel = Parcel.objects.get()
    assert (parcel.state, Order.objects.get().status, everything()[4]) == (
        "delivered",
        "delivered",
        before[4],
    )


def test_record_tracking_delivers_an_order_when_all_its_parcels_have_arrived(somebody: Member) -> None:
    task = picked(somebody, (sku(stock=5), 2))
    line = task.lines.get()
    boxes = [logistics.Box(500, contents={line.pk: 1}, waybill=f"SF{n}") for n in (1, 2)]
    logistics.pack([packing(task, *boxes)])
    order = Order.objects.get()
    logistics.ship([move(order)])
    statuses = []
    for waybill in Waybill.objects.order_by("pk"):
        logistics.record_tracking([report(waybill, track())])
        statuses.append(Order.objects.get().status)
    assert statuses == ["shipped", "delivered"]


def test_record_tracking_passes_by_an_unknown_waybill_and_an_empty_report(somebody: Member) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    before = everything()
    assert logistics.record_tracking([logistics.Report(0, (track(),), LATER, "carrier:SF")]) == 0
    assert logistics.record_tracking([report(order)]) == 0
    assert everything() == before


def pushed(monkeypatch: pytest.MonkeyPatch, *reports: terms.TrackReport) -> int:
    """Keep a callback that holds these reports and return its row."""
    monkeypatch.setattr(kdniao, "parse_push", lambda body, *, at: list(reports))
    logistics.receive_push(source="kdniao", body=repr(reports), at=AT)
    return CarrierPush.objects.latest("pk").pk


def told(waybill: str, *points: terms.TrackPoint) -> terms.TrackReport:
    return terms.TrackReport("SF", waybill, "", success=True, reason="", points=points)


def test_receive_push_keeps_each_callback_once() -> None:
    kept = [logistics.receive_push(source="kdniao", body=body, at=AT) for body in ("{}", "{}", "[]")]
    assert (kept, CarrierPush.objects.count()) == ([True, False, True], 2)


def test_apply_pushes_applies_what_waits_and_once(somebody: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    pushed(monkeypatch, told(waybill_of(order).number, track()))
    assert [logistics.apply_pushes(at=LATER) for _ in range(2)] == [1, 0]
    push = CarrierPush.objects.get()
    assert (push.applied_at, push.last_error, Order.objects.get().status) == (LATER, "", "delivered")


def test_apply_pushes_parks_what_it_cannot_place_and_gives_up_in_view(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = CarrierPush.objects.get(pk=pushed(monkeypatch, told("SF-unknown", track())))
    waits, at = [], AT
    while push.dead_at is None:
        logistics.apply_pushes(at=at)
        push.refresh_from_db()
        waits.append((push.next_attempt_at - at).total_seconds())
        at = push.next_attempt_at
    assert waits == [20, 40, 80, 160, 320, 640, 1280, 2560]
    assert (push.attempts, "no such waybill" in push.last_error, logistics.apply_pushes(at=at)) == (
        8,
        True,
        0,
    )

    order = shipped(somebody, (sku(stock=5), 1))
    Waybill.objects.filter(parcel__order=order).update(number="SF-unknown")
    logistics.replay_push(push.pk, at=at)
    assert logistics.apply_pushes(at=at) == 1
    assert Order.objects.get().status == "delivered"


def test_apply_pushes_lets_a_stranger_delay_no_other_parcel_of_its_callback(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    pushed(monkeypatch, told("SF-unknown", track()), told(waybill_of(order).number, track()))
    assert logistics.apply_pushes(at=LATER) == 1
    push = CarrierPush.objects.get()
    assert (Order.objects.get().status, push.applied_at, push.attempts) == ("delivered", None, 1)


def test_apply_pushes_locks_all_orders_of_a_callback_together(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (shipped(somebody, (sku(stock=5), 1)) for _ in range(2))
    pushed(monkeypatch, *(told(waybill_of(order).number, track()) for order in (second, first)))
    locked = []
    lock_orders = orders.lock_orders

    def lock(moves: list[orders.Move]) -> list[Order]:
        locked.append([each.order_id for each in moves])
        return lock_orders(moves)

    monkeypatch.setattr(orders, "lock_orders", lock)
    logistics.apply_pushes(at=LATER)
    assert set(Order.objects.values_list("status", flat=True)) == {"delivered"}
    assert locked == [[second.pk, first.pk]]


def test_poll_tracking_subscribes_first_and_asks_after_that(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    calls: list[str] = []
    monkeypatch.setattr(kdniao, "subscribe", lambda *words, **more: calls.append("subscribe"))
    monkeypatch.setattr(
        kdniao, "query_tracking", lambda *words, **more: calls.append("query") or [track(at=AT + HOUR)]
    )
    counts = [logistics.poll_tracking(at=at) for at in (AT, AT, AT + rules.POLL_EVERY, AT + 9 * HOUR)]
    assert (counts, calls) == ([1, 0, 1, 0], ["subscribe", "query"])
    assert (waybill_of(order).subscribed_at, Order.objects.get().status) == (AT, "delivered")


def test_poll_tracking_goes_on_when_the_provider_is_away(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shipped(somebody, (sku(stock=5), 1))

    def away(*_words: object, **_more: object) -> None:
        raise terms.CarrierUnavailable("timeout")

    monkeypatch.setattr(kdniao, "subscribe", away)
    assert logistics.poll_tracking(at=AT) == 1
    waybill = waybill_of(order)
    assert (waybill.subscribed_at, waybill.next_poll_at) == (None, AT + rules.POLL_EVERY)


def polled(monkeypatch: pytest.MonkeyPatch, answer: object = None) -> list[str]:
    """Let the provider answer so to every question; return which parcels were asked about."""
    asked: list[str] = []

    def ask(_carrier: str, number: str, **_more: object) -> list[terms.TrackPoint]:
        asked.append(number)
        if isinstance(answer, Exception):
            raise answer
        return []

    monkeypatch.setattr(kdniao, "subscribe", ask)
    monkeypatch.setattr(kdniao, "query_tracking", ask)
    return asked


def poll_until(end: datetime, order: Order) -> datetime | None:
    """Ask whenever it is time; return when the parcel is to be asked about after that."""
    while (at := waybill_of(order).next_poll_at) is not None and at < end:
        logistics.poll_tracking(at=at)
    return at


def test_poll_tracking_ends_when_a_parcel_was_silent_for_too_long(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = polled(monkeypatch)
    order = shipped(somebody, (sku(stock=5), 1))
    heard_at = AT + timedelta(days=2)
    logistics.record_tracking([report(order, track(terms.IN_TRANSIT, at=heard_at))])
    last = heard_at + rules.FOLLOWED_FOR
    Waybill.objects.update(next_poll_at=last - HOUR)
    assert poll_until(last + 9 * HOUR, order) is None
    assert len(asked) == 2  # half an hour apart, and then no more
    logistics.record_tracking([report(order, track(at=last + HOUR))])  # a push still counts
    order.refresh_from_db()
    assert order.status == "delivered"


def test_poll_tracking_ends_with_the_order(somebody: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = polled(monkeypatch)
    order = shipped(somebody, (sku(stock=5), 1))
    orders.confirm_receipt([move(order)])
    assert logistics.poll_tracking(at=AT) == 1
    assert asked == [waybill_of(order).number]  # it may still be on its way to somebody who signed too early
    orders.close_orders([move(order)])
    assert poll_until(AT + 9 * HOUR, order) is None
    assert len(asked) == 1


def test_poll_tracking_ends_after_several_refusals_in_a_row(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = polled(monkeypatch, terms.CarrierRefused("快递公司编码错误"))
    order = shipped(somebody, (sku(stock=5), 1))
    Waybill.objects.update(refused_polls=rules.MOST_REFUSALS - 2)
    polled_once = polled(monkeypatch)
    logistics.poll_tracking(at=AT)
    assert (polled_once, waybill_of(order).refused_polls) == (
        [waybill_of(order).number],
        0,
    )  # an answer forgives
    asked = polled(monkeypatch, terms.CarrierRefused("快递公司编码错误"))
    assert poll_until(AT + 99 * HOUR, order) is None
    waybill = waybill_of(order)
    assert (len(asked), waybill.refused_polls, waybill.last_error) == (8, 8, "快递公司编码错误")


@pytest.mark.parametrize("gone", ["lost", "returned"])
def test_a_parcel_whose_way_is_over_is_left_alone(somebody: Member, gone: str) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    logistics.record_tracking([report(order, track(gone, at=AT + HOUR))])
    assert (waybill_of(order).next_poll_at, Parcel.objects.get().state) == (None, gone)


def test_follow_parcels_begins_with_those_on_their_way_and_not_all_at_once(somebody: Member) -> None:
    begun, at = [], AT + timedelta(days=20)
    for days in (0, 19, 19):
        order = packed(somebody, (sku(stock=5), 1))
        past = orders.Move(order.pk, AT + timedelta(days=days), "import", is_history=True)
        Waybill.objects.filter(parcel__order=order).update(state="issued", number=f"SF{order.pk}")
        logistics.ship([past])
        begun.append(order)
    arrived = begun.pop()
    logistics.record_tracking([logistics.Report(waybill_of(arrived).pk, (track(at=AT),), at, "import", True)])
    everybody = [*(order.pk for order in begun), arrived.pk]
    logistics.follow_parcels(everybody, at=AT + timedelta(days=40))
    first = [waybill_of(order).next_poll_at for order in (*begun, arrived)]
    assert first[0] is None  # silent for forty days
    assert first[1] is not None
    assert first[2] is None
    assert timedelta() <= first[1] - (AT + timedelta(days=40)) < rules.POLL_EVERY


# --- Rules


def service(**fields: object) -> CarrierService:
    usual: dict[str, object] = {
        "code": "a",
        "max_weight_g": 10_000,
        "max_length_mm": 1_000,
        "first_price": 1_200,
        "additional_price": 200,
        "first_weight_g": 1_000,
        "additional_weight_g": 500,
        "days": 3,
        "provinces": [],
    }
    return CarrierService(**(usual | fields))


@pytest.mark.parametrize(
    ("weight", "price"), [(1, 1_200), (1_000, 1_200), (1_001, 1_400), (1_500, 1_400), (1_501, 1_600)]
)
def test_freight_counts_every_begun_step(weight: int, price: int) -> None:
    assert rules.freight(service(), weight) == price


def test_cheapest_takes_what_fits_then_the_price_then_the_speed() -> None:
    offers = [
        service(code="dear", first_price=2_000),
        service(code="slow", days=5),
        service(code="quick", days=1),
        service(code="small", first_price=1, max_weight_g=100),
        service(code="short", first_price=1, max_length_mm=100),
        service(code="far", first_price=1, provinces=["540000"]),
    ]

    def chosen(province: str, weight: int, longest: int) -> str | None:
        best = rules.cheapest(offers, province=province, weight_g=weight, longest_mm=longest)
        return best.code if best else None

    assert [
        chosen("310000", 500, 500),
        chosen("540000", 500, 500),
        chosen("310000", 10_001, 1),
        chosen("310000", 1, 1_001),
    ] == ["quick", "far", None, None]


@pytest.mark.parametrize(
    ("before", "told_of", "after"),
    [
        ("handed_over", [terms.IN_TRANSIT], "in_transit"),
        ("delivered", [terms.IN_TRANSIT, terms.OUT_FOR_DELIVERY], "delivered"),
        ("out_for_delivery", [terms.EXCEPTION, terms.AWAITING_PICKUP], "awaiting_pickup"),
        ("lost", [terms.DELIVERED], "delivered"),
        ("delivered", [terms.RETURNING, terms.RETURNED], "returned"),
        ("in_transit", [], "in_transit"),
    ],
)
def test_state_after_never_falls_back_in_rank(before: str, told_of: list[str], after: str) -> None:
    points = [track(status, at=AT + n * HOUR) for n, status in enumerate(told_of, start=1)]
    assert rules.state_after(before, AT, points) == after


def test_name_past_services_gives_each_carrier_one_that_nobody_can_choose() -> None:
    Carrier.objects.create(code="SF", name="顺丰")
    for _ in range(2):
        assert logistics.name_past_services(["ZTO", "SF", "SF"]) == {"SF": "past-sf", "ZTO": "past-zto"}
    rows = CarrierService.objects.order_by("code").values_list("code", "carrier__code", "is_active")
    assert list(rows) == [("past-sf", "SF", False), ("past-zto", "ZTO", False)]
    assert list(Carrier.objects.order_by("code").values_list("code", "is_active")) == [
        ("SF", True),
        ("ZTO", False),
    ]
