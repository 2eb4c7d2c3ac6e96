"""When a member is not to be disturbed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone


def quiet_until(at: datetime, begins: time | None, ends: time | None) -> datetime | None:
    """Return the end of the quiet hours that an instant falls into; None when it falls into none.

    Hours are those of the time zone in force, Asia/Shanghai, and may pass midnight.
    """
    if begins is None or ends is None:
        return None
    here = timezone.localtime(at, timezone.get_default_timezone())
    now = here.time()
    is_quiet = begins <= now < ends if begins < ends else now >= begins or now < ends
    if not is_quiet:
        return None
    end = here.replace(hour=ends.hour, minute=ends.minute, second=ends.second, microsecond=0)
    return end if end > here else end + timedelta(days=1)
