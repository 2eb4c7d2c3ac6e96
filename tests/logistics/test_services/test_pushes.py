"""Callbacks of the provider: kept once, applied once, parked when nobody can place them."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics import terms
from logistics.gateways import kdniao
from logistics.models import CarrierPush, Waybill
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.warehouse import LATER
from tests.worlds import AT, shipped, sku, track, waybill_of

pytestmark = pytest.mark.django_db


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
