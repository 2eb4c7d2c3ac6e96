"""Celery entries of logistics: beat wakes them, the rows say what is to do."""

from celery import shared_task
from django.utils import timezone

from logistics import services


@shared_task(name="logistics.request_waybills", ignore_result=True)
def request_waybills() -> None:
    """Ask for the waybills that parcels wait for."""
    while services.request_waybills(at=timezone.now()) == 20:
        pass


@shared_task(name="logistics.cancel_waybills", ignore_result=True)
def cancel_waybills() -> None:
    """Tell carriers of the waybills that nobody needs any more."""
    while services.cancel_waybills(at=timezone.now()) == 20:
        pass


@shared_task(name="logistics.apply_pushes", ignore_result=True)
def apply_pushes() -> None:
    """Apply carriers' callbacks that wait."""
    while services.apply_pushes(at=timezone.now()) == 100:
        pass


@shared_task(name="logistics.poll_tracking", ignore_result=True)
def poll_tracking() -> None:
    """Ask about parcels nobody pushed news of for a while."""
    while services.poll_tracking(at=timezone.now()) == 20:
        pass
