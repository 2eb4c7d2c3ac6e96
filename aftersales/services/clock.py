"""What time does to after-sales (law 9)."""

from __future__ import annotations

from datetime import datetime

from aftersales.services.complaints import run_complaint_deadlines
from aftersales.services.refunds import call_late_refunds


def run_deadlines(*, at: datetime) -> int:
    """Call somebody to complaints and refund requests that are late, and close complaints that nobody came back to.

    :returns: how many were looked at
    """
    return run_complaint_deadlines(at=at) + call_late_refunds(at=at)
