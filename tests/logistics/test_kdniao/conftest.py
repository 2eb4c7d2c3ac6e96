"""The simulated 快递鸟 on loopback, and a client with less patience than ours."""

from collections.abc import Iterator

import httpx
import pytest

from logistics.gateways import wire
from logistics.gateways.kdniao import KdniaoSettings
from simulators.front import Front
from simulators.kdniao import APP_KEY, BUSINESS_ID
from simulators.world import Choices, running
from tests.logistics.test_kdniao.one_parcel import AT, control


@pytest.fixture
def outside() -> Iterator[Front]:
    with running(Choices()) as front:
        control(front, "clock", now=AT.isoformat())
        yield front


@pytest.fixture
def settings(outside: Front) -> KdniaoSettings:
    return KdniaoSettings(outside.url + "/", BUSINESS_ID, APP_KEY)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same client with a patience that a test can bear."""
    with httpx.Client(timeout=httpx.Timeout(0.3, connect=0.3), trust_env=False) as client:
        monkeypatch.setattr(wire, "_client", lambda: client)
        monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.5)
        yield
