"""Virtual gifts: codes are stock, each unit gets its own, and nothing is picked, sent or told in a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aftersales import services as aftersales
from desk import services as desk
from foundation.refusals import NotFound, Refusal
from inventory import services as inventory
from inventory.models import Gift, Sku, VirtualCode
from logistics.models import PickTask
from members.models import Message
from orders import events, services
from orders.models import Order, OrderLine, ReviewRule
from tests import worlds
from tests.worlds import AT

pytestmark = pytest.mark.django_db


def voucher(codes: int = 3, *, price: int = 100) -> Sku:
    """A virtual gift with so many codes."""
    made = worlds.sku(price=price)
    Gift.objects.filter(pk=made.gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)
    made.refresh_from_db()
    if codes:
        stocked = [f"{made.code}-SECRET-{i:04d}" for i in range(codes)]
        inventory.add_codes(made.code, stocked, batch="b1", at=AT, by="operator:lin")
    return made


def ordered(*lines: tuple[Sku, int], points: int = 10_000, **fields: Any) -> Order:
    return worlds.placed(worlds.member(points=points), *lines, address_id=None, **fields)


def hear_all() -> None:
    events.deliver_waiting(at=AT)


def test_codes_are_stock_and_come_once() -> None:
    sku = voucher(0)
    arrived = [
        inventory.add_codes(sku.code, codes, batch="b", at=AT, by="operator:lin")
        for codes in (["A-1", "A-2", "A-1"], ["A-2", "A-3"], ["A-3"])
    ]
    assert (arrived, worlds.stock_of(sku)) == ([2, 1, 0], (3, 0))


def test_a_gift_that_is_sent_has_no_codes() -> None:
    with pytest.raises(inventory.NotVirtual):
        inventory.add_codes(worlds.sku().code, ["A"], batch="b", at=AT, by="x")
    with pytest.raises(NotFound):
        inventory.add_codes("NOPE", ["A"], batch="b", at=AT, by="x")
    assert VirtualCode.objects.count() == 0


def test_an_order_of_codes_needs_no_address_and_gets_each_unit_its_own() -> None:
    sku = voucher(3)
    order = ordered((sku, 2))
    hear_all()
    assert (order.status, order.address_id, order.recipient, PickTask.objects.count()) == (
        "ready",
        None,
        "",
        0,
    )
    assert services.issue_codes(at=AT) == 1
    order.refresh_from_db()
    path = [event.kind for event in order.events.order_by("seq")]
    assert path == ["order.placed", "order.confirmed", "order.issued", "order.delivered"]
    assert (order.status, worlds.stock_of(sku), order.lines.get().shipped) == ("delivered", (1, 0), 2)
    given = VirtualCode.objects.exclude(reference="").order_by("pk")
    assert [code.reference for code in given] == [f"{order.number}/1/1", f"{order.number}/1/2"]
    assert services.issue_codes(at=AT) == 0


def test_the_member_is_told_without_the_code() -> None:
    order = ordered((voucher(1), 1))
    services.issue_codes(at=AT)
    hear_all()
    told = Message.objects.filter(member=order.member, channel=Message.Channel.INBOX)
    assert set(told.values_list("template", flat=True)) == {"order.confirmed", "order.issued"}
    everything = str(list(Message.objects.values())) + str(list(order.events.values()))
    assert "SECRET" not in everything


def test_codes_are_shown_and_the_first_time_is_noted() -> None:
    order = ordered((voucher(2), 2))
    assert services.show_codes(order, at=AT) == []
    services.issue_codes(at=AT)
    ((line, codes),) = services.show_codes(order, at=AT)
    assert (line.order_id, len(codes)) == (order.pk, 2)
    assert set(VirtualCode.objects.values_list("shown_at", flat=True)) == {AT}


def test_codes_and_parcels_do_not_share_an_order() -> None:
    buyer = worlds.member(points=1_000)
    wish = worlds.wish(buyer, (voucher(1), 1), (worlds.sku(stock=1), 1))
    with pytest.raises(Refusal) as refused:
        services.place_order(wish)
    assert (refused.value.code, Order.objects.count(), worlds.points_of(buyer)) == (
        "virtual_alone",
        0,
        (1_000, 0),
    )


def test_a_gift_that_is_sent_needs_an_address() -> None:
    buyer = worlds.member(points=1_000)
    with pytest.raises(Refusal) as refused:
        services.place_order(worlds.wish(buyer, (worlds.sku(stock=1), 1), address_id=None))
    assert (refused.value.code, Order.objects.count()) == ("address_invalid", 0)


def test_an_address_is_not_kept_for_codes_and_no_rule_calls_it_new() -> None:
    ReviewRule.objects.create(kind="first_to_address")
    order = worlds.placed(worlds.member(points=1_000), (voucher(1), 1))
    assert (order.address_id, order.status) == (None, "ready")


def test_a_review_comes_before_the_code() -> None:
    ReviewRule.objects.create(kind="high_value", points_from=1)
    order = ordered((voucher(1), 1))
    assert (order.status, services.issue_codes(at=AT)) == ("under_review", 0)
    services.approve([worlds.move(order)])
    assert services.issue_codes(at=AT) == 1


def test_a_code_that_is_not_there_delays_only_its_own_order() -> None:
    empty, full = voucher(1), voucher(1)
    first, second = ordered((empty, 1)), ordered((full, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VirtualCode._meta, "triggers", [])
        VirtualCode.objects.filter(sku=empty).update(reference="elsewhere/1/1", given_at=AT)
    assert services.issue_codes(at=AT, limit=1) == 1
    assert [Order.objects.get(pk=one.pk).status for one in (first, second)] == ["ready", "delivered"]


def test_what_was_cancelled_before_gives_its_units_back() -> None:
    sku = voucher(2)
    order = ordered((sku, 2))
    services.cancel_orders([worlds.move(order)])
    assert services.issue_codes(at=AT) == 0
    assert (worlds.stock_of(sku), VirtualCode.objects.exclude(reference="").count()) == ((2, 0), 0)


def test_only_virtual_orders_are_handed_out() -> None:
    order = worlds.placed(worlds.member(points=1_000), (worlds.sku(stock=1), 1))
    assert services.issue_codes(at=AT) == 0
    assert OrderLine.objects.get(order=order).shipped == 0


def test_the_auditor_has_nothing_to_say_of_codes_that_were_handed_out() -> None:
    ordered((voucher(3), 2))
    hear_all()
    services.issue_codes(at=AT)
    assert {one.law.code: one.offenders for one in desk.read_laws(at=AT) if one.violations} == {}


def test_the_auditor_allows_for_a_cancel_just_before_a_worker_that_read_its_clock_earlier() -> None:
    order = ordered((voucher(), 3))
    hear_all()
    by, later = f"member:{order.member.number}", AT + timedelta(seconds=2)
    services.cancel_units(
        services.Move(order.pk, later, by), [services.LineCancel(order.lines.get().pk, 1)], key="click"
    )
    assert services.issue_codes(at=AT) == 1
    hear_all()
    assert {f.law.code: f.offenders for f in desk.read_laws(at=later) if f.violations} == {}


def test_codes_that_were_handed_out_are_not_given_back() -> None:
    order = ordered((voucher(3), 2))
    services.issue_codes(at=AT)
    with pytest.raises(aftersales.CodesFinal):
        aftersales.request_refund(order.pk, None, reason="used it", at=AT, by="operator:lin")
    assert not order.return_requests.exists()
