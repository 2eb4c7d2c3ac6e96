"""Celery entries of orders: beat wakes them, the rows say what is to do."""

from celery import shared_task
from django.utils import timezone

from orders import events, services


@shared_task(name="orders.deliver_events", ignore_result=True)
def deliver_events() -> None:
    """Hand waiting facts to their subscribers."""
    while events.deliver_waiting(at=timezone.now()) == 100:
        pass


@shared_task(name="orders.issue_codes", ignore_result=True)
def issue_codes() -> None:
    """Hand out the codes of virtual gifts."""
    services.issue_codes(at=timezone.now())


@shared_task(name="orders.run_deadlines", ignore_result=True)
def run_deadlines() -> None:
    """Do what is due."""
    services.run_deadlines(at=timezone.now())
