"""The portal reads the clock at its edge; here it stands still."""

import pytest
from django.utils import timezone

from tests.portal.browsers import NOW


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
