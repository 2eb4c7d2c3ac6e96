"""Messages: one per fact and channel, delivered once, retried, given up in view."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from members import services as members
from members import wording
from members.models import Member, Message
from members.services.messages import channels, delivering
from tests.worlds import AT, member

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def notice(to: Member, fact: str = "1#1", template: str = "order.approved") -> members.Notice:
    context = {"number": "26110212345678", "carrier": "顺丰", "waybill": "SF1", "points": 5, "reason": "x"}
    others = {name: "2026-12-01" for name in wording.names_of(template) if name not in context}
    return members.Notice(to.pk, template, fact, AT, context | others)


@pytest.fixture
def told() -> Member:
    """A member with one message, in the inbox, that waits to go out by mail."""
    one = member()
    members.send_notices([notice(one)])
    return one


@pytest.fixture
def broken_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_words: object, **_more: object) -> int:
        raise OSError("no route to the mail server")

    monkeypatch.setattr(channels, "_mail", fail)


def by_mail() -> Message:
    return Message.objects.get(channel="mail")


def rows(*columns: str) -> list[tuple[object, ...]]:
    return list(Message.objects.order_by("pk").values_list(*columns))


def test_send_notices_writes_each_fact_once_for_each_channel(told: Member) -> None:
    members.send_notices([notice(told), notice(told, "1#2")])
    assert rows("dedupe_key", "channel", "state", "sent_at") == [
        ("1#1", "inbox", "sent", AT),
        ("1#1", "mail", "waiting", None),
        ("1#2", "inbox", "sent", AT),
        ("1#2", "mail", "waiting", None),
    ]


def test_deliver_messages_sends_what_is_due_and_once(told: Member) -> None:
    members.send_notices([members.Notice(told.pk, "order.signed", "later", AT + SECOND, {"number": "1"})])
    assert [members.deliver_messages(at=AT) for _ in range(2)] == [1, 0]
    assert [sent.to for sent in mail.outbox] == [[told.email]]
    assert rows("dedupe_key", "channel", "state", "sent_at", "attempts") == [
        ("1#1", "inbox", "sent", AT, 0),
        ("1#1", "mail", "sent", AT, 1),
        ("later", "inbox", "sent", AT + SECOND, 0),
        ("later", "mail", "waiting", None, 0),
    ]


def test_deliver_messages_sends_what_is_due_at_one_moment_in_the_order_it_was_written(told: Member) -> None:
    members.send_notices([notice(told, f"1#{n}") for n in (2, 3)])
    written = list(Message.objects.filter(channel="mail").order_by("pk").values_list("pk", flat=True))
    for at in (AT + SECOND, AT):  # put off and back again: its row now lies behind the others
        Message.objects.filter(pk=written[0]).update(next_attempt_at=at)
    sent = []
    while members.deliver_messages(at=AT, limit=1):
        sent.append([pk for pk in written if Message.objects.filter(pk=pk, state="sent").exists()])
    assert sent == [written[:1], written[:2], written]


def test_deliver_messages_speaks_the_members_language_and_shows_the_way_out(told: Member) -> None:
    Member.objects.filter(pk=told.pk).update(language="en")
    members.deliver_messages(at=AT)
    (sent,) = mail.outbox
    assert sent.subject == "Order passed its check"
    assert sent.body.startswith("Your order 26110212345678 has been checked and is being prepared.\n\n")
    assert isinstance(sent, mail.EmailMessage)
    stop = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in sent.body
    assert sent.extra_headers == {
        "Message-ID": f"<message-{by_mail().pk}@example.com>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_send_notices_writes_no_mail_to_a_member_without_an_address() -> None:
    one = member()
    Member.objects.filter(pk=one.pk).update(email="")
    members.send_notices([notice(one)])
    assert rows("channel") == [("inbox",)]


def test_deliver_messages_gives_up_at_once_on_a_mail_address_that_is_gone(told: Member) -> None:
    Member.objects.filter(pk=told.pk).update(email="")
    members.deliver_messages(at=AT)
    assert (by_mail().state, by_mail().last_error, by_mail().attempts, mail.outbox) == (
        "unwanted",
        "no_address",
        0,
        [],
    )


@pytest.mark.parametrize(("status", "heard"), [("frozen", {"inbox", "mail", "sms"}), ("closed", {"inbox"})])
def test_frozen_members_are_told_of_their_orders_and_closed_ones_nothing_outside(
    status: str, heard: set[str]
) -> None:
    one = member()
    Member.objects.filter(pk=one.pk).update(status=status)
    members.send_notices([notice(one, template="order.shipped")])
    assert set(Message.objects.values_list("channel", flat=True)) == heard


def test_a_member_who_is_closed_meanwhile_is_not_written_to(told: Member) -> None:
    Member.objects.filter(pk=told.pk).update(status="closed")
    members.deliver_messages(at=AT)
    assert (by_mail().state, mail.outbox) == ("unwanted", [])


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


def test_deliver_messages_lets_one_failure_delay_no_other(
    told: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = member()
    members.send_notices([notice(other)])
    send, failing = channels._mail, by_mail_of(told).pk

    def send_or_fail(message: Message) -> None:
        if message.pk == failing:
            raise OSError
        send(message)

    monkeypatch.setattr(channels, "_mail", send_or_fail)
    members.deliver_messages(at=AT)
    assert [by_mail_of(told).state, by_mail_of(other).state] == ["waiting", "sent"]


def by_mail_of(one: Member) -> Message:
    return Message.objects.get(channel="mail", member=one)


def test_a_channel_that_is_down_is_tried_a_few_times_at_each_wake_up(broken_mail: None) -> None:
    for _ in range(5):
        members.send_notices([notice(member())])
    assert members.deliver_messages(at=AT) == 3
    assert Message.objects.filter(channel="mail", attempts=0).count() == 2


def test_a_crash_after_the_attempt_was_counted_is_tried_again_later(
    told: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(message: Message) -> None:
        raise Killed

    monkeypatch.setattr(channels, "_mail", die)
    with pytest.raises(Killed):
        members.deliver_messages(at=AT)
    assert (by_mail().state, by_mail().attempts) == ("waiting", 1)
    monkeypatch.undo()
    assert members.deliver_messages(at=AT + 29 * SECOND) == 0
    assert members.deliver_messages(at=AT + 30 * SECOND) == 1
    assert (by_mail().state, by_mail().attempts) == ("sent", 2)


def test_a_message_that_kills_its_workers_is_given_up_in_view(told: Member) -> None:
    Message.objects.filter(channel="mail").update(attempts=delivering.MAX_ATTEMPTS)
    assert members.deliver_messages(at=AT) == 1
    assert (by_mail().state, mail.outbox) == ("dead", [])


def test_replay_message_gives_a_dead_one_another_round_and_no_other(told: Member) -> None:
    dead = by_mail()
    Message.objects.filter(pk=dead.pk).update(state="dead", attempts=8)
    inbox = Message.objects.get(channel="inbox")
    for message in (dead, inbox):
        members.replay_message(message.pk, at=AT + SECOND, by="operator:lin")
    assert rows("channel", "state", "attempts", "next_attempt_at", "replayed_at", "replayed_by") == [
        ("inbox", "sent", 0, AT, None, ""),
        ("mail", "waiting", 0, AT + SECOND, AT + SECOND, "operator:lin"),
    ]


def test_mark_read_marks_the_members_own_inbox(told: Member) -> None:
    other = member()
    members.send_notices([notice(other)])
    members.mark_read(told.pk, at=AT)
    marked = Message.objects.filter(read_at=AT).values_list("member", "channel")
    assert list(marked) == [(told.pk, "inbox")]


def test_backoff_doubles_up_to_an_hour() -> None:
    waits = [delivering.backoff(n).total_seconds() for n in (1, 2, 7, 8, 80)]
    assert waits == [30, 60, 1920, 3600, 3600]


TOLD = [event for event, one in wording.WORDINGS.items() if not one.is_secret]


@pytest.mark.parametrize("template", TOLD)
def test_every_message_has_its_words(told: Member, template: str) -> None:
    members.send_notices([notice(told, f"{template}#1", template)])
    written = Message.objects.filter(template=template, dedupe_key=f"{template}#1")
    assert {one.channel for one in written} == set(wording.channels_of(template))
    for one in written:
        title, body = wording.of(one)
        assert title
        assert body
        assert "%(" not in title + body


def test_what_members_did_themselves_is_no_text_to_their_phone(told: Member) -> None:
    for fact, by_member in (("mine", True), ("ours", False)):
        members.send_notices(
            [
                members.Notice(
                    told.pk,
                    "order.cancelled",
                    fact,
                    AT,
                    {"number": "1", "points": 5},
                    did_it_themselves=by_member,
                )
            ]
        )
    texts = Message.objects.filter(channel="sms").values_list("dedupe_key", flat=True)
    assert list(texts) == ["ours"]
