"""The demo mall holds what a newcomer should see, and breaks no law."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from aftersales.models import ReturnRequest
from desk.services import read_laws
from inventory.models import Category, Gift
from members.models import Member, Message, PointsPosting
from members.services import remind_of_expiry
from orders.models import Order
from tests import emptying


@pytest.mark.django_db(transaction=True)
def test_load_demo_shows_orders_in_every_state_and_breaks_no_law(
    settings: Any, mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    emptying.empty_tables(as_new=True)
    settings.SMS_URL = "http://127.0.0.1:9"  # nobody is there yet when `make run` loads the demo
    call_command("load_demo", stdout=io.StringIO())
    _past_was_told(mailoutbox, caplog)
    _points_came_before_they_went()
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


def _past_was_told(mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture) -> None:
    """What members were told in the past has reached them, without a word leaving the process or in the terminal."""
    sent = Message.objects.values("channel", "state").annotate(messages=Count("pk"))
    told = {(row["channel"], row["state"]): row["messages"] for row in sent}
    assert told.pop(("inbox", "sent")) > 150
    assert told.pop(("mail", "sent")) > 150
    assert told.pop(("sms", "delivered")) > 60
    # Two were given up and one arrived nowhere, for an operator to see; the last night's wait for the morning.
    assert (told.pop(("sms", "dead")), told.pop(("sms", "undeliverable"))) == (2, 1)
    assert set(told) <= {("mail", "waiting"), ("sms", "waiting")}
    still = Message.objects.filter(state="waiting")
    assert not still.filter(next_attempt_at__lte=timezone.now()).exists()
    assert remind_of_expiry(at=timezone.now()) == 0
    assert (mailoutbox, [record.getMessage() for record in caplog.records]) == ([], [])


def _points_came_before_they_went() -> None:
    """Every statement reads in the order of time, and nobody spent what they were given later."""
    told = PointsPosting.objects.order_by("pk").values_list("account", "transaction__at", "lot__granted_at")
    latest: dict[int, datetime] = {}
    for account, moment, granted in told:
        assert granted <= moment
        assert latest.get(account, moment) <= moment
        latest[account] = moment
