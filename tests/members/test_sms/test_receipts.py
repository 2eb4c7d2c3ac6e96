"""Receipts: they settle what nobody knew, once, however often they come."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members import services as members
from members.gateways import wire
from members.models import Message, SmsReceipt
from simulators.front import Front
from tests.members.test_sms.providers import MINUTE, again, control, deliver, phones, text
from tests.worlds import AT


def late_answer(outside: Front, provider: str, patch: pytest.MonkeyPatch) -> None:
    """Let the provider send the next text and answer after we have given up waiting."""
    patch.setattr(wire, "READ_SECONDS", 0.3)
    control(outside, f"{provider}/faults", kind="slow", seconds=1)


def receipts_to_us(outside: Front, provider: str, client: Client, **wish: object) -> None:
    """Carry receipts from the provider to the mall, in the provider's own words."""
    pushed: list[str] = []
    parties: Any = outside.parties

    def send(body: str) -> dict[str, bool]:
        pushed.append(body)
        return {"sent": True, "accepted": True}

    parties[provider].postman.send = send
    control(outside, f"{provider}/receipts", **wish)
    for body in pushed:
        answer = client.post(
            f"/api/v1/sms/{provider}/receipts?key=simulated-receipts", body, content_type="application/json"
        )
        assert (answer.status_code, parties[provider].is_accepted(answer.json())) == (200, True)


def test_a_text_of_unknown_outcome_is_not_sent_again_blindly_but_settled_by_its_receipt(
    provider: str, outside: Front, told: Message, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_answer(outside, provider, monkeypatch)
    deliver()
    assert (again(told).state, again(told).provider_reference) == ("unknown", "")
    assert [deliver(AT + minutes * MINUTE) for minutes in (1, 5, 19)] == [0, 0, 0]
    until_shown(outside, told.member.phone)
    receipts_to_us(outside, provider, client, phone=told.member.phone)
    members.apply_receipts(at=timezone.now())
    settled = again(told)
    assert (settled.state, settled.delivered_at is not None) == ("delivered", True)
    assert deliver(AT + 60 * MINUTE) == 0
    assert len(phones(outside)) == 1


def until_shown(outside: Front, phone: str) -> None:
    ends = time.monotonic() + 10
    while not phones(outside, phone):
        assert time.monotonic() < ends


@pytest.mark.parametrize(("success", "state"), [(True, "delivered"), (False, "undeliverable")])
def test_receipts_settle_a_message_once_however_often_they_come(
    provider: str, outside: Front, told: Message, client: Client, success: bool, state: str
) -> None:
    deliver()
    receipts_to_us(outside, provider, client, phone=told.member.phone, success=success, copies=3)
    assert SmsReceipt.objects.count() == 1
    at = timezone.now()
    assert [members.apply_receipts(at=at) for _ in range(2)] == [1, 0]
    receipts_to_us(outside, provider, client, phone=told.member.phone, success=not success)
    members.apply_receipts(at=timezone.now())
    receipt = SmsReceipt.objects.order_by("pk").first()
    assert receipt is not None
    assert (again(told).state, receipt.phone, receipt.message_id) == (state, "", told.pk)


def test_a_receipt_of_a_text_that_was_never_ours_is_let_go(
    provider: str, outside: Front, told: Message, client: Client
) -> None:
    text(provider)  # by somebody else who uses our account
    receipts_to_us(outside, provider, client)
    at = timezone.now()
    taken = 0
    while SmsReceipt.objects.filter(dead_at=None).exists():
        taken += members.apply_receipts(at=at)
        at += timedelta(hours=3)
    receipt = SmsReceipt.objects.get()
    assert (taken, receipt.phone, again(told).state) == (6, "", "waiting")


def test_receipts_need_the_key_and_a_list(client: Client, db: None) -> None:
    address = "/api/v1/sms/aliyun/receipts"

    def push(body: str, query: str = "?key=simulated-receipts", **headers: str) -> int:
        return client.post(
            address + query, body, content_type="application/json", headers=headers or None
        ).status_code

    assert push("[]") == 200
    assert push("[]", "", **{"X-Receipt-Key": "simulated-receipts"}) == 200
    assert [push("[]", query) for query in ("", "?key=", "?key=guess", "?key=密")] == [401] * 4
    assert [push(body) for body in ("", "{}", "[1]", "[" * 5000, "\x00", "[null]")] == [400] * 6
    strange = (
        '[{"biz_id": "x\\u0000y", "out_id": "99999999999999999999", "phone_number": {"a": 1}}, {"biz_id": 7}]'
    )
    assert push(strange) == 200
    assert set(SmsReceipt.objects.values_list("provider_reference", "message_id", "phone")) == {
        ("xy", None, ""),
        ("7", None, ""),
    }
    assert client.post("/api/v1/sms/nobody/receipts").status_code == 404
    assert client.get(address).status_code == 405
