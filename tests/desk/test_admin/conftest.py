"""A small mall with something in every queue."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from aftersales import services as aftersales
from aftersales.models import GiftReview, Survey
from desk import services
from inventory.models import VirtualCode
from logistics import services as logistics
from members import services as members
from members.models import CodePause
from members.terms import Receipt
from members.wording import Said
from orders import services as orders
from orders.models import ExceptionCase, Order, RedemptionRule
from tests import worlds


@pytest.fixture
def mall() -> dict[str, Order]:
    """A small mall with something in every queue."""
    lin = worlds.member(points=100_000)
    mug = worlds.sku(stock=500)
    made = {
        "ready": worlds.placed(lin, (mug, 1)),
        "picking": worlds.picking(lin, (mug, 1)),
        "packed": worlds.packed(lin, (mug, 2)),
        "shipped": worlds.shipped(lin, (mug, 1)),
        "delivered": worlds.delivered(lin, (mug, 1)),
        "cancelled": orders.cancel_orders([worlds.move(worlds.placed(lin, (mug, 1)))])[0],
        "under_review": worlds.under_review(lin, (mug, 3)),
    }
    worlds.pick_task(made["ready"])
    aftersales.request_refund(
        made["delivered"].pk, None, reason="chipped", at=worlds.AT, by=f"member:{lin.number}"
    )
    aftersales.file_complaint(
        lin.pk, category="other", words="slow", request_id="c1", at=worlds.AT, by=f"member:{lin.number}"
    )
    words = Said("Thank you", "Order %(number)s is yours.")
    members.choose_words("order.signed", "inbox", "en", words, at=worlds.AT, by="operator:lin")
    members.receive_receipts("aliyun", [Receipt("B1", "1", lin.phone, True, "DELIVERED")], at=worlds.AT)
    members.send_notices(
        [members.Notice(lin.pk, "order.signed", "fact", worlds.AT, {"number": made["ready"].number})]
    )
    line = made["delivered"].lines.get()
    GiftReview.objects.create(
        order_line=line,
        gift=mug.gift,
        member=lin,
        stars=4,
        words="nice",
        written_at=worlds.AT,
        changed_at=worlds.AT,
    )
    Survey.objects.create(
        order=made["delivered"], delivery=3, again="yes", answered_at=worlds.AT, by=f"member:{lin.number}"
    )
    VirtualCode.objects.create(
        sku=mug, secret="AB-12", batch="B1", added_at=worlds.AT, added_by="operator:lin"
    )
    logistics.receive_push(source="kdniao", body="{}", at=worlds.AT)
    ExceptionCase.objects.create(
        order=made["shipped"], kind="overdue", status_then="shipped", opened_at=worlds.AT
    )
    RedemptionRule.objects.create(kind="max_per_order", quantity=3)
    members.create_api_key(name="Bank", channel="bank", scopes=["orders:read"], at=worlds.AT)
    services.run_audit(at=worlds.AT)
    services.ask_erasure(worlds.member().pk, gives_up_points=False, at=worlds.AT)
    CodePause.objects.create(began_at=worlds.AT, ends_at=worlds.AT + timedelta(hours=1), sent=2000)
    with suppress(members.LogInFailed):
        members.sign_in(login="nobody", password="wrong", address="10.0.0.1", at=worlds.AT)
    return made
