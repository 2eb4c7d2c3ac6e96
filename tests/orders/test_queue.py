"""How clicks find together into batches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from devtools.waiting import until
from orders.rules.placement import PlacementRequest
from orders.services import queue

A_LONG_TIME = 30.0


class Writer:
    """Stands in for the placing: writes down each batch, and does the first only when it may."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, requests: Sequence[Any]) -> list[Any]:
        self.batches.append(list(requests))
        self.has_begun.set()
        assert self.may_end.wait(A_LONG_TIME)
        return [f"{request} placed" for request in requests]


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    writer = Writer()
    monkeypatch.setattr(queue, "place_orders", writer)
    monkeypatch.setattr(queue, "LINGER", A_LONG_TIME)
    return writer


def click(clicks: queue.PlacementQueue, name: str) -> str:
    return str(clicks.place(cast("PlacementRequest", name)))


def test_place_waits_for_nobody_after_a_click_that_came_alone(writer: Writer) -> None:
    clicks = queue.PlacementQueue()
    writer.may_end.set()
    assert [click(clicks, name) for name in "ab"] == ["a placed", "b placed"]
    assert writer.batches == [["a"], ["b"]]


def test_place_makes_one_batch_of_what_came_while_the_last_was_written(writer: Writer) -> None:
    clicks = queue.PlacementQueue()
    with ThreadPoolExecutor(3) as members:
        first = members.submit(click, clicks, "a")
        assert writer.has_begun.wait(A_LONG_TIME)
        others = [members.submit(click, clicks, name) for name in "bc"]
        assert until(lambda: len(clicks._waiting) == 2, seconds=A_LONG_TIME)
        writer.may_end.set()
        assert [first.result(), *(other.result() for other in others)] == ["a placed", "b placed", "c placed"]
    assert [sorted(batch) for batch in writer.batches] == [["a"], ["b", "c"]]


def test_place_gathers_as_many_as_last_time(writer: Writer) -> None:
    clicks = queue.PlacementQueue()
    clicks._company = 3
    writer.may_end.set()
    with ThreadPoolExecutor(3) as members:
        assert sorted(members.map(lambda name: click(clicks, name), "abc")) == [
            "a placed",
            "b placed",
            "c placed",
        ]
    assert [sorted(batch) for batch in writer.batches] == [["a", "b", "c"]]


def test_place_goes_on_with_fewer_when_nobody_comes(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    clicks = queue.PlacementQueue()
    clicks._company = 3
    monkeypatch.setattr(queue, "LINGER", 0.001)
    writer.may_end.set()
    assert click(clicks, "a") == "a placed"
    assert (writer.batches, clicks._company) == ([["a"]], 1)
