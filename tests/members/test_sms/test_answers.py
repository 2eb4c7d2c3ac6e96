"""What a provider answers to a text, told apart by whether it went out."""

from __future__ import annotations

import httpx
import pytest

from members.gateways import wire
from members.terms import SmsNotSent, SmsRefused, SmsUnknown, SmsUnreachable
from simulators.front import Front
from tests.members.test_sms.providers import NO, NUMBER, control, phones, text


def test_a_provider_takes_a_text_and_gives_it_a_number(provider: str, outside: Front) -> None:
    number = text(provider)
    (shown,) = phones(outside, "13912345678")
    assert (shown["number"], shown["values"], shown["reference"]) == (
        number,
        [NUMBER, "顺丰 & co", "SF 1+1"],
        "7",
    )
    page = httpx.get(f"{outside.url}/sms?phone=13912345678", trust_env=False).text
    assert "顺丰 &amp; co" in page


def test_each_no_of_a_provider_is_told_apart(provider: str, outside: Front) -> None:
    told = {}
    for code in NO[provider]:
        control(outside, f"{provider}/answer", code=code)
        with pytest.raises(SmsNotSent) as refused:
            text(provider)
        assert refused.value.code == code
        told[code] = type(refused.value)
    assert told == NO[provider]
    assert phones(outside) == []


def test_a_provider_knows_us_by_our_key_and_a_phone_by_its_form(provider: str, outside: Front) -> None:
    for wrong in ({"key_secret": "guessed"}, {"sign_name": ""}, {"phone": "12345"}):
        with pytest.raises(SmsRefused):
            text(provider, **wrong)
    assert phones(outside) == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"kind": "slow", "seconds": 1}, SmsUnknown),
        ({"kind": "reset"}, SmsUnknown),
        ({"kind": "cut"}, SmsUnknown),
        ({"kind": "html"}, SmsUnknown),
        ({"kind": "not_object"}, SmsUnknown),
        ({"kind": "wrong_types"}, SmsNotSent),
        ({"kind": "huge", "size": 1_000_000}, SmsUnknown),
        ({"kind": "redirect"}, SmsUnknown),
    ],
)
def test_what_cannot_be_read_is_unknown_and_never_an_accident(
    provider: str,
    outside: Front,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, object],
    outcome: type[Exception],
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.3)
    control(outside, f"{provider}/faults", **fault)
    with pytest.raises(outcome):
        text(provider)


def test_nobody_there_is_certainly_not_sent(provider: str) -> None:
    with pytest.raises(SmsUnreachable):
        text(provider, base_url="http://127.0.0.1:9")
