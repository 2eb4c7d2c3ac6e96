"""A slow provider delays nothing else, and logs name nobody."""

from __future__ import annotations

import logging
import time

import pytest

from members import services as members
from members.gateways import wire
from members.models import Message
from members.services.messages import channels
from members.terms import SmsRefused
from simulators.front import Front
from tests.members.test_sms.providers import NO, NUMBER, control, deliver
from tests.worlds import AT, member


def test_a_slow_provider_delays_nothing_else(
    provider: str, outside: Front, told: Message, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.3)
    control(outside, f"{provider}/faults", kind="slow", seconds=20, times=-1, effect=False)
    for n in range(3):
        context: dict[str, object] = {"number": NUMBER, "carrier": "顺丰", "waybill": "SF1"}
        members.send_notices([members.Notice(member().pk, "order.shipped", f"{n}#5", AT, context)])
    began = time.monotonic()
    assert members.deliver_messages(at=AT) == 5  # four mails, one text, then the channel is left alone
    assert time.monotonic() - began < 5
    assert len(mailoutbox) == 4
    states = Message.objects.filter(channel="sms").values_list("state", flat=True).order_by("pk")
    assert list(states) == ["unknown", "waiting", "waiting", "waiting"]


def test_logs_name_no_phone_no_address_and_no_text(
    provider: str,
    outside: Front,
    told: Message,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    code = next(code for code, no in NO[provider].items() if no is SmsRefused)
    secret = {"code": "135790"}
    members.send_secret(told.member_id, template="sign_in.code", context=secret, fact="c", at=AT)
    control(outside, f"{provider}/answer", code=code)
    deliver()
    deliver()
    monkeypatch.setattr(channels, "_mail", lambda message: 1 / 0)
    members.deliver_messages(at=AT)
    assert len(caplog.records) >= 2
    said = " ".join(str(vars(record)) for record in caplog.records if record.name != "django.db.backends")
    private = (told.member.phone, told.member.email, told.member.name, NUMBER, "SF1", "135790")
    assert [word for word in private if word in said] == []
