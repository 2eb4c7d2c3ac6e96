"""Both simulated providers, one of them ours, and a text that waits to go out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from members import services as members
from members.models import Message
from simulators.front import Front
from simulators.world import Choices, running
from tests.members.test_sms.providers import NUMBER
from tests.worlds import AT, member


@pytest.fixture
def outside() -> Iterator[Front]:
    with running(Choices()) as front:
        yield front


@pytest.fixture(params=["aliyun", "tencent"])
def provider(request: pytest.FixtureRequest, settings: Any, outside: Front) -> str:
    """One provider of the two, where the mall believes it to be."""
    name = str(request.param)
    outside.clock.stand_at(AT)  # a signature is good for a quarter of an hour
    settings.SMS_PROVIDER, settings.SMS_URL = name, f"{outside.url}/{name}-sms"
    settings.SMS_APP_ID, settings.SMS_REGION = "1400000000", "ap-guangzhou"
    return name


@pytest.fixture
def told(db: None) -> Message:
    """A text that waits to go out."""
    context = {"number": NUMBER, "points": 1200, "reason": "", "carrier": "顺丰", "waybill": "SF1"}
    members.send_notices([members.Notice(member().pk, "order.shipped", "1#5", AT, context)])
    return Message.objects.get(channel="sms")
