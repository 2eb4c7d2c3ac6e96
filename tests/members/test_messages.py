"""Messages: one per fact and channel, delivered once, retried, given up in view."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from members import services as members
from members import wording
from members.models import Member, Message
from members.services import messages
from tests.worlds import AT, member

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def notice(to: Member, fact: str = "1#1", template: str = "order.shipped") -> members.Notice:
    context = {"number": "26110212345678", "carrier": "顺丰", "waybill": "SF1", "points": 5, "reason": "x"}
    return members.Notice(to.pk, template, fact, AT, context)


@pytest.fixture
def told() -> Member:
    """A member with one message that waits, by mail and in the inbox."""
    one = member()
    members.send_notices([notice(one)])
    return one


@pytest.fixture
def broken_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_words: object, **_more: object) -> int:
        raise OSError("no route to the mail server")

    monkeypatch.setattr(messages, "send_mail", fail)


def by_mail() -> Message:
    return Message.objects.get(channel="mail")


def test_send_notices_writes_each_fact_once_for_each_channel(told: Member) -> None:
    members.send_notices([notice(told), notice(told, "1#2")])
    rows = Message.objects.order_by("pk").values_list("dedupe_key", "channel", "state", "attempts")
    assert list(rows) == [
        ("1#1", "inbox", "waiting", 0),
        ("1#1", "mail", "waiting", 0),
        ("1#2", "inbox", "waiting", 0),
        ("1#2", "mail", "waiting", 0),
    ]


def test_deliver_messages_sends_what_is_due_and_once(told: Member) -> None:
    members.send_notices([members.Notice(told.pk, "order.signed", "later", AT + SECOND, {"number": "1"})])
    assert [members.deliver_messages(at=AT) for _ in range(2)] == [2, 0]
    assert [sent.to for sent in mail.outbox] == [[told.email]]
    states = Message.objects.order_by("pk").values_list("dedupe_key", "state", "sent_at", "attempts")
    assert list(states) == [
        ("1#1", "sent", AT, 1),
        ("1#1", "sent", AT, 1),
        ("later", "waiting", None, 0),
        ("later", "waiting", None, 0),
    ]


def test_deliver_messages_speaks_the_members_language(told: Member) -> None:
    Member.objects.filter(pk=told.pk).update(language="en")
    members.deliver_messages(at=AT)
    (sent,) = mail.outbox
    assert (sent.subject, sent.body) == (
        "Your gift is on its way",
        "Order 26110212345678 was handed to 顺丰, waybill SF1.",
    )


def test_deliver_messages_counts_a_member_without_mail_address_as_told(told: Member) -> None:
    Member.objects.filter(pk=told.pk).update(email="")
    members.deliver_messages(at=AT)
    assert (by_mail().state, mail.outbox) == ("sent", [])


def test_deliver_messages_waits_longer_after_each_failure_and_gives_up_in_view(
    told: Member, broken_mail: None
) -> None:
    waits, at = [], AT
    while by_mail().state == "waiting":
        members.deliver_messages(at=at)
        waits.append((by_mail().next_attempt_at - at).total_seconds())
        at = by_mail().next_attempt_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600]
    dead = by_mail()
    assert (dead.state, dead.attempts, dead.last_error, dead.sent_at) == ("dead", 8, "OSError", None)
    assert Message.objects.get(channel="inbox").state == "sent"


def test_deliver_messages_lets_one_failure_delay_no_other(
    told: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = member()
    members.send_notices([notice(other)])
    send, failing = messages._send, by_mail_of(told).pk

    def send_or_fail(message: Message) -> None:
        if message.pk == failing:
            raise OSError
        send(message)

    monkeypatch.setattr(messages, "_send", send_or_fail)
    members.deliver_messages(at=AT)
    assert [by_mail_of(told).state, by_mail_of(other).state] == ["waiting", "sent"]


def by_mail_of(one: Member) -> Message:
    return Message.objects.get(channel="mail", member=one)


def test_a_crash_after_the_attempt_was_counted_is_tried_again_later(
    told: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(message: Message) -> None:
        raise Killed

    monkeypatch.setattr(messages, "_send", die)
    for _channel in range(2):
        with pytest.raises(Killed):
            members.deliver_messages(at=AT)
    assert (by_mail().state, by_mail().attempts) == ("waiting", 1)
    monkeypatch.undo()
    assert members.deliver_messages(at=AT + 29 * SECOND) == 0
    assert members.deliver_messages(at=AT + 30 * SECOND) == 2
    assert (by_mail().state, by_mail().attempts) == ("sent", 2)


def test_a_message_that_kills_its_workers_is_given_up_in_view(told: Member) -> None:
    Message.objects.update(attempts=messages.MAX_ATTEMPTS)
    assert members.deliver_messages(at=AT) == 2
    assert (by_mail().state, mail.outbox) == ("dead", [])


def test_replay_message_gives_a_dead_one_another_round_and_no_other(told: Member) -> None:
    dead = by_mail()
    Message.objects.filter(pk=dead.pk).update(state="dead", attempts=8)
    inbox = Message.objects.get(channel="inbox")
    for message in (dead, inbox):
        members.replay_message(message.pk, at=AT + SECOND)
    rows = Message.objects.order_by("pk").values_list("channel", "state", "attempts", "next_attempt_at")
    assert list(rows) == [("inbox", "waiting", 0, AT), ("mail", "waiting", 0, AT + SECOND)]


def test_mark_read_marks_the_members_own_inbox(told: Member) -> None:
    other = member()
    members.send_notices([notice(other)])
    members.mark_read(told.pk, at=AT)
    rows = Message.objects.filter(read_at=AT).values_list("member", "channel")
    assert list(rows) == [(told.pk, "inbox")]


def test_backoff_doubles_up_to_an_hour() -> None:
    assert [messages.backoff(n).total_seconds() for n in (1, 2, 7, 8, 80)] == [30, 60, 1920, 3600, 3600]


@pytest.mark.parametrize("template", wording.WORDINGS)
def test_every_message_has_its_words(told: Member, template: str) -> None:
    members.send_notices([notice(told, f"{template}#1", template)])
    title, body = wording.of(
        Message.objects.get(channel="inbox", template=template, dedupe_key=f"{template}#1")
    )
    assert title
    assert "%(" not in body
