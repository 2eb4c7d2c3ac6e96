"""The Celery application of worker and beat: `python -m celery -A config.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "60000")

app = Celery("pointsmall")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
