"""Fixtures of the races."""

from collections.abc import Iterator

import pytest

from tests.races.racing import Guards


@pytest.fixture
def guards(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guards]:
    guards = Guards(monkeypatch)
    yield guards
    guards.back()
