"""What members want to hear of, and when: written so, held at the moment of sending, undone by one link."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from members import rules, wording
from members import services as members
from members.models import Channel, Member, Message, QuietHours, Topic, Unsubscription
from members.services.messages import unsubscribe_token
from members.services.messages.wishes import read_unsubscribe_token
from tests.worlds import AT, member

HOUR = timedelta(hours=1)
NIGHT = (time(22), time(8))
EVENING = AT + 13 * HOUR  # eleven at night in Shanghai
MORNING = AT + 22 * HOUR  # eight in the morning after it


@pytest.mark.parametrize(
    ("hour", "minute", "hours", "waits"),
    [
        (21, 59, NIGHT, None),
        (22, 0, NIGHT, timedelta(hours=10)),
        (3, 30, NIGHT, timedelta(hours=4, minutes=30)),
        (7, 59, NIGHT, timedelta(minutes=1)),
        (8, 0, NIGHT, None),
        (12, 30, (time(12), time(14)), timedelta(hours=1, minutes=30)),
        (14, 0, (time(12), time(14)), None),
        (3, 0, (None, None), None),
    ],
)
def test_quiet_until_names_the_end_of_hours_that_may_pass_midnight(
    hour: int, minute: int, hours: tuple[time | None, time | None], waits: timedelta | None
) -> None:
    at = AT - 2 * HOUR + timedelta(hours=hour - 8, minutes=minute)  # AT is ten in the morning
    assert rules.quiet_until(at, *hours) == (None if waits is None else at + waits)


pytestmark = pytest.mark.django_db


def tell(to: Member, at: datetime, template: str = "order.shipped", fact: str = "1#5") -> None:
    context: dict[str, object] = {
        "number": "1",
        "points": 5,
        "reason": "x",
        "carrier": "SF",
        "waybill": "SF1",
    }
    members.send_notices([members.Notice(to.pk, template, fact, at, context)])


def waiting() -> dict[str, datetime]:
    return dict(Message.objects.filter(state="waiting").values_list("channel", "next_attempt_at"))


def test_quiet_hours_delay_mail_and_sms_but_not_the_inbox() -> None:
    tell(member(), EVENING)
    assert waiting() == {"mail": MORNING, "sms": MORNING}
    assert Message.objects.get(channel="inbox").sent_at == EVENING


def test_quiet_hours_are_the_members_own_or_none() -> None:
    one, other = member(), member()
    members.save_wishes(one.pk, members.Wishes(quiet=None), language="en", at=AT)
    members.save_wishes(other.pk, members.Wishes(quiet=(time(9), time(12))), language="en", at=AT)
    tell(one, EVENING)
    assert waiting() == {"mail": EVENING, "sms": EVENING}
    Message.objects.all().delete()
    tell(other, AT)
    assert waiting() == {"mail": AT + 2 * HOUR, "sms": AT + 2 * HOUR}


def test_a_retry_that_falls_into_quiet_hours_waits_and_costs_no_attempt() -> None:
    tell(member(), AT, "order.approved")
    Message.objects.filter(channel="mail").update(next_attempt_at=EVENING, attempts=2)
    assert members.deliver_messages(at=EVENING) == 1
    row = Message.objects.get(channel="mail")
    assert (row.state, row.attempts, row.next_attempt_at, mail.outbox) == ("waiting", 2, MORNING, [])


def test_what_is_urgent_waits_for_nothing() -> None:
    one = member()
    members.unsubscribe(one.pk, "", Channel.MAIL, at=AT)
    tell(one, EVENING, "account.password_changed")
    assert waiting() == {"mail": EVENING}
    members.deliver_messages(at=EVENING)
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMessage)
    assert "List-Unsubscribe" not in sent.extra_headers


def test_an_unsubscribed_member_is_not_written_to_on_that_channel_about_that_topic() -> None:
    one = member()
    members.unsubscribe(one.pk, "delivery", Channel.SMS, at=AT)
    tell(one, AT, fact="a")
    assert set(waiting()) == {"mail"}
    tell(one, AT, "order.refunded", fact="b")
    assert set(waiting()) == {"mail", "sms"}


def test_who_unsubscribes_meanwhile_is_not_written_to_either() -> None:
    one = member()
    tell(one, AT)
    members.unsubscribe(one.pk, "delivery", Channel.MAIL, at=AT)
    members.deliver_messages(at=AT, through=[Channel.MAIL])
    row = Message.objects.get(channel="mail")
    assert (row.state, row.last_error, row.sent_at, mail.outbox) == ("unwanted", "unsubscribed", None, [])


def test_save_wishes_keeps_since_when_and_takes_away_what_is_wanted_again() -> None:
    one = member()
    both = frozenset({("order", "mail"), ("order", "sms")})
    members.save_wishes(one.pk, members.Wishes(both), language="en", at=AT)
    only_mail = members.Wishes(frozenset({("order", "mail")}), None)
    members.save_wishes(one.pk, only_mail, language="zh-hans", at=AT + HOUR)
    rows = Unsubscription.objects.values_list("topic", "channel", "since")
    assert list(rows) == [("order", "mail", AT)]
    hours = QuietHours.objects.values_list("begins", "ends", "changed_at")
    assert list(hours) == [(None, None, AT + HOUR)]
    one = Member.objects.get(pk=one.pk)
    assert (one.language, members.wishes_of(one)) == ("zh-hans", only_mail)


def test_a_member_who_never_chose_wants_everything_but_not_at_night() -> None:
    assert members.wishes_of(member()) == members.Wishes(frozenset(), NIGHT)


def test_send_notices_costs_three_statements_for_any_number_of_members(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    notices = [members.Notice(member().pk, "order.signed", "1#1", AT, {"number": "1"}) for _ in range(5)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        members.send_notices(notices)


# --- The link in each mail


def link(one: Member, topic: str = "delivery") -> str:
    return reverse("unsubscribe", args=[unsubscribe_token(one.pk, topic)])


def test_the_link_asks_first_and_stops_mail_of_that_kind(client: Client) -> None:
    one = member()
    page = client.get(link(one), headers={"accept-language": "en"})
    assert (page.status_code, Unsubscription.objects.count()) == (200, 0)
    assert "Shipping and arrival" in page.content.decode()
    assert client.post(link(one)).status_code == 200
    client.post(link(one))
    assert list(Unsubscription.objects.values_list("member", "topic", "channel")) == [
        (one.pk, "delivery", "mail")
    ]


def test_mail_programs_unsubscribe_with_one_post_without_cookies() -> None:
    one = member()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(link(one), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, Unsubscription.objects.count()) == (200, 1)


def test_all_mail_can_be_stopped_at_once(client: Client) -> None:
    one = member()
    client.post(link(one), {"all": "1"})
    assert set(Unsubscription.objects.values_list("topic", "channel")) == {
        ("order", "mail"),
        ("delivery", "mail"),
        ("aftersales", "mail"),
        ("points", "mail"),
    }


def test_a_link_that_we_did_not_write_leads_nowhere(client: Client) -> None:
    token = unsubscribe_token(member().pk, "delivery")
    for forged in (token[:-1], "x", token.replace(":", ":x", 1), unsubscribe_token(1, "nothing")):
        assert read_unsubscribe_token(forged) is None
        assert client.post(reverse("unsubscribe", args=[forged])).status_code == 404
    assert Unsubscription.objects.count() == 0


def test_every_topic_has_something_to_say() -> None:
    told = {said.topic for said in wording.WORDINGS.values()}
    assert told == {None, "order", "delivery", "aftersales", "points"}


def test_nobody_can_decline_what_touches_their_account() -> None:
    one = member()
    everything = frozenset((topic, channel) for topic in Topic for channel in (Channel.SMS, Channel.MAIL))
    members.save_wishes(one.pk, members.Wishes(everything, None), language="en", at=AT)
    members.send_notices([members.Notice(one.pk, "erasure.declined", "1", AT, {"reason": "points"})])
    members.deliver_messages(at=AT, through=[Channel.MAIL])
    assert set(Message.objects.values_list("channel", "state")) == {("inbox", "sent"), ("mail", "sent")}
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMessage)
    assert "List-Unsubscribe" not in sent.extra_headers
    assert "No more mails" not in sent.body


def test_what_is_urgent_reaches_even_who_did_it_by_sms_at_night() -> None:
    one = member()
    context: dict[str, object] = {"number": "1", "region": "上海市"}
    notice = members.Notice(one.pk, "order.address_changed", "1", EVENING, context, did_it_themselves=True)
    members.send_notices([notice])
    assert waiting() == {"mail": EVENING, "sms": EVENING}
