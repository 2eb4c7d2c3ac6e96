"""The outside world on a free port, for each test its own."""

from collections.abc import Iterator

import pytest

from simulators.front import Front
from simulators.world import Choices, running


@pytest.fixture
def outside() -> Iterator[Front]:
    with running(Choices()) as front:
        yield front
