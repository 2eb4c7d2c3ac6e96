"""Messages by SMS: sent once, kept back, refused, and given up in view."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members.models import Message
from members.services.messages import channels
from members.terms import SmsRefused
from simulators.front import Front
from tests.members.test_sms.providers import MINUTE, NO, NUMBER, again, control, deliver, phones
from tests.worlds import AT


def test_a_text_is_sent_once_with_our_number_in_it(provider: str, outside: Front, told: Message) -> None:
    assert [deliver(), deliver()] == [1, 0]
    (shown,) = phones(outside, told.member.phone)
    now = again(told)
    assert (shown["values"], shown["reference"], shown["template"]) == (
        [NUMBER, "顺丰", "SF1"],
        str(told.pk),
        "order.shipped",
    )
    assert (now.state, now.sent_at, now.provider, now.provider_reference) == (
        "sent",
        AT,
        provider,
        shown["number"],
    )


def test_a_text_that_a_limit_kept_back_goes_out_later(provider: str, outside: Front, told: Message) -> None:
    control(outside, f"{provider}/answer", code=next(iter(NO[provider])))
    deliver()
    kept = again(told)
    assert (kept.state, kept.last_error, kept.next_attempt_at) == (
        "waiting",
        next(iter(NO[provider])),
        AT + timedelta(seconds=30),
    )
    deliver(kept.next_attempt_at)
    assert (again(told).state, len(phones(outside))) == ("sent", 1)


def test_a_text_that_is_refused_is_given_up_at_once(provider: str, outside: Front, told: Message) -> None:
    code = next(code for code, no in NO[provider].items() if no is SmsRefused)
    control(outside, f"{provider}/answer", code=code)
    deliver()
    assert (again(told).state, again(told).last_error, again(told).attempts) == ("dead", code, 1)


def test_a_text_nobody_says_anything_about_is_tried_three_times_and_given_up_in_view(
    provider: str, outside: Front, told: Message
) -> None:
    control(outside, f"{provider}/faults", kind="reset", times=-1, effect=False)
    times = [AT + 20 * n * MINUTE for n in range(6)]
    assert [deliver(at) for at in times] == [1, 1, 1, 1, 0, 0]
    assert (again(told).state, again(told).attempts) == ("dead", 3)


def test_a_worker_killed_while_it_spoke_with_the_provider_leaves_the_outcome_unknown(
    provider: str, outside: Front, told: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> str:
        raise Killed

    monkeypatch.setitem(channels.SENDERS, provider, die)
    with pytest.raises(Killed):
        deliver()
    assert (again(told).state, again(told).attempts) == ("unknown", 1)
