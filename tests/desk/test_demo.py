"""The demo mall holds what a newcomer should see, and breaks no law."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from aftersales.models import ReturnRequest
from desk.services import read_laws
from inventory.models import Category, Gift
from members.models import Member
from orders.models import Order


@pytest.mark.django_db
def test_load_demo_shows_orders_in_every_state_and_breaks_no_law() -> None:
    call_command("load_demo", stdout=io.StringIO())
    shown = set(Order.objects.values_list("status", flat=True))
    assert set(Order.Status.values) - shown == {"created"}  # which an order leaves in the moment it is placed
    assert set(ReturnRequest.objects.values_list("status", flat=True)) >= {
        "requested",
        "refunded",
        "rejected",
    }
    assert Gift.objects.count() >= 60
    assert (Category.objects.count(), Member.objects.count()) == (8, 30)
    broken = {it.law.code: it.offenders for it in read_laws(at=timezone.now()) if it.violations}
    assert broken == {}
