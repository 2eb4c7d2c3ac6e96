"""Telling members: a row per fact, member and channel, delivered by a worker, retried, given up in view."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation

from members import wording
from members.models import Message

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
PATIENCE = 3
"""Failures of a channel after which the rest of its messages wait for the next wake-up."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a member is to be told; `fact` makes it happen once."""

    member_id: int
    template: str
    fact: str
    at: datetime
    context: dict[str, object] = field(default_factory=dict)


def send_notices(notices: Sequence[Notice]) -> None:
    """Write one message per notice and channel; what was written before is left alone (law 8)."""
    Message.objects.bulk_create(
        [
            Message(
                member_id=notice.member_id,
                channel=channel,
                template=notice.template,
                context=notice.context,
                dedupe_key=notice.fact,
                created_at=notice.at,
                next_attempt_at=notice.at,
            )
            for notice in notices
            for channel in Message.Channel.values
        ],
        ignore_conflicts=True,
    )


def deliver_messages(*, at: datetime, limit: int = 100) -> int:
    """Deliver messages whose time has come, each in a transaction of its own; return how many were taken."""
    waiting = Message.objects.filter(state=Message.State.WAITING, next_attempt_at__lte=at)
    taken, failures = 0, Counter[str]()
    for pk, channel in list(waiting.order_by("next_attempt_at").values_list("pk", "channel")[:limit]):
        if failures[channel] >= PATIENCE:
            continue  # a channel that is down costs a few time-outs at each wake-up; no other waits longer for it
        outcome = _deliver(pk, at=at)
        taken += outcome is not None
        failures[channel] += outcome is False
    return taken


def _deliver(pk: int, *, at: datetime) -> bool | None:
    """Count the attempt and commit it, then send: a crash in between is seen, not repeated for ever.

    :returns: whether it was delivered; None when another worker has it
    """
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("member")
        message = waiting.filter(pk=pk, state=Message.State.WAITING, next_attempt_at__lte=at).first()
        if message is None:
            return None
        if message.attempts >= MAX_ATTEMPTS:  # the last try took its worker along and left no verdict
            message.state = Message.State.DEAD
            message.save(update_fields=["state"])
            return True
        message.attempts += 1
        message.next_attempt_at = at + backoff(message.attempts)
        message.save(update_fields=["attempts", "next_attempt_at"])
    try:
        _send(message)
    except Exception as failure:  # noqa: BLE001 - whatever the channel raises, the next attempt decides
        # The address and the text stay out of the log: the row says which message it was.
        logger.warning("message %s not delivered: %s", message.pk, type(failure).__name__)
        message.last_error = type(failure).__name__
        if message.attempts >= MAX_ATTEMPTS:
            message.state = Message.State.DEAD
    else:
        message.state, message.sent_at, message.last_error = Message.State.SENT, at, ""
    message.save(update_fields=["state", "sent_at", "last_error"])
    return message.state == Message.State.SENT


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubling, an hour at most."""
    return timedelta(seconds=min(3600, 15 * 2**attempts))


def _send(message: Message) -> None:
    if message.channel == Message.Channel.MAIL and message.member.email:
        with translation.override(message.member.language):
            title, body = wording.of(message)
        send_mail(title, body, None, [message.member.email])


def replay_message(message_id: int, *, at: datetime) -> None:
    """Give a message that was given up on another round of attempts."""
    Message.objects.filter(pk=message_id, state=Message.State.DEAD).update(
        state=Message.State.WAITING, attempts=0, next_attempt_at=at
    )


def mark_read(member_id: int, *, at: datetime) -> None:
    """Note that a member has seen their inbox."""
    Message.objects.filter(member_id=member_id, channel=Message.Channel.INBOX, read_at=None).update(
        read_at=at
    )
