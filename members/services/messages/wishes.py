"""What members want to hear of, on which channel, and when they are not to be disturbed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet

from foundation.refusals import NotFound
from members import wording
from members.models import Channel, Member, QuietHours, Topic, Unsubscription
from members.services.people import lock_customer

_SALT = "members.unsubscribe"


@dataclass(frozen=True, slots=True)
class Wishes:
    """A member's wishes: what they do not want to hear of, and their quiet hours in Shanghai's time, if any.

    Whoever says no to a topic says no to all its events, those that it will have one day too.
    """

    unwanted: frozenset[tuple[str, str]] = frozenset()
    """Pairs of a topic or an event, and a channel."""
    quiet: tuple[time, time] | None = QuietHours.DEFAULT

    def wants(self, event: str, channel: str) -> bool:
        """Tell whether they want to hear of an event on a channel, or have to.

        :raises KeyError: nothing is said of it any more
        """
        if wording.must_be_heard(event, channel):
            return True
        topic = wording.WORDINGS[event].declinable
        return self.unwanted.isdisjoint({(event, channel), (str(topic), channel)})


def wishes_of(member: Member) -> Wishes:
    """Return a member's wishes; read `quiet_hours` and `unsubscriptions` with the member to save statements."""
    row: QuietHours | None = getattr(member, "quiet_hours", None)
    if row is None:
        quiet: tuple[time, time] | None = QuietHours.DEFAULT
    else:
        quiet = (row.begins, row.ends) if row.begins is not None and row.ends is not None else None
    unwanted = frozenset((one.topic or one.event, one.channel) for one in member.unsubscriptions.all())
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
        if (one.topic or one.event, one.channel) not in wishes.unwanted:
            one.delete()
    _switch_off(member_id, wishes.unwanted, at=at)


@transaction.atomic
def unsubscribe(member_id: int, subject: str, channel: str, *, at: datetime) -> None:
    """Write to a member no more about an event or a topic on a channel, or about anything when there is no subject."""
    try:
        lock_customer(member_id)
    except NotFound:
        return  # nothing is written to who has left
    subjects = [subject] if subject else Topic.values
    _switch_off(member_id, [(one, channel) for one in subjects], at=at)


def _switch_off(member_id: int, unwanted: Collection[tuple[str, str]], *, at: datetime) -> None:
    rows = []
    for subject, channel in sorted(unwanted):
        topic, event = (subject, "") if subject in Topic.values else ("", subject)
        rows.append(Unsubscription(member_id=member_id, topic=topic, event=event, channel=channel, since=at))
    Unsubscription.objects.bulk_create(rows, ignore_conflicts=True)


def noes_to(event: str, channel: Channel) -> QuerySet[Unsubscription]:
    """Return the rows that say no to an event on a channel."""
    about = Q(event=event) | Q(topic=wording.WORDINGS[event].topic)
    return Unsubscription.objects.filter(about, channel=channel)


class Link(NamedTuple):
    """Whose mail a link stands in, and what the mail was about; mails of earlier releases name their topic alone."""

    member_id: int
    topic: Topic
    event: str


def unsubscribe_token(member_id: int, event: str) -> str:
    """Return what the link in a mail about an event carries; it never expires, as the mail does not."""
    topic = wording.WORDINGS[event].declinable
    return signing.Signer(salt=_SALT).sign_object([member_id, topic, event])


def read_unsubscribe_token(token: str) -> Link | None:
    """Return what such a link carries; None when it was not written by us.

    An event that can no longer be declined by mail gives way to its topic: the link stops something in any case. So
    does one that is all of its topic, which is what the preferences offer.
    """
    try:
        member_id, topic, *more = signing.Signer(salt=_SALT).unsign_object(token)
        event = str(more[0]) if more else ""
        is_known = event in wording.WORDINGS and wording.is_declinable(event, Channel.MAIL)
        is_one_of_many = is_known and len(wording.events_about(topic)) > 1
        return Link(int(member_id), Topic(topic), event if is_one_of_many else "")
    except (signing.BadSignature, ValueError, TypeError):
        return None
