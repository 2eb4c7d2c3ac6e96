"""Facts on their way up: once to each subscriber, again after a failure, given up in view."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation

from members import wording
from members.models import Message
from orders import events
from orders import services as orders
from orders.models import Order, OrderEvent
from orders.subscribers import tell_member
from tests.worlds import AT, address, member, move, placed, shipped, sku

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return placed(member(points=100), (sku(stock=5), 1))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[events.Subscriber]]:
    """Subscribers of a test, in place of the house's."""
    subscribers: dict[str, list[events.Subscriber]] = {kind: [] for kind in OrderEvent.Kind.values}
    monkeypatch.setattr(events, "_subscribers", subscribers)
    return subscribers


def test_on_subscribes_to_each_kind(alone: dict[str, list[events.Subscriber]]) -> None:
    @events.on("order.placed", "order.closed")
    def listen(event: OrderEvent, at: datetime) -> None: ...

    assert {kind for kind, them in alone.items() if listen in them} == {"order.placed", "order.closed"}


def test_deliver_waiting_hands_over_what_is_due_oldest_first_and_once(
    order: Order, alone: dict[str, list[events.Subscriber]]
) -> None:
    told: list[int] = []
    for them in alone.values():
        them.append(lambda event, at: told.append(event.seq))
    orders.cancel_orders([move(order, at=AT.replace(hour=5))])
    assert [events.deliver_waiting(at=AT) for _ in range(2)] == [2, 0]
    assert told == [1, 2]
    assert events.deliver_waiting(at=AT.replace(hour=5), limit=1) == 1
    assert told == [1, 2, 3]
    assert set(order.events.values_list("delivered_at", flat=True)) == {AT, AT.replace(hour=5)}


def test_deliver_keeps_what_a_subscriber_wrote_only_with_the_mark(
    order: Order, alone: dict[str, list[events.Subscriber]]
) -> None:
    def fail(event: OrderEvent, at: datetime) -> None:
        raise RuntimeError("no")

    alone["order.confirmed"] += [tell_member, fail]
    event = order.events.get(seq=2)
    assert events.deliver(event.pk, at=AT) is True
    event.refresh_from_db()
    assert (event.delivered_at, event.attempts, event.last_error, Message.objects.count()) == (
        None,
        1,
        "RuntimeError: no",
        0,
    )
    alone["order.confirmed"].remove(fail)
    assert events.deliver(event.pk, at=event.next_attempt_at) is True
    assert Message.objects.count() == 2
    assert events.deliver(event.pk, at=AT) is False


def test_deliver_waits_longer_after_each_failure_and_gives_up_in_view(
    order: Order, alone: dict[str, list[events.Subscriber]]
) -> None:
    def fail(event: OrderEvent, at: datetime) -> None:
        raise RuntimeError("x" * 400)

    alone["order.confirmed"].append(fail)
    event, at, waits = order.events.get(seq=2), AT, []
    while event.dead_at is None:
        events.deliver_waiting(at=at)
        event.refresh_from_db()
        waits.append((event.next_attempt_at - at).total_seconds())
        at = event.next_attempt_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280]
    assert (event.attempts, len(event.last_error), events.deliver_waiting(at=at)) == (8, 300, 0)

    events.replay(event.pk, at=at)
    alone["order.confirmed"].clear()
    assert events.deliver_waiting(at=at) == 1
    event = order.events.get(seq=2)
    assert (event.delivered_at, event.dead_at, event.attempts) == (at, None, 1)


def test_deliver_gives_up_on_what_takes_its_worker_along(
    order: Order, alone: dict[str, list[events.Subscriber]]
) -> None:
    class Killed(BaseException):
        """The worker is gone: nobody tidies up."""

    def kill(event: OrderEvent, at: datetime) -> None:
        raise Killed

    alone["order.confirmed"].append(kill)
    event, kills = order.events.get(seq=2), 0
    while event.dead_at is None:
        try:
            events.deliver(event.pk, at=event.next_attempt_at)
        except Killed:
            kills += 1
        event.refresh_from_db()
    assert (kills, event.attempts, event.delivered_at) == (8, 8, None)


def test_replay_leaves_alone_what_was_not_given_up(order: Order) -> None:
    before = list(order.events.values_list())
    for event in order.events.all():
        events.replay(event.pk, at=AT.replace(hour=5))
    assert list(order.events.values_list()) == before


def test_one_bad_fact_holds_up_no_other(order: Order, alone: dict[str, list[events.Subscriber]]) -> None:
    other = placed(member(points=100), (sku(stock=5), 1))

    def fail_for_one(event: OrderEvent, at: datetime) -> None:
        if event.order_id == order.pk:
            raise RuntimeError

    for them in alone.values():
        them.append(fail_for_one)
    events.deliver_waiting(at=AT)
    delivered = OrderEvent.objects.filter(delivered_at=AT).values_list("order", flat=True)
    assert set(delivered) == {other.pk}


def test_a_member_is_told_what_they_care_about_with_their_words() -> None:
    somebody = member(points=1000)
    order = shipped(somebody, (sku(stock=5, price=200), 1))
    events.deliver_waiting(at=AT)
    rows = (
        Message.objects.filter(channel="inbox").order_by("pk").values_list("template", "dedupe_key", "member")
    )
    assert list(rows) == [
        ("order.confirmed", f"{order.number}#2", somebody.pk),
        ("order.shipped", f"{order.number}#5", somebody.pk),
    ]
    told = Message.objects.get(channel="inbox", template="order.shipped").context
    assert told == {
        "number": order.number,
        "points": 200,
        "reason": "",
        "carrier": "顺丰",
        "carrier_en": "SF Express",
        "waybill": f"SF{order.number}",
    }


def test_a_member_is_told_how_many_points_came_back() -> None:
    order = placed(member(points=1000), (sku(stock=5, price=200), 1))
    orders.cancel_orders([move(order, reason="out of paint")])
    events.deliver_waiting(at=AT)
    told = Message.objects.get(channel="inbox", template="order.cancelled").context
    assert (told["points"], told["reason"]) == (200, "out of paint")


def test_a_member_is_told_what_was_mended() -> None:
    somebody = member(points=1000)
    order = placed(somebody, (sku(stock=5, price=200), 3))
    by = f"member:{somebody.number}"
    wanted = [orders.LineCancel(order.lines.get().pk, 2)]
    orders.cancel_units(move(order, by=by), wanted, key="one click")
    orders.change_address(move(order, by=by), address(somebody).pk)
    events.deliver_waiting(at=AT)
    order.refresh_from_db()
    rows = Message.objects.filter(dedupe_key__in=[f"{order.number}#3", f"{order.number}#4"])
    assert list(rows.order_by("pk").values_list("template", "channel")) == [
        ("order.units_cancelled", "inbox"),
        ("order.units_cancelled", "mail"),
        ("order.address_changed", "inbox"),
        ("order.address_changed", "mail"),
        ("order.address_changed", "sms"),  # whoever it was: it may not have been the member
    ]
    back, elsewhere = rows.filter(channel="inbox").order_by("pk")
    assert back.context["points"] == 400
    assert elsewhere.context["region"] == order.region_name
    with translation.override("en"):
        assert f"{order.region_name}. Not you?" in wording.of(elsewhere).body
