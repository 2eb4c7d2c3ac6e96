"""The region that the files name, and a file with an order for each end state."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests import worlds
from tests.replay.files import AS_OF, END_STATES, record, write


@pytest.fixture(autouse=True)
def _county() -> None:
    worlds.region()


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    """An order for each end state, placed so lately that nothing is late yet."""
    records = []
    for state, steps in END_STATES.items():
        placed = AS_OF - timedelta(days=len(steps), minutes=5)
        records.append(record(state, end_state=state, placed=placed))
    return write(tmp_path / "recent.csv", records)
