"""Celery entries of the desk: beat wakes them."""

from celery import shared_task
from django.utils import timezone

from desk import services


# Longer than other tasks may take, still shorter than the time after which the broker hands it out again.
@shared_task(name="desk.audit", ignore_result=True, soft_time_limit=100, time_limit=110)
def audit() -> None:
    """Check all laws and keep the result."""
    services.run_audit(at=timezone.now())
