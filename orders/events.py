"""Facts about orders on their way up: who listens, and how each fact reaches them once."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from orders.models import OrderEvent

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
Subscriber = Callable[[OrderEvent, datetime], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def on(*kinds: str) -> Callable[[Subscriber], Subscriber]:
    """Subscribe a function to kinds of facts; it gets the fact and the moment of its delivery, and is idempotent."""

    def subscribe(subscriber: Subscriber) -> Subscriber:
        for kind in kinds:
            _subscribers[kind].append(subscriber)
        return subscriber

    return subscribe


def deliver_waiting(*, at: datetime, limit: int = 100) -> int:
    """Hand facts whose time has come to their subscribers, oldest first; return how many were taken."""
    waiting = OrderEvent.objects.filter(delivered_at=None, dead_at=None, next_attempt_at__lte=at)
    taken = 0
    for event_id in list(waiting.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit]):
        taken += deliver(event_id, at=at)
    return taken


def deliver(event_id: int, *, at: datetime) -> bool:
    """Hand one fact to its subscribers; their rows and the delivery mark commit together.

    The attempt is counted first: one that takes its worker along is not repeated for ever. A subscriber that fails
    rolls everything back and the fact waits longer, until it is given up in view of an operator.

    :returns: False when another worker has it or it is done
    """
    if not _count_attempt(event_id, at=at):
        return False
    try:
        with transaction.atomic():
            event = _claim(event_id)
            if event is None:
                return False
            for subscriber in _subscribers[event.kind]:
                subscriber(event, at)
            event.delivered_at = at
            event.save(update_fields=["delivered_at"])
    except Exception as failure:
        logger.exception("order event %s could not be delivered", event_id)
        _note_failure(event_id, failure, at=at)
    return True


def _claim(event_id: int) -> OrderEvent | None:
    waiting = OrderEvent.objects.filter(delivered_at=None, dead_at=None)
    waiting = waiting.select_for_update(skip_locked=True, of=("self",)).select_related(
        "order__member", "remark"
    )
    return waiting.filter(pk=event_id).first()


def _count_attempt(event_id: int, *, at: datetime) -> bool:
    """Count an attempt that begins, unless the last one was the last, and put the next one off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")  # losing the count with the server is no harm
        event = _claim(event_id)
        if event is None or event.next_attempt_at > at:
            return False
        if event.attempts >= MAX_ATTEMPTS:  # the last attempt took its worker along and left no verdict
            event.dead_at = at
        else:
            event.attempts += 1
            event.next_attempt_at = at + timedelta(seconds=min(3600, 5 * 2**event.attempts))
        event.save(update_fields=["attempts", "next_attempt_at", "dead_at"])
        return event.dead_at is None


def _note_failure(event_id: int, failure: Exception, *, at: datetime) -> None:
    with transaction.atomic():
        event = _claim(event_id)
        if event is None:
            return
        event.last_error = f"{type(failure).__name__}: {failure}"[:300]
        event.dead_at = at if event.attempts >= MAX_ATTEMPTS else None
        event.save(update_fields=["last_error", "dead_at"])


def replay(event_id: int, *, at: datetime) -> None:
    """Give a fact that was given up on another round of attempts."""
    OrderEvent.objects.filter(pk=event_id, dead_at__isnull=False).update(
        dead_at=None, attempts=0, next_attempt_at=at
    )
