"""The carriers' provider of these tests: it answers as it is told to."""

from __future__ import annotations

import pytest

from logistics import terms
from logistics.gateways import kdniao


def answers(monkeypatch: pytest.MonkeyPatch, *given: object) -> list[terms.WaybillRequest]:
    """Let the carriers' provider give these answers, one a call; return what it is asked."""
    asked: list[terms.WaybillRequest] = []
    left = list(given)

    def issue_waybill(request: terms.WaybillRequest, *, settings: object) -> str:
        asked.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(kdniao, "issue_waybill", issue_waybill)
    return asked


def cancels(monkeypatch: pytest.MonkeyPatch, *given: object) -> list[tuple[str, str, str]]:
    """Let the provider answer so when asked to cancel, one a call; return what it is asked."""
    asked: list[tuple[str, str, str]] = []
    left = list(given)

    def cancel_waybill(carrier: str, number: str, *, reference: str, settings: object) -> None:
        asked.append((carrier, number, reference))
        if isinstance(answer := left.pop(0), Exception):
            raise answer

    monkeypatch.setattr(kdniao, "cancel_waybill", cancel_waybill)
    return asked
