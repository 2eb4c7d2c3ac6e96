"""The front of the mall: read once for many, and never older than it may be."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from threading import Event, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import queries
from inventory.models import Stock
from inventory.queries import fronts
from tests import worlds
from tests.worlds import AT

pytestmark = pytest.mark.django_db


def test_it_is_read_once_and_anew_when_it_is_too_old() -> None:
    lamp = worlds.sku(stock=1, price=300)
    with CaptureQueriesContext(connection) as reads:
        first = queries.front(AT)
    assert len(reads) == 2
    assert [gift.code for gift in first.gifts] == [lamp.gift.code]

    Stock.objects.filter(sku=lamp).update(reserved=1)
    assert queries.front(AT + fronts.KEPT - timedelta(milliseconds=1)) is first
    later = queries.front(AT + fronts.KEPT)
    assert later.version != first.version
    assert list(map(attrgetter("free"), later.gifts)) == [0]
    assert queries.front(AT) is not later, "a clock that was set back keeps nothing alive"


def test_within_reach_are_the_dearest_that_the_points_buy_and_that_are_there() -> None:
    cheap, dear, gone = (worlds.sku(stock=n, price=p).gift for n, p in ((1, 100), (1, 300), (0, 200)))
    twin = worlds.sku(stock=1, price=300).gift
    front = queries.front(AT)
    assert front.within_reach(300, 4) == [dear, twin, cheap]
    assert front.within_reach(299, 4) == [cheap]
    assert front.within_reach(300, 1) == [dear]
    assert front.within_reach(99, 4) == []
    assert gone in front.gifts


def test_while_one_reads_it_anew_the_others_go_on_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    last, begun, go_on = queries.front(AT), Event(), Event()

    def slow(at: object) -> queries.Front:
        begun.set()
        assert go_on.wait(10)
        return last

    monkeypatch.setattr(fronts, "_read", slow)
    reading = Thread(target=queries.front, args=[AT + fronts.KEPT])
    reading.start()
    assert begun.wait(10)
    try:
        assert queries.front(AT + fronts.KEPT) is last
    finally:
        go_on.set()
        reading.join(10)
