"""Members mend orders while the warehouse and the carriers work on them; and each guard taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from inventory import services as inventory
from logistics import services as logistics
from logistics.gateways import kdniao
from logistics.services import carriers
from logistics.terms import WaybillRequest
from members import services as people
from members.models import PointsLot, PointsTransaction
from orders import services as orders
from orders.models import Order, OrderEvent, Refund
from orders.services import changing, moving
from tests.races.racing import (
    Guard,
    Guards,
    Meeting,
    constraints,
    each_alone,
    earlier_refunds,
    race,
    row_locks,
    tally,
    unique,
)
from tests.worlds import AT, carrier_service, member, move, picking, placed, points_of, sku

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

HOUR = timedelta(hours=1)
SEQUENCE = constraints((OrderEvent, "events_are_numbered_per_order"))
LOT_CHECK = constraints((PointsLot, "lot_held_within_remaining_within_issued"))
ONCE = constraints((PointsTransaction, "one_points_transaction_per_reference"))
REFUNDED_ONCE = unique(Refund, "reference")


def cancelling(order: Order, quantity: int, key: str) -> Any:
    wanted = [orders.LineCancel(order.lines.get().pk, quantity)]
    return partial(orders.cancel_units, move(order), wanted, key=key)


# --- Two units cancelled twice, of three


def cancelled_twice(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int, int]:
    somebody, mug = member(points=600), sku(stock=9, price=100)
    placed(somebody, (mug, 3))
    order = placed(somebody, (mug, 3))
    meeting = Meeting(2)
    meeting.before(patch, moving._SAVE, "change")
    works = [cancelling(order, 2, "one"), cancelling(order, 2, "two")]
    outcomes = tally(race(*works, meeting=meeting))
    return outcomes, points_of(somebody)[0], Refund.objects.count()


@pytest.mark.parametrize("off", each_alone(SEQUENCE, LOT_CHECK, earlier_refunds, ONCE, REFUNDED_ONCE))
def test_units_are_cancelled_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_twice(monkeypatch) == (Counter({"done": 1, "invalid": 1}), 200, 1)


def test_units_are_cancelled_twice_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, SEQUENCE, LOT_CHECK, earlier_refunds, ONCE, REFUNDED_ONCE)
    # What is reserved would still say no to the second one.
    monkeypatch.setattr(inventory, "release_units", lambda parts: None)
    outcomes, points, refunds = cancelled_twice(monkeypatch)
    assert (outcomes, points, refunds) == (Counter({"done": 2}), 400, 2)


# --- Sent elsewhere while a carrier is asked for the waybill


def changed_while_the_carrier_is_asked(patch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Where the order goes, and where the carrier was told to bring it."""
    somebody = member(points=300)
    carrier_service()
    order = picking(somebody, (sku(stock=3, price=100), 1))
    task = order.pick_tasks.get()
    logistics.pick_all([logistics.TaskMove(task.pk, AT, "operator:wang")])
    logistics.pack([logistics.Packing(task.pk, (logistics.Box(500),), AT, "operator:wang")])
    new = people.add_address(
        somebody.pk, recipient="王五", phone="13900000000", region_code="310104", detail="新街 2 号",
        is_default=False, at=AT,
    )  # fmt: skip
    meeting, told = Meeting(2), []

    def issue(request: WaybillRequest, **_settings: object) -> str:
        meeting.wait()
        told.append(request.receiver.detail)
        return "SF1"

    patch.setattr(kdniao, "issue_waybill", issue)
    meeting.before(patch, changing, "_snapshot")
    change = partial(orders.change_address, move(order, by=f"member:{somebody.number}"), new.pk)
    outcomes = race(change, partial(logistics.request_waybills, at=AT), meeting=meeting)
    assert outcomes[1] == 1
    order.refresh_from_db()
    return order.address_detail, told[0]


def test_no_parcel_goes_to_the_old_address(monkeypatch: pytest.MonkeyPatch) -> None:
    goes, told = changed_while_the_carrier_is_asked(monkeypatch)
    assert goes == told


def test_a_parcel_goes_to_the_old_address_without_the_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_settled(moves: Sequence[orders.Move]) -> list[Order]:
        return list(Order.objects.filter(pk__in=[each.order_id for each in moves]))

    monkeypatch.setattr(orders, "settle_addresses", not_settled)
    goes, told = changed_while_the_carrier_is_asked(monkeypatch)
    assert (goes, told) == ("新街 2 号", "漕溪北路 1 号")


# --- Cancelled while a carrier is asked for the waybill


def cancelled_while_the_carrier_is_asked(patch: pytest.MonkeyPatch) -> set[str]:
    """The parcels that a courier would come for in the end."""
    somebody = member(points=300)
    carrier_service()
    order = picking(somebody, (sku(stock=3, price=100), 1))
    task = order.pick_tasks.get()
    logistics.pick_all([logistics.TaskMove(task.pk, AT, "operator:wang")])
    logistics.pack([logistics.Packing(task.pk, (logistics.Box(500),), AT, "operator:wang")])
    meeting, standing = Meeting(2), set()

    def issue(request: WaybillRequest, **_settings: object) -> str:
        standing.add(request.reference)
        meeting.wait()
        return "SF1"

    def take_back(_carrier: str, number: str, *, reference: str, **_settings: object) -> None:
        if number:  # this one wants to know which
            standing.discard(reference)

    def cancel() -> None:
        meeting.wait()
        orders.cancel_orders([move(order)])
        logistics.drop_tasks(move(order))

    patch.setattr(kdniao, "issue_waybill", issue)
    patch.setattr(kdniao, "cancel_waybill", take_back)
    race(cancel, partial(logistics.request_waybills, at=AT), meeting=meeting)
    while logistics.cancel_waybills(at=AT + HOUR):
        pass
    return standing


def test_no_courier_comes_for_a_cancelled_parcel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cancelled_while_the_carrier_is_asked(monkeypatch) == set()


def test_a_courier_comes_when_a_late_number_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(*_words: object, **_more: object) -> None:
        pass

    monkeypatch.setattr(carriers, "_record_number", forget)
    assert len(cancelled_while_the_carrier_is_asked(monkeypatch)) == 1
