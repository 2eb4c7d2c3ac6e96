"""Wake-ups of after-sales; the work is in the rows."""

from celery import shared_task
from django.utils import timezone

from aftersales import services


@shared_task(name="aftersales.run_deadlines", ignore_result=True)
def run_deadlines() -> None:
    """Call somebody to complaints and refund requests that are late, close complaints that nobody came back to."""
    services.run_deadlines(at=timezone.now())


@shared_task(name="aftersales.tidy_pictures", ignore_result=True)
def tidy_pictures() -> None:
    """Remove picture files that nobody needs any more."""
    services.tidy_pictures(at=timezone.now())
