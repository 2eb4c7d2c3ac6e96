"""Asking after parcels: when it begins, how often, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from logistics import rules, terms
from logistics import services as logistics
from logistics.gateways import kdniao
from logistics.models import Parcel, Waybill
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.warehouse import HOUR, report
from tests.worlds import AT, move, packed, shipped, sku, track, waybill_of

pytestmark = pytest.mark.django_db


def test_poll_tracking_subscribes_first_and_asks_after_that(
    somebody: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shipped(somebody, (sku(stock=5), 1))
    calls: list[str] = []
    monkeypatch.setattr(kdniao, "subscribe", lambda *words, **more: calls.append("subscribe"))

    def query(*_words: object, **_more: object) -> list[terms.TrackPoint]:
        calls.append("query")
        return [track(at=AT + HOUR)]

    monkeypatch.setattr(kdniao, "query_tracking", query)
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
