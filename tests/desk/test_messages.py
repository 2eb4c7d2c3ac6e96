"""Messages that were given up: found, understood and sent again by those who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from members import services as members
from members.admin.failures import in_words
from members.models import Member, Message, MessageTemplate
from tests import worlds
from tests.desk.operators import browser, page, told

pytestmark = pytest.mark.django_db
LIST = page("members.message")


@pytest.fixture
def lin() -> Member:
    return worlds.member()


def given_up(
    to: Member, fact: str, *, template: str = "order.signed", days: int = 0, **fields: object
) -> None:
    """A notice of which every channel was given up."""
    at = timezone.now() - timedelta(days=days)
    context: dict[str, object] = {"number": "1", "reason": "r", "points": 1, "complaint": "C1"}
    members.send_notices([members.Notice(to.pk, template, fact, at, context)])
    Message.objects.filter(dedupe_key=fact).exclude(channel="inbox").update(
        state="dead", attempts=8, **({"last_error": "isv.MOBILE_NUMBER_ILLEGAL"} | fields)
    )


def shown(client: Client, **query: str) -> set[tuple[str, str]]:
    rows = client.get(LIST, query).context["cl"].result_list
    return {(row.dedupe_key, row.channel) for row in rows}


def test_the_list_says_in_words_what_happened_and_masks_who_it_was_for(lin: Member) -> None:
    given_up(lin, "one")
    body = browser("service_desk").get(LIST).content.decode()
    assert "the provider says that this is no mobile number" in body
    assert f"{lin.email[0]}***@example.com" in body
    assert [secret in body for secret in (lin.phone, lin.email, "isv.MOBILE")] == [False] * 3
    row = Message.objects.get(channel="mail")
    assert "isv.MOBILE" in browser("manager").get(page("members.message", "change", row.pk)).content.decode()


def test_every_reason_has_words() -> None:
    for code in (
        "ConnectError",
        "ConnectTimeout",
        "http_503",
        "unreadable_500",
        "FailedOperation.X",
        "TimeoutError",
    ):
        assert str(in_words(code)) != code
    assert in_words("SomethingNew") == "SomethingNew"


def test_the_list_is_narrowed_by_channel_event_provider_and_days(lin: Member) -> None:
    given_up(lin, "old", days=9, provider="tencent")
    given_up(lin, "new", template="complaint.answered", provider="aliyun")
    client = browser("service_desk")
    everything = shown(client)
    assert {fact for fact, _channel in everything} == {"old", "new"}
    assert shown(client, channel__exact="mail") == {("old", "mail"), ("new", "mail")}
    assert {fact for fact, _c in shown(client, event="complaint.answered")} == {"new"}
    assert {fact for fact, _c in shown(client, provider="tencent")} == {"old"}
    assert {fact for fact, _c in shown(client, written="1")} == {"new"}
    assert shown(client, written="30") == everything
    for odd in ({"event": "\N{BLACK HEART SUIT}"}, {"provider": "x"}, {"written": "x"}):
        assert client.get(LIST, odd).status_code in (200, 302)


def test_many_are_sent_again_only_after_a_question_and_only_by_those_who_may(lin: Member) -> None:
    given_up(lin, "one")
    ids = [str(pk) for pk in Message.objects.filter(state="dead").values_list("pk", flat=True)]
    chosen = {"action": "replay", ACTION_CHECKBOX_NAME: ids}
    for role in ("auditor", "reviewer", "warehouse"):
        browser(role).post(LIST, chosen | {"confirmed": "1"})
    client = browser("service_desk")
    asked = client.post(LIST, chosen)
    assert (asked.status_code, Message.objects.filter(state="dead").count()) == (200, len(ids))
    done = client.post(LIST, chosen | {"confirmed": "1"}, follow=True)
    assert told(done) == [f"Try again: {len(ids)} done."]
    again = Message.objects.filter(pk__in=ids)
    assert set(again.values_list("state", "attempts", "replayed_by")) == {
        ("waiting", 0, "operator:service_desk")
    }


def test_a_value_with_a_lines_end_does_not_spoil_the_title_of_a_mail(
    lin: Member, mailoutbox: list[EmailMessage]
) -> None:
    """And what an operator wrote is text in a mail, whatever it looks like."""
    for language in ("zh-hans", "en"):
        MessageTemplate.objects.create(
            event="complaint.answered", channel="mail", language=language, title="Answered: %(reason)s",
            body="<script>alert(1)</script> %(reason)s", changed_at=timezone.now(), changed_by="operator:lin",
        )  # fmt: skip
    context: dict[str, object] = {"complaint": "C1", "reason": "first\r\nBcc: all@example.com"}
    at = timezone.now()
    members.send_notices([members.Notice(lin.pk, "complaint.answered", "fact", at, context)])
    Message.objects.filter(channel="mail").update(next_attempt_at=at)
    Member.objects.update(language="en")
    members.deliver_messages(at=at.replace(hour=4), through=["mail"])
    members.deliver_messages(at=at.replace(hour=4) + timedelta(days=1), through=["mail"])
    (mail,) = mailoutbox
    assert (mail.subject, mail.bcc, mail.content_subtype) == (
        "Answered: first Bcc: all@example.com",
        [],
        "plain",
    )
    assert not getattr(mail, "alternatives", [])
