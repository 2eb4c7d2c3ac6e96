"""What a carrier reports of a parcel, and how far it moves the parcel and its order."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics import terms
from logistics.models import Parcel, TrackingEvent, Waybill
from members.models import Member
from orders.models import Order
from tests.logistics.test_services.warehouse import HOUR, LATER, everything, packing, picked, report
from tests.worlds import AT, move, shipped, sku, track

pytestmark = pytest.mark.django_db


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
