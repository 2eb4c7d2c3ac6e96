"""What members want to hear of, and when: written so, held at the moment of sending, undone by one link."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.core import mail, signing
from django.db import IntegrityError
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


def test_who_declines_one_event_hears_of_the_others_of_its_topic() -> None:
    one = member()
    members.unsubscribe(one.pk, "order.shipped", Channel.SMS, at=AT)
    tell(one, AT, fact="a")
    tell(one, AT, "order.delivered", fact="b")
    told = Message.objects.order_by("dedupe_key", "channel").values_list("dedupe_key", "channel")
    assert list(told) == [
        ("a", "inbox"), ("a", "mail"), ("b", "inbox"), ("b", "mail"), ("b", "sms")
    ]  # fmt: skip


def test_the_inbox_may_be_done_without_like_mail_and_sms() -> None:
    one = member()
    wishes = members.Wishes(frozenset({("order.shipped", "inbox"), ("order", "inbox")}), None)
    members.save_wishes(one.pk, wishes, language="en", at=AT)
    tell(one, AT, fact="a")
    tell(one, AT, "order.confirmed", fact="b")
    tell(one, AT, "order.signed", fact="c")
    told = Message.objects.order_by("dedupe_key", "channel").values_list("dedupe_key", "channel")
    assert list(told) == [("a", "mail"), ("a", "sms"), ("b", "mail"), ("c", "inbox"), ("c", "mail")]


def test_what_refuses_gives_back_or_answers_stays_in_the_inbox_of_who_wants_nothing() -> None:
    one = member()
    everything = frozenset(
        (subject, channel) for subject in [*Topic.values, *wording.WORDINGS] for channel in Channel.values
    )
    members.save_wishes(one.pk, members.Wishes(everything, None), language="en", at=AT)
    for event in wording.WORDINGS:
        if not wording.WORDINGS[event].is_secret:
            tell(one, AT, event, fact=event)
    in_any_case = {"order.address_changed", "account.password_changed", "erasure.declined"}
    assert set(Message.objects.filter(channel="inbox").values_list("template", flat=True)) == {
        "order.rejected",
        "order.cancelled",
        "order.units_cancelled",
        "order.expired",
        "order.refunded",
        "refund.rejected",
        "complaint.answered",
        *in_any_case,
    }
    others = Message.objects.exclude(channel="inbox").values_list("template", flat=True)
    assert set(others) == in_any_case


def test_no_topic_is_called_like_an_event() -> None:
    assert set(Topic.values).isdisjoint(wording.WORDINGS)
    assert not [subject for subject in [*Topic.values, *wording.WORDINGS] if "-" in subject]


@pytest.mark.parametrize(("topic", "event"), [("", ""), ("order", "order.shipped")])
def test_a_no_is_about_a_topic_or_an_event(topic: str, event: str) -> None:
    no = Unsubscription(member=member(), topic=topic, event=event, channel="mail", since=AT)
    with pytest.raises(IntegrityError, match="a_no_is_about_a_topic_or_an_event"):
        no.save()


def test_who_unsubscribes_meanwhile_is_not_written_to_either() -> None:
    one = member()
    tell(one, AT)
    members.unsubscribe(one.pk, "delivery", Channel.MAIL, at=AT)
    members.deliver_messages(at=AT, through=[Channel.MAIL])
    row = Message.objects.get(channel="mail")
    assert (row.state, row.last_error, row.sent_at, mail.outbox) == ("unwanted", "unsubscribed", None, [])


def test_save_wishes_keeps_since_when_and_takes_away_what_is_wanted_again() -> None:
    one = member()
    some = frozenset(
        {("order", "mail"), ("order", "sms"), ("order.shipped", "inbox"), ("order.issued", "sms")}
    )
    members.save_wishes(one.pk, members.Wishes(some), language="en", at=AT)
    only_mail = members.Wishes(frozenset({("order", "mail"), ("order.shipped", "inbox")}), None)
    members.save_wishes(one.pk, only_mail, language="zh-hans", at=AT + HOUR)
    rows = Unsubscription.objects.order_by("topic").values_list("topic", "event", "channel", "since")
    assert list(rows) == [("", "order.shipped", "inbox", AT), ("order", "", "mail", AT)]
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


def link(one: Member, event: str = "order.shipped") -> str:
    return reverse("unsubscribe", args=[unsubscribe_token(one.pk, event)])


def old_link(one: Member, topic: str = "delivery") -> str:
    """A link as the first release wrote it: mails never expire."""
    return reverse(
        "unsubscribe", args=[signing.Signer(salt="members.unsubscribe").sign_object([one.pk, topic])]
    )


def noes() -> list[tuple[str, str, str]]:
    return sorted(Unsubscription.objects.values_list("topic", "event", "channel"))


def test_the_link_asks_first_and_stops_mails_of_that_event(client: Client) -> None:
    one = member()
    page = client.get(link(one), headers={"accept-language": "en"})
    assert (page.status_code, noes()) == (200, [])
    said = page.content.decode()
    assert "This stops our mails about “Your gift is on its way”" in said
    assert "It is one of the messages about “Shipping and arrival”." in said
    done = client.post(link(one), headers={"accept-language": "en"})
    assert "You will get no more mail about “Your gift is on its way”." in done.content.decode()
    client.post(link(one))
    assert noes() == [("", "order.shipped", "mail")]


def test_the_link_stops_mails_of_the_whole_kind_when_that_is_said(client: Client) -> None:
    one = member()
    done = client.post(link(one), {"kind": "1"}, headers={"accept-language": "en"})
    assert "You will get no more mail about “Shipping and arrival”." in done.content.decode()
    assert noes() == [("delivery", "", "mail")]


def test_a_topic_of_one_event_offers_no_whole_kind(client: Client) -> None:
    page = client.get(link(member(), "points.expiring"), headers={"accept-language": "en"})
    assert 'name="kind"' not in page.content.decode()


def test_a_link_of_the_first_release_stops_mails_of_its_topic(client: Client) -> None:
    one = member()
    page = client.get(old_link(one), headers={"accept-language": "en"}).content.decode()
    assert "This stops our mails about “Shipping and arrival”" in page
    assert 'name="kind"' not in page
    client.post(old_link(one), {"List-Unsubscribe": "One-Click"})
    assert noes() == [("delivery", "", "mail")]


@pytest.mark.parametrize("event", ["order.renamed", "order.address_changed", "", None, 7])
def test_a_link_about_what_is_mailed_no_more_stops_its_topic(client: Client, event: object) -> None:
    token = signing.Signer(salt="members.unsubscribe").sign_object([member().pk, "order", event])
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 200
    assert noes() == [("order", "", "mail")]


def test_mail_programs_unsubscribe_with_one_post_without_cookies() -> None:
    one = member()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(link(one), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, noes()) == (200, [("", "order.shipped", "mail")])


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
    token = unsubscribe_token(member().pk, "order.shipped")
    sign = signing.Signer(salt="members.unsubscribe").sign_object
    foreign = [
        sign([1, "nothing"]),
        sign([1]),
        sign("x"),
        sign(["x", "order"]),
        sign([1, None, "order.shipped"]),
    ]
    for forged in (token[:-1], "x", token.replace(":", ":x", 1), *foreign):
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
