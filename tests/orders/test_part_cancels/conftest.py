"""After each of these tests the auditor reads its laws over what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk import services as desk
from tests.orders.test_part_cancels.parting import tell
from tests.worlds import AT


@pytest.fixture(autouse=True)
def laws() -> Iterator[None]:
    """Nothing that was cancelled breaks a law, before the warehouse was told of it and afterwards."""
    yield
    for _ in range(2):
        findings = desk.read_laws(at=AT)
        assert {f.law.code: f.offenders for f in findings if f.violations} == {}
        tell()
