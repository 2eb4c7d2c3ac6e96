"""Somebody who redeems, and parcels that wait for their waybills or give them back."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics.models import Waybill
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.provider import answers
from tests.logistics.test_services.warehouse import LATER, packing, picked
from tests.worlds import member, move, sku


@pytest.fixture
def somebody() -> Member:
    return member(points=10_000)


@pytest.fixture
def wanted(somebody: Member) -> Waybill:
    """A parcel that waits for its waybill."""
    logistics.pack([packing(picked(somebody, (sku(stock=5), 1)), logistics.Box(500))])
    return Waybill.objects.get()


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
