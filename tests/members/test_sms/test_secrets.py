"""Texts that hold a secret: sent at once, wiped soon, never replayed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from members import services as members
from members.models import Message
from members.terms import SmsRefused
from simulators.front import Front
from tests.members.test_sms.providers import MINUTE, NO, again, control, deliver, phones
from tests.worlds import AT, member


def secret(**changes: object) -> Message:
    given: dict[str, Any] = {"context": {"code": "246810"}, "fact": "sign-in/1", "at": AT} | changes
    members.send_secret(member().pk, template="sign_in.code", **given)
    return Message.objects.get(dedupe_key=given["fact"])


NIGHT = AT.replace(hour=17)  # one in the morning in Shanghai


@pytest.mark.django_db
def test_a_secret_goes_out_at_night_to_whoever_wants_nothing_and_is_wiped(
    provider: str, outside: Front
) -> None:
    message = secret(at=NIGHT)
    members.unsubscribe(message.member_id, "", "sms", at=AT)
    outside.clock.stand_at(NIGHT)
    assert deliver(NIGHT) == 1
    (shown,) = phones(outside, message.member.phone)
    assert (shown["values"], shown["template"]) == (["246810"], "sign_in.code")
    assert (again(message).state, again(message).context) == ("sent", {})


@pytest.mark.django_db
def test_a_secret_is_written_once(provider: str) -> None:
    message = secret()
    members.send_secret(
        message.member_id, template="sign_in.code", context={"code": "1"}, fact=message.dedupe_key, at=AT
    )
    assert (Message.objects.count(), again(message).context) == (1, {"code": "246810"})


@pytest.mark.django_db
def test_a_secret_goes_before_everything_else(provider: str, outside: Front, told: Message) -> None:
    secret(at=AT + MINUTE)
    members.deliver_messages(at=AT + MINUTE, through=["sms"], limit=1)
    assert [one["template"] for one in phones(outside)] == ["sign_in.code"]


@pytest.mark.django_db
def test_a_secret_is_wiped_when_refused_and_when_it_is_ten_minutes_old(provider: str, outside: Front) -> None:
    refused, unknown = secret(fact="a", at=AT - MINUTE), secret(fact="b")  # the older one goes first
    code = next(code for code, no in NO[provider].items() if no is SmsRefused)
    control(outside, f"{provider}/answer", code=code)
    control(outside, f"{provider}/faults", kind="reset", effect=False, times=-1, reference=str(unknown.pk))
    deliver()
    assert (again(refused).state, again(refused).context) == ("dead", {})
    assert (again(unknown).state, again(unknown).context) == ("unknown", {"code": "246810"})
    deliver(AT + 10 * MINUTE)
    assert (again(unknown).state, again(unknown).context, again(unknown).attempts) == ("dead", {}, 1)


@pytest.mark.django_db
def test_a_secret_that_a_limit_kept_back_is_tried_again_soon(provider: str, outside: Front) -> None:
    message = secret()
    control(outside, f"{provider}/answer", code=next(iter(NO[provider])))
    deliver()
    assert again(message).next_attempt_at == AT + timedelta(seconds=5)


@pytest.mark.django_db
def test_a_secret_cannot_be_replayed(provider: str) -> None:
    message = secret()
    Message.objects.filter(pk=message.pk).update(state="dead", context={})
    members.replay_message(message.pk, at=AT, by="operator:lin")
    assert again(message).state == "dead"
