"""Two workers at one job: a fact, a message, a waybill, a callback; and each guard taken away."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import models

from logistics import services as logistics
from logistics.gateways import kdniao
from logistics.models import CarrierPush, Parcel, TrackingEvent, Waybill
from logistics.services import carriers, tracking
from logistics.terms import WaybillRequest
from members import services as members
from members.models import Message
from members.services.messages import channels, delivering
from orders import events
from orders.models import Order, OrderEvent
from orders.services import moving
from tests.races.racing import Guards, Meeting, constraints, race, row_locks, tally, unique
from tests.worlds import AT, carrier_service, member, pick_task, placed, shipped, sku, track, waybill_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def waiting_for_locks(guards: Guards) -> None:
    """Workers wait for a locked row instead of passing it by."""
    lock = models.QuerySet.select_for_update

    def wait(
        queryset: models.QuerySet[Any], *, skip_locked: bool = False, **options: Any
    ) -> models.QuerySet[Any]:
        return lock(queryset, **options)

    guards.patch.setattr(models.QuerySet, "select_for_update", wait)


# --- One fact


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What an only subscriber heard of."""
    told: list[int] = []
    monkeypatch.setitem(events._subscribers, "order.confirmed", [lambda event, at: told.append(event.pk)])
    return told


def confirmed_order() -> OrderEvent:
    return placed(member(points=100), (sku(stock=1), 1)).events.get(kind="order.confirmed")


class Meetings:
    """Two meetings, one after the other, that a party who is done comes to no more."""

    def __init__(self) -> None:
        self._meetings = Meeting(2), Meeting(2)
        self._been = threading.local()

    def wait(self) -> None:
        """Come to the next meeting."""
        self._been.times = getattr(self._been, "times", 0) + 1
        self._meetings[self._been.times - 1].wait()

    def leave(self) -> None:
        """Be done with both."""
        for meeting in self._meetings:
            meeting.leave()


def delivered_by_two(event: OrderEvent, patch: pytest.MonkeyPatch) -> Counter[bool]:
    """Two workers take one fact, and meet when both are to count it and when both are to hand it over."""
    meetings = Meetings()
    claim = events._claim

    def claimed(event_id: int) -> OrderEvent | None:
        found = claim(event_id)
        if found is not None:
            meetings.wait()
        return found

    patch.setattr(events, "_claim", claimed)
    return Counter(race(*[partial(events.deliver, event.pk, at=AT)] * 2, meeting=meetings))


def test_deliver_hands_a_fact_over_once(
    transactional_db: None, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = confirmed_order()
    assert delivered_by_two(event, monkeypatch) == Counter({True: 1, False: 1})
    assert heard == [event.pk]


def test_deliver_hands_a_fact_over_twice_without_lock(
    guards: Guards, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks)
    event = confirmed_order()
    assert delivered_by_two(event, monkeypatch) == Counter({True: 2})
    assert heard == [event.pk, event.pk]


def second_worker_while_the_first_is_busy(patch: pytest.MonkeyPatch) -> int:
    """Let a second worker come while the first is with a subscriber; return how many waited for the row."""
    event = confirmed_order()
    meeting, is_busy = Meeting(2), threading.Event()

    def subscriber(_event: OrderEvent, _at: datetime) -> None:
        is_busy.set()
        meeting.wait()

    def come_second() -> bool:
        assert is_busy.wait(60)
        return events.deliver(event.pk, at=AT + timedelta(minutes=1))

    patch.setitem(events._subscribers, "order.confirmed", [subscriber])
    race(partial(events.deliver, event.pk, at=AT), come_second, meeting=meeting)
    return meeting.waiting_for_rows


def test_deliver_passes_by_what_another_worker_has(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert second_worker_while_the_first_is_busy(monkeypatch) == 0


def test_deliver_waits_for_another_worker_without_skip_locked(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(waiting_for_locks)
    assert second_worker_while_the_first_is_busy(monkeypatch) == 1


def told_twice(patch: pytest.MonkeyPatch) -> int:
    """Two workers write the messages of one fact."""
    notice = members.Notice(member().pk, "order.signed", "1#1", AT, {"number": "1"})
    race(*[partial(members.send_notices, [notice])] * 2)
    return Message.objects.count()


def test_send_notices_writes_one_message_for_each_channel(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told_twice(monkeypatch) == 2


def test_send_notices_writes_messages_twice_without_unique(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(constraints((Message, "one_message_per_fact_member_channel")))
    assert told_twice(monkeypatch) == 4


# --- One message


def mailed_by_two(patch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Two workers take one message, and meet before either has counted its attempt."""
    members.send_notices([members.Notice(member().pk, "order.signed", "1#1", AT, {"number": "1"})])
    message = Message.objects.get(channel="mail")
    meeting = Meeting(2)
    meeting.before(patch, delivering, "backoff")
    taken = race(*[partial(delivering._deliver, message.pk, at=AT, send=channels.send)] * 2, meeting=meeting)
    return sum(outcome is not None for outcome in taken), len(mail.outbox)


def test_deliver_messages_sends_a_mail_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mailed_by_two(monkeypatch) == (1, 1)


def test_deliver_messages_sends_a_mail_twice_without_lock(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks)
    assert mailed_by_two(monkeypatch) == (2, 2)


# --- One waybill


def asked_by_two(patch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Two workers take one wish for a waybill, and meet before either has counted its attempt."""
    carrier_service()
    task = pick_task(placed(member(points=100), (sku(stock=1), 1)))
    logistics.start_picking([logistics.TaskMove(task.pk, AT, "operator:wang")])
    logistics.pick_all([logistics.TaskMove(task.pk, AT, "operator:wang")])
    logistics.pack([logistics.Packing(task.pk, (logistics.Box(500),), AT, "operator:wang")])
    Order.objects.update(
        address_final_at=AT
    )  # settled by an earlier try: writing it would hold up the second worker
    calls: list[WaybillRequest] = []

    def issue_waybill(request: WaybillRequest, *, settings: object) -> str:
        calls.append(request)
        return "SF1"

    patch.setattr(kdniao, "issue_waybill", issue_waybill)
    meeting = Meeting(2)
    meeting.before(patch, Waybill, "save")
    asked = race(*[partial(carriers._request_waybill, Waybill.objects.get().pk, at=AT)] * 2, meeting=meeting)
    assert Parcel.objects.get().state == "labelled"
    return sum(outcome is not None for outcome in asked), len(calls)


def test_request_waybills_asks_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_by_two(monkeypatch) == (1, 1)


def test_request_waybills_asks_twice_without_lock(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks)
    assert asked_by_two(monkeypatch) == (2, 2)


# --- One callback, and one event told several times at once


def pushed_by_ten(patch: pytest.MonkeyPatch) -> tuple[Counter[bool], int]:
    meeting = Meeting(10)
    meeting.before(patch, models.QuerySet, "create")
    push = partial(logistics.receive_push, source="kdniao", body="{}", at=AT)
    return Counter(race(*[push] * 10, meeting=meeting)), CarrierPush.objects.count()


def test_receive_push_keeps_a_callback_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pushed_by_ten(monkeypatch) == (Counter({True: 1, False: 9}), 1)


def test_receive_push_keeps_a_callback_ten_times_without_unique(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(unique(CarrierPush, "digest"))
    assert pushed_by_ten(monkeypatch) == (Counter({True: 10}), 10)


def applied_by_two(patch: pytest.MonkeyPatch) -> tuple[Counter[bool], int]:
    """Two workers take one callback, and meet when both have read it."""
    logistics.receive_push(source="kdniao", body="{}", at=AT)
    meeting, read = Meeting(2), []

    def parse_push(body: str, *, at: datetime) -> list[object]:
        read.append(body)
        meeting.wait()
        return []

    patch.setattr(kdniao, "parse_push", parse_push)
    apply = partial(tracking._apply_push, CarrierPush.objects.get().pk, at=AT)
    return Counter(race(apply, apply, meeting=meeting)), len(read)


def test_apply_pushes_applies_a_callback_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert applied_by_two(monkeypatch) == (Counter({True: 1, False: 1}), 1)


def test_apply_pushes_applies_a_callback_twice_without_lock(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks)
    assert applied_by_two(monkeypatch) == (Counter({True: 2}), 2)


def arrived_by_many(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int, int]:
    """The same arrival is told by a push and by polls at once."""
    order = shipped(member(points=100), (sku(stock=1), 1))
    report = logistics.Report(waybill_of(order).pk, (track(),), AT, "carrier:SF")
    meeting = Meeting(4)
    meeting.before(patch, moving._SAVE, "change")
    outcomes = tally(race(*[partial(logistics.record_tracking, [report])] * 4, meeting=meeting))
    arrivals = OrderEvent.objects.filter(kind="order.delivered").count()
    return outcomes, TrackingEvent.objects.count(), arrivals


def test_record_tracking_delivers_an_order_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert arrived_by_many(monkeypatch) == (Counter(done=4), 1, 1)


def test_record_tracking_stores_an_event_four_times_without_unique(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(constraints((TrackingEvent, "one_row_per_carrier_event")))
    assert arrived_by_many(monkeypatch) == (Counter(done=4), 4, 1)
