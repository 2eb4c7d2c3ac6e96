"""Parcels handed to their carrier, and what the order is told of it."""

from __future__ import annotations

import pytest

from logistics import services as logistics
from logistics.models import Waybill
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests.logistics.test_services.warehouse import LATER, everything
from tests.worlds import move, packed, picking, shipped, sku, stock_of, waybill_of

pytestmark = pytest.mark.django_db


def test_ship_hands_parcels_over_and_tells_the_waybills(somebody: Member) -> None:
    mug = sku(stock=5)
    order = packed(somebody, (mug, 2))
    (parcel,) = logistics.ship([orders.Move(order.pk, LATER, "operator:wang")])
    waybill = waybill_of(order)
    assert (parcel.state, parcel.handed_over_at, waybill.next_poll_at) == ("handed_over", LATER, LATER)
    assert stock_of(mug) == (3, 0)
    assert order.events.get(kind="order.shipped").data == {
        "parcels": [
            {
                "number": parcel.number,
                "carrier": "顺丰",
                "carrier_en": "SF Express",
                "waybill": waybill.number,
                "items": {"1": 2},
            }
        ]
    }


def test_ship_refuses_a_parcel_without_waybill(wanted: Waybill) -> None:
    before = everything()
    with pytest.raises(logistics.NoWaybill):
        logistics.ship([move(Order.objects.get())])
    assert everything() == before


def test_ship_refuses_an_order_that_is_not_packed(somebody: Member) -> None:
    for order in (picking(somebody, (sku(stock=5), 1)), shipped(somebody, (sku(stock=5), 1))):
        before = everything()
        with pytest.raises(orders.TransitionRefused):
            logistics.ship([move(order)])
        assert everything() == before
