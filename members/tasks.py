"""Celery entries of members: beat wakes them, the rows say what is to do."""

from celery import shared_task
from django.utils import timezone

from members import services
from members.models import Channel


@shared_task(name="members.deliver_mail", ignore_result=True)
def deliver_mail() -> None:
    """Deliver what goes by mail, and what an older release left waiting for the inbox."""
    while services.deliver_messages(at=timezone.now(), through=[Channel.INBOX, Channel.MAIL]) >= 100:
        pass


@shared_task(name="members.deliver_sms", ignore_result=True)
def deliver_sms() -> None:
    """Deliver what goes by SMS; a slow provider holds up this task alone."""
    while services.deliver_messages(at=timezone.now(), through=[Channel.SMS]) >= 100:
        pass


@shared_task(name="members.apply_receipts", ignore_result=True)
def apply_receipts() -> None:
    """Apply what providers told us of our texts."""
    while services.apply_receipts(at=timezone.now()) == 100:
        pass


@shared_task(name="members.remind_of_expiry", ignore_result=True)
def remind_of_expiry() -> None:
    """Tell members which of their points are about to expire."""
    while services.remind_of_expiry(at=timezone.now()):
        pass


@shared_task(name="members.deliver_letters", ignore_result=True)
def deliver_letters() -> None:
    """Send mail to addresses that are not yet, or no longer, a member's."""
    services.deliver_letters(at=timezone.now())


@shared_task(name="members.tidy", ignore_result=True)
def tidy() -> None:
    """Remove sessions, devices, codes and counts whose time is over."""
    services.tidy(at=timezone.now())


@shared_task(name="members.expire_points", ignore_result=True)
def expire_points() -> None:
    """Expire what is left in lots whose time is over."""
    while services.expire_points(at=timezone.now(), by="clock"):
        pass
