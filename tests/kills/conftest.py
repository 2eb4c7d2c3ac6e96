"""A mall of real processes for each kill test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills.rig import Mall


@pytest.fixture
def mall(transactional_db: None, tmp_path: Path) -> Iterator[Mall]:
    """The programs, not started yet, on this worker's own database, and a Redis that runs."""
    mall = Mall(tmp_path)
    mall.redis.start()
    try:
        yield mall
    finally:
        mall.end()
