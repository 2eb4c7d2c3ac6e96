"""Delivering messages: claimed and counted first, then sent; each channel on its own, so that none waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from members import rules, wording
from members.models import Channel, Message
from members.services.messages import channels
from members.services.messages.wishes import wishes_of
from members.services.messages.writing import reaches
from members.terms import SmsNotSent, SmsRefused, SmsUnknown

logger = logging.getLogger(__name__)

State = Message.State
MAX_ATTEMPTS = 8
MAX_UNKNOWN = 3
"""Tries after which nobody asks for another one when the provider stays silent about the last."""
Send = Callable[..., str]
"""Takes a message and the moment (`at`), and returns the provider's number of it, as `channels.send` does."""
RECEIPT_WAIT = timedelta(minutes=20)
"""How long a text of unknown outcome waits for its receipt: providers push it up to three times within 16 minutes."""
SECRET_LIFE = timedelta(minutes=10)
PATIENCE = {Channel.INBOX: 3, Channel.MAIL: 3, Channel.SMS: 1}
"""Failures of a channel after which the rest of its messages wait for the next wake-up."""


def deliver_messages(
    *,
    at: datetime,
    limit: int = 100,
    through: Sequence[str] = tuple(Channel.values),
    send: Send = channels.send,
) -> int:
    """Deliver messages whose time has come, each in a transaction of its own; return how many were taken.

    A channel that another worker is busy with is passed by: a slow one holds up one worker, not one after the other.

    :param send: the way out of the house; a demo's past has one of its own, which leads nowhere
    """
    taken = 0
    for channel in through:
        with _alone_with(channel) as is_alone:
            if is_alone:
                taken += _deliver_through(channel, at=at, limit=limit, send=send)
    return taken


@contextmanager
def _alone_with(channel: str) -> Iterator[bool]:
    key = [0x6D736773, Channel.values.index(channel)]  # any number that nobody else locks
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _due(channel: str, at: datetime) -> QuerySet[Message]:
    open_states = [State.WAITING, State.UNKNOWN]
    return Message.objects.filter(channel=channel, state__in=open_states, next_attempt_at__lte=at)


def _deliver_through(channel: str, *, at: datetime, limit: int, send: Send) -> int:
    if channel == Channel.SMS:
        _end_old_secrets(at)
    taken, failures = 0, 0
    due = _due(channel, at).order_by("-is_secret", "next_attempt_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        outcome = _deliver(pk, at=at, send=send)
        taken += outcome is not None
        failures += outcome is False
        if failures >= PATIENCE[Channel(channel)]:
            break  # a channel that is down costs a few time-outs at each wake-up
    return taken


def _end_old_secrets(at: datetime) -> None:
    old = Message.objects.filter(
        channel=Channel.SMS, is_secret=True, state__in=[State.WAITING, State.UNKNOWN]
    )
    old.filter(created_at__lte=at - SECRET_LIFE).update(state=State.DEAD, context={}, last_error="too_late")


def _deliver(pk: int, *, at: datetime, send: Send) -> bool | None:
    """Count the attempt and commit it, then send: a crash in between is seen, not repeated for ever.

    :returns: whether the channel is up; None when another worker has the message
    """
    with transaction.atomic():
        message = _claim(pk, at=at)
        if message is None:
            return None
        if not _is_ready(message, at=at):
            message.save(update_fields=["state", "context", "last_error", "next_attempt_at"])
            return True
        message.attempts += 1
        message.next_attempt_at = at + backoff(message.attempts, is_secret=message.is_secret)
        if message.channel == Channel.SMS:  # from here on nobody knows, until the provider has answered
            message.state, message.provider = State.UNKNOWN, settings.SMS_PROVIDER
            message.next_attempt_at, message.sent_at = at + RECEIPT_WAIT, at
        message.save(update_fields=["attempts", "next_attempt_at", "state", "provider", "sent_at"])
    try:
        number = send(message, at=at)
    except Exception as failure:  # noqa: BLE001 - whatever the channel raises, the next attempt decides
        # The address and the text stay out of the log: the row says which message it was.
        logger.warning("message %s not delivered: %s", message.pk, _name_of(failure))
        return _note_failure(message, failure, at=at)
    _note_sent(message, number, at=at)
    return True


def _claim(pk: int, *, at: datetime) -> Message | None:
    rows = Message.objects.select_for_update(skip_locked=True, of=("self",))
    rows = rows.select_related("member__quiet_hours").prefetch_related("member__unsubscriptions")
    due = rows.filter(state__in=[State.WAITING, State.UNKNOWN], next_attempt_at__lte=at)
    return due.filter(pk=pk).first()


def _is_ready(message: Message, *, at: datetime) -> bool:
    """Tell whether a message may be sent now; one that may not is given its new state or time."""
    wishes, said = wishes_of(message.member), wording.WORDINGS.get(message.template)
    may_wait = message.channel != Channel.INBOX and said is not None and not said.is_urgent
    quiet = rules.quiet_until(at, *wishes.quiet) if wishes.quiet and may_wait else None
    if message.channel != Channel.INBOX and not reaches(message.member, message.channel):
        message.state, message.last_error = State.UNWANTED, "no_address"
    elif may_wait and not wishes.wants(message.template, message.channel):
        message.state, message.last_error = State.UNWANTED, "unsubscribed"
    elif message.attempts >= (MAX_UNKNOWN if message.state == State.UNKNOWN else MAX_ATTEMPTS):
        message.state = State.DEAD  # the last try took its worker along, or the provider never said a word
        message.last_error = message.last_error or "no_verdict"
    elif quiet is not None:
        message.next_attempt_at = quiet
    else:
        return True
    if message.is_secret and message.state != State.WAITING:
        message.context = {}
    return False


def _note_sent(message: Message, number: str, *, at: datetime) -> None:
    """Note that a message is on its way; its receipt may have been quicker."""
    rows = Message.objects.filter(pk=message.pk)
    changes: dict[str, object] = {"sent_at": at, "provider_reference": number, "last_error": ""}
    if message.is_secret:
        changes["context"] = {}
    if not rows.exclude(state__in=_SETTLED).update(state=State.SENT, **changes):
        rows.update(**changes)


_SETTLED = (State.DELIVERED, State.UNDELIVERABLE)


def _note_failure(message: Message, failure: Exception, *, at: datetime) -> bool:
    changes: dict[str, object] = {"last_error": _name_of(failure)}
    is_known = message.channel != Channel.SMS or isinstance(failure, SmsNotSent)
    if isinstance(failure, SmsRefused) or (is_known and message.attempts >= MAX_ATTEMPTS):
        changes["state"] = State.DEAD
    elif is_known and not isinstance(failure, SmsUnknown):
        changes["state"] = State.WAITING
        changes["next_attempt_at"] = at + backoff(message.attempts, is_secret=message.is_secret)
    if "state" in changes:
        changes["sent_at"] = None
    if message.is_secret and changes.get("state") == State.DEAD:
        changes["context"] = {}
    Message.objects.filter(pk=message.pk).exclude(state__in=_SETTLED).update(**changes)
    return isinstance(failure, SmsNotSent) and not failure.is_channel_down


def _name_of(failure: Exception) -> str:
    return failure.code if isinstance(failure, SmsNotSent) else type(failure).__name__


def backoff(attempts: int, *, is_secret: bool = False) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubling up to an hour; a secret, a sixth."""
    wait = timedelta(seconds=min(3600, 15 * 2**attempts))
    return wait / 6 if is_secret else wait


def replay_message(message_id: int, *, at: datetime, by: str) -> None:
    """Give a message that was given up on, or could not be delivered, another round of attempts."""
    Message.objects.filter(
        pk=message_id, state__in=[State.DEAD, State.UNDELIVERABLE], is_secret=False
    ).update(
        state=State.WAITING,
        attempts=0,
        next_attempt_at=at,
        provider_reference="",
        replayed_at=at,
        replayed_by=by,
    )
