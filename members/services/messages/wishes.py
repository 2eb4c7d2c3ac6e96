"""What members want to hear of, on which channel, and when they are not to be disturbed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from django.core import signing
from django.db import transaction

from foundation.refusals import NotFound
from members.models import Channel, Member, QuietHours, Topic, Unsubscription
from members.services.people import lock_customer

_SALT = "members.unsubscribe"
OPTIONAL = (Channel.SMS, Channel.MAIL)
"""Channels that a member may switch off; the inbox always stays."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """A member's wishes: what they do not want to hear of, and their quiet hours in Shanghai's time, if any."""

    unwanted: frozenset[tuple[str, str]] = frozenset()
    quiet: tuple[time, time] | None = QuietHours.DEFAULT

    def wants(self, topic: str | None, channel: str) -> bool:
        """Tell whether they want to hear of a topic on a channel; what is of no topic nobody can decline."""
        return (topic, channel) not in self.unwanted


def wishes_of(member: Member) -> Wishes:
    """Return a member's wishes; read `quiet_hours` and `unsubscriptions` with the member to save statements."""
    row: QuietHours | None = getattr(member, "quiet_hours", None)
    if row is None:
        quiet: tuple[time, time] | None = QuietHours.DEFAULT
    else:
        quiet = (row.begins, row.ends) if row.begins is not None and row.ends is not None else None
    unwanted = frozenset((one.topic, one.channel) for one in member.unsubscriptions.all())
    return Wishes(unwanted, quiet)


@transaction.atomic
def save_wishes(member_id: int, wishes: Wishes, *, language: str, at: datetime) -> None:
    """Keep what a member wants to hear of, when, and in which language.

    :raises NotFound: the member has left
    """
    lock_customer(member_id)
    Member.objects.filter(pk=member_id).update(language=language)
    begins, ends = wishes.quiet or (None, None)
    QuietHours.objects.update_or_create(
        member_id=member_id, defaults={"begins": begins, "ends": ends, "changed_at": at}
    )
    for one in Unsubscription.objects.filter(member_id=member_id):
        if (one.topic, one.channel) not in wishes.unwanted:
            one.delete()
    _switch_off(member_id, wishes.unwanted, at=at)


@transaction.atomic
def unsubscribe(member_id: int, topic: str, channel: str, *, at: datetime) -> None:
    """Write to a member no more about a topic on a channel, or about anything when the topic is empty."""
    try:
        lock_customer(member_id)
    except NotFound:
        return  # nothing is written to who has left
    topics = [topic] if topic else Topic.values
    _switch_off(member_id, [(one, channel) for one in topics], at=at)


def _switch_off(member_id: int, unwanted: Collection[tuple[str, str]], *, at: datetime) -> None:
    rows = [
        Unsubscription(member_id=member_id, topic=topic, channel=channel, since=at)
        for topic, channel in sorted(unwanted)
    ]
    Unsubscription.objects.bulk_create(rows, ignore_conflicts=True)


def unsubscribe_token(member_id: int, topic: str) -> str:
    """Return what the link in a mail about a topic carries; it never expires, as the mail does not."""
    return signing.Signer(salt=_SALT).sign_object([member_id, topic])


def read_unsubscribe_token(token: str) -> tuple[int, Topic] | None:
    """Return the member and topic of such a link; None when it was not written by us."""
    try:
        member_id, topic = signing.Signer(salt=_SALT).unsign_object(token)
        return int(member_id), Topic(topic)
    except (signing.BadSignature, ValueError, TypeError):
        return None
