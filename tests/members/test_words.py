"""The words of messages: an operator's where there are some, the house's own elsewhere, never words that break."""

from __future__ import annotations

import pytest
from django.utils import translation

from members import services as members
from members import wording
from members.models import Message, MessageTemplate
from members.wording import PercentBroken, PlaceholderUnknown, Said
from tests.worlds import AT, member

pytestmark = pytest.mark.django_db

CLERK = "operator:lin"


def choose(title: str, body: str, *, channel: str = "inbox", event: str = "order.signed") -> MessageTemplate:
    return members.choose_words(event, channel, "en", Said(title, body), at=AT, by=CLERK)


@pytest.fixture
def told() -> Message:
    members.send_notices([members.Notice(member().pk, "order.signed", "1#1", AT, {"number": "1"})])
    return Message.objects.get(channel="inbox")


def said(message: Message) -> Said:
    with translation.override("en"):
        return wording.of(message)


def test_the_words_of_the_house_hold_until_an_operator_chose_others_and_again_after_that(
    told: Message,
) -> None:
    standard = said(told)
    choose("Thanks!", "Order %(number)s is 100%% yours.")
    choose("Thanks", "Order %(number)s is 100%% yours.", channel="mail")
    assert said(told) == Said("Thanks!", "Order 1 is 100% yours.")
    with translation.override("zh-hans"):
        assert wording.of(told).body != "Order 1 is 100% yours."
    assert [members.restore_words("order.signed", "inbox", "en") for _ in range(2)] == [True, False]
    assert said(told) == standard


def test_a_value_with_an_english_form_is_read_in_the_readers_language() -> None:
    context: dict[str, object] = {
        "number": "1", "carrier": "顺丰速运", "carrier_en": "SF Express", "waybill": "SF1",
    }  # fmt: skip
    members.send_notices([members.Notice(member().pk, "order.shipped", "1#1", AT, context)])
    message = Message.objects.get(channel="inbox")
    assert "SF Express" in said(message).body
    with translation.override("zh-hans"):
        assert "顺丰速运" in wording.of(message).body


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("%(nmber)s", PlaceholderUnknown),
        ("%(code)s", PlaceholderUnknown),
        ("100%", PercentBroken),
        ("%s", PercentBroken),
        ("%(number)d", PercentBroken),
        ("%(number)", PercentBroken),
        ("%(number", PercentBroken),
        ("%(num ber)s", PercentBroken),
    ],
)
def test_words_that_could_not_be_filled_in_are_refused(body: str, refusal: type[Exception]) -> None:
    for words in (("x", body), (body, "x")):
        with pytest.raises(refusal):
            choose(*words)
    assert MessageTemplate.objects.count() == 0


def test_a_refusal_says_what_the_event_has() -> None:
    with translation.override("en"):
        with pytest.raises(PlaceholderUnknown) as refused:
            choose("x", "%(nmber)s")
        told = str(refused.value)
    assert told == "This event has no “nmber”. It has: number, points, reason, carrier, waybill."


def test_words_that_ask_for_what_an_old_message_lacks_give_way_to_the_standard_ones(told: Message) -> None:
    choose("Thanks", "%(points)s points, by %(carrier)s")
    assert said(told).body == "Thank you. Receipt of order 1 is confirmed."


def test_a_message_of_an_event_that_is_gone_is_left_out_of_the_inbox(told: Message) -> None:
    gone = Message(template="order.forgotten", channel="inbox", context={})
    assert [one for one, _said in wording.all_of([gone, told], {})] == [told]


def test_a_title_stays_one_line_whatever_a_value_holds(told: Message) -> None:
    choose("Order %(number)s", "x")
    told.context = {"number": "1\r\nBcc: everybody@example.com"}
    assert said(told).title == "Order 1 Bcc: everybody@example.com"


@pytest.mark.parametrize("event", wording.WORDINGS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_standard_words_hold_the_rules_they_set_in_every_language(event: str, language: str) -> None:
    with translation.override(language):
        for channel in wording.channels_of(event):
            words = wording.standard(event, channel)
            wording.check(event, words)
            assert words.body
            assert "%(" not in "".join(wording.sampled(event, words))


def test_what_is_changed_is_told_in_the_next_mail(mailoutbox: list[object]) -> None:
    one = member()
    type(one).objects.filter(pk=one.pk).update(language="en")
    choose("Yours: %(number)s", "For %(points)s", channel="mail", event="order.confirmed")
    members.send_notices(
        [members.Notice(one.pk, "order.confirmed", "1#1", AT, {"number": "1", "points": 12800})]
    )
    members.deliver_messages(at=AT)
    (sent,) = mailoutbox
    assert sent.subject == "Yours: 1"  # type: ignore[attr-defined]
    assert sent.body.startswith("For 12,800\n")  # type: ignore[attr-defined]
