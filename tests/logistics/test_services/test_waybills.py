"""Waybills asked for: given, refused, asked for again, and given up in view."""

from __future__ import annotations

from datetime import timedelta

import pytest

from logistics import services as logistics
from logistics import terms
from logistics.gateways import kdniao
from logistics.models import Parcel, Waybill
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.provider import answers
from tests.logistics.test_services.warehouse import LATER
from tests.worlds import member, move, shipped, sku, waybill_of

pytestmark = pytest.mark.django_db


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
