"""Writing down what members are told: a row per fact, member and channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from members import rules, wording
from members.models import Channel, Member, Message
from members.services.messages.wishes import wishes_of


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a member is to be told; `fact` makes it happen once.

    What they did themselves is no news to send, unless it is urgent.
    """

    member_id: int
    template: str
    fact: str
    at: datetime
    context: dict[str, object] = field(default_factory=dict)
    did_it_themselves: bool = False


def send_notices(notices: Sequence[Notice]) -> None:
    """Write one message per notice and channel; what was written before is left alone (law 8).

    The inbox has it at once. Mail and SMS wait for a worker, and for the end of the member's quiet hours; they are
    not written to a closed member, or to one who has no address there. What a member does not want on a channel is
    not written there.
    """
    wanted = {notice.member_id for notice in notices}
    members = (
        Member.objects.filter(pk__in=wanted)
        .select_related("quiet_hours")
        .prefetch_related("unsubscriptions")
        .in_bulk()
    )
    rows = [row for notice in notices for row in _rows(notice, members[notice.member_id])]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _rows(notice: Notice, member: Member) -> Iterator[Message]:
    wishes = wishes_of(member)
    said = wording.WORDINGS[notice.template]
    quiet = rules.quiet_until(notice.at, *wishes.quiet) if wishes.quiet and not said.is_urgent else None
    for channel in wording.channels_of(notice.template):
        if not wishes.wants(notice.template, channel):
            continue
        row = Message(
            member=member,
            channel=channel,
            template=notice.template,
            context=notice.context,
            dedupe_key=notice.fact,
            created_at=notice.at,
            next_attempt_at=quiet or notice.at,
        )
        if channel == Channel.INBOX:
            row.state, row.sent_at, row.next_attempt_at = Message.State.SENT, notice.at, notice.at
            yield row
        elif channel == Channel.SMS and notice.did_it_themselves and not said.is_urgent:
            continue
        elif reaches(member, channel):
            yield row


def reaches(member: Member, channel: str) -> bool:
    """Tell whether a channel leads to a member at all.

    Frozen members are still told what becomes of their orders. A closed one is our customer no more, and the number
    may be somebody else's by now.
    """
    address = member.email if channel == Channel.MAIL else member.phone
    return member.status != Member.Status.CLOSED and bool(address)


def send_secret(
    member_id: int, *, template: str, context: Mapping[str, str], fact: str, at: datetime
) -> None:
    """Write one urgent SMS, whatever the hour and the member's wishes; the same fact writes one.

    Its context is wiped once it is sent, given up, or ten minutes old; it shows in no inbox and no list.
    """
    assert wording.WORDINGS[template].is_secret, template
    row = Message(
        member_id=member_id,
        channel=Channel.SMS,
        template=template,
        context=dict(context),
        dedupe_key=fact,
        is_secret=True,
        created_at=at,
        next_attempt_at=at,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)


def mark_read(member_id: int, *, at: datetime) -> None:
    """Note that a member has seen their inbox."""
    Message.objects.filter(member_id=member_id, channel=Message.Channel.INBOX, read_at=None).update(
        read_at=at
    )
