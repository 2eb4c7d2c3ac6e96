"""What holds for points."""

from __future__ import annotations

from datetime import datetime, timedelta

GRACE_DAYS = 30
"""Points that come back to a lot after its expiry live on for so many days (law 3)."""


def revived_until(at: datetime) -> datetime:
    """Return when points that come back to an expired lot at this moment will expire."""
    return at + timedelta(days=GRACE_DAYS)
