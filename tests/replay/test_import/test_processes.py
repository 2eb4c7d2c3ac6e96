"""An import in several processes ends as in one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from desk import history
from desk.history import crew
from desk.history.reading import HistoryFile
from desk.history.settling import House
from tests.replay.files import AS_OF, END_STATES, record, refused, write
from tests.replay.test_import.importing import broken_laws, two_lines

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_import_in_several_processes_ends_as_in_one(tmp_path: Path) -> None:
    states = [state for state in END_STATES for _time in range(5)]
    records = [record(f"A{n:03d}", end_state=state, sku=f"S{n % 7}") for n, state in enumerate(states)]
    records[3:3] = two_lines("B1", sku="S5")
    records.append(record("BAD", quantity="-1"))
    records.append(record("A001", quantity="9", sku="S1"))
    path = write(tmp_path / "several.csv", records)

    tally = history.import_file(path, as_of=AS_OF, chunk=4, workers=3)

    assert (tally.outcome.imported, tally.refused) == (len(states) + 1, 2)
    assert [code for _line, code in refused(path)] == ["bad_number", "order_differs"]
    again = history.import_file(path, as_of=AS_OF, chunk=4, workers=2)
    assert (again.outcome.imported, again.outcome.already_there) == (0, len(states) + 1)
    assert broken_laws() == []


@pytest.fixture
def beside_a_loop(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An open connection, then an event loop in this thread, which has connections of its own (a browser's does)."""
    connection.ensure_connection()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    loop = asyncio.new_event_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
        connections.close_all()
    finally:
        asyncio._set_running_loop(None)
        loop.close()


def test_import_in_several_processes_shares_no_connection(beside_a_loop: None, tmp_path: Path) -> None:
    records = [record(f"A{n:03d}", sku=f"S{n % 7}") for n in range(24)]
    tally = history.import_file(write(tmp_path / "loop.csv", records), as_of=AS_OF, chunk=4, workers=3)
    assert (tally.outcome.imported, tally.refused) == (24, 0)


@pytest.mark.django_db(transaction=True)
def test_import_stops_with_the_reason_when_a_process_cannot_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("no more room")

    monkeypatch.setattr(crew, "import_orders", fail)
    path = write(tmp_path / "stop.csv", [record("A1")])
    hands = crew._Processes(2, House("standard", "main", 1), AS_OF)
    file = HistoryFile.open(path)
    groups = list(file.orders(as_of=AS_OF))
    file.close()

    try:
        with pytest.raises(history.Unusable, match="no more room"):
            assert [*hands.give(0, groups), *hands.finish()] == []
    finally:
        hands.dismiss()
