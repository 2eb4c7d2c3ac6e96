"""Waybills of orders that were cancelled: given back to the carrier, or left to a person."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics import terms
from logistics.gateways import kdniao
from logistics.models import Waybill
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.provider import cancels
from tests.logistics.test_services.warehouse import HOUR, LATER, packing, picked
from tests.worlds import move, sku

pytestmark = pytest.mark.django_db


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
