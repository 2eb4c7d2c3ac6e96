"""Celery entries of members: beat wakes them, the rows say what is to do."""

from celery import shared_task
from django.utils import timezone

from members import services


@shared_task(name="members.deliver_messages", ignore_result=True)
def deliver_messages() -> None:
    """Deliver messages whose time has come."""
    while services.deliver_messages(at=timezone.now()) == 100:
        pass


@shared_task(name="members.expire_points", ignore_result=True)
def expire_points() -> None:
    """Expire what is left in lots whose time is over."""
    while services.expire_points(at=timezone.now(), by="clock"):
        pass
