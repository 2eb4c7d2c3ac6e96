"""The Celery application of worker and beat: `python -m celery -A config.celery worker`."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "60000")

app = Celery("pointsmall")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def collect_schedules(sender: Celery, **_: Any) -> None:
    """Give beat what each app's tasks.py wants woken, and how often: its SCHEDULE."""
    for name in settings.HOUSE_APPS:
        if find_spec(f"{name}.tasks"):
            schedule = getattr(import_module(f"{name}.tasks"), "SCHEDULE", {})
            sender.conf.beat_schedule = {**(sender.conf.beat_schedule or {}), **schedule}
