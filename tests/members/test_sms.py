"""SMS: signed as published, sent once though providers forget, told apart by outcome, settled by receipts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from members import services as members
from members.gateways import aliyun, tencent, wire
from members.models import Message, SmsReceipt
from members.services.messages import channels
from members.terms import Sms, SmsAccount, SmsNotSent, SmsRefused, SmsUnknown, SmsUnreachable
from simulators.front import Front
from simulators.world import Choices, running
from tests.worlds import AT, member

MINUTE = timedelta(minutes=1)
NUMBER = "26110212345678"


def as_published(**fields: str) -> SmsAccount:
    return SmsAccount(**({"base_url": "", "sign_name": ""} | fields))  # type: ignore[arg-type]


# --- Signatures, against the vectors in the providers' own documents


def test_aliyun_signs_as_its_document_shows() -> None:
    headers = aliyun.signed_headers(
        "https://ecs.cn-shanghai.aliyuncs.com/",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        action="RunInstances",
        version="2014-05-26",
        account=as_published(key_id="YourAccessKeyId", key_secret="YourAccessKeySecret"),
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_signs_as_its_document_shows() -> None:
    headers = tencent.signed_headers(
        "https://cvm.tencentcloudapi.com/",
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        service="cvm",
        account=as_published(
            key_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", key_secret="Gu5t9xGARNpq86cd98joQYCN3*******"
        ),
        at=datetime.fromtimestamp(1551113065, UTC),
    )
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"
    )


# --- A world with both providers


@pytest.fixture
def outside() -> Iterator[Front]:
    with running(Choices()) as front:
        yield front


@pytest.fixture(params=["aliyun", "tencent"])
def provider(request: pytest.FixtureRequest, settings: Any, outside: Front) -> str:
    """One provider of the two, where the mall believes it to be."""
    name = str(request.param)
    outside.clock.stand_at(AT)  # a signature is good for a quarter of an hour
    settings.SMS_PROVIDER, settings.SMS_URL = name, f"{outside.url}/{name}-sms"
    settings.SMS_APP_ID, settings.SMS_REGION = "1400000000", "ap-guangzhou"
    return name


def control(outside: Front, path: str, **wish: object) -> Any:
    answer = httpx.post(f"{outside.url}/control/{path}", json=wish, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def phones(outside: Front, phone: str = "") -> list[dict[str, Any]]:
    found = httpx.get(f"{outside.url}/sms.json", params={"phone": phone} if phone else {}, trust_env=False)
    shown: list[dict[str, Any]] = found.json()
    return shown


def text(provider: str, *, phone: str = "13912345678", **fields: str) -> str:
    account = channels.account_with(provider)
    changed = SmsAccount(
        fields.get("base_url", account.base_url),
        account.key_id,
        fields.get("key_secret", account.key_secret),
        fields.get("sign_name", account.sign_name),
        account.app_id,
        account.region,
    )
    one = Sms(phone, "order.shipped", {"number": NUMBER, "carrier": "顺丰 & co", "waybill": "SF 1+1"}, "7")
    return channels.SENDERS[provider](one, account=changed, at=AT)


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


NO = {
    "aliyun": {
        "isv.BUSINESS_LIMIT_CONTROL": SmsNotSent,
        "isv.DAY_LIMIT_CONTROL": SmsNotSent,
        "isv.AMOUNT_NOT_ENOUGH": SmsNotSent,
        "isv.MOBILE_NUMBER_ILLEGAL": SmsRefused,
        "isv.SMS_TEMPLATE_ILLEGAL": SmsRefused,
        "isv.SMS_SIGNATURE_ILLEGAL": SmsRefused,
        "isp.SYSTEM_ERROR": SmsUnknown,
    },
    "tencent": {
        "LimitExceeded.PhoneNumberOneHourLimit": SmsNotSent,
        "FailedOperation.InsufficientBalanceInSmsPackage": SmsNotSent,
        "RequestLimitExceeded": SmsNotSent,
        "InvalidParameterValue.IncorrectPhoneNumber": SmsRefused,
        "FailedOperation.TemplateIncorrectOrUnapproved": SmsRefused,
        "FailedOperation.SignatureIncorrectOrUnapproved": SmsRefused,
        "InternalError.Timeout": SmsUnknown,
    },
}


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
            text(provider, **wrong)  # type: ignore[arg-type]
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


# --- Messages by SMS


@pytest.fixture
def told(db: None) -> Message:
    """A text that waits to go out."""
    context = {"number": NUMBER, "points": 1200, "reason": "", "carrier": "顺丰", "waybill": "SF1"}
    members.send_notices([members.Notice(member().pk, "order.shipped", "1#5", AT, context)])
    return Message.objects.get(channel="sms")


def deliver(at: datetime = AT) -> int:
    return members.deliver_messages(at=at, through=["sms"])


def again(message: Message) -> Message:
    return Message.objects.select_related("member").get(pk=message.pk)


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


def late_answer(outside: Front, provider: str, patch: pytest.MonkeyPatch) -> None:
    """Let the provider send the next text and answer after we have given up waiting."""
    patch.setattr(wire, "READ_SECONDS", 0.3)
    control(outside, f"{provider}/faults", kind="slow", seconds=1)


def receipts_to_us(outside: Front, provider: str, client: Client, **wish: object) -> None:
    """Carry receipts from the provider to the mall, in the provider's own words."""
    pushed: list[str] = []
    parties: Any = outside.parties
    parties[provider].postman.send = lambda body: pushed.append(body) or {"sent": True, "accepted": True}
    control(outside, f"{provider}/receipts", **wish)
    for body in pushed:
        answer = client.post(
            f"/api/v1/sms/{provider}/receipts?key=simulated-receipts", body, content_type="application/json"
        )
        assert (answer.status_code, parties[provider].is_accepted(answer.json())) == (200, True)


def test_a_text_of_unknown_outcome_is_not_sent_again_blindly_but_settled_by_its_receipt(
    provider: str, outside: Front, told: Message, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_answer(outside, provider, monkeypatch)
    deliver()
    assert (again(told).state, again(told).provider_reference) == ("unknown", "")
    assert [deliver(AT + minutes * MINUTE) for minutes in (1, 5, 19)] == [0, 0, 0]
    until_shown(outside, told.member.phone)
    receipts_to_us(outside, provider, client, phone=told.member.phone)
    members.apply_receipts(at=timezone.now())
    settled = again(told)
    assert (settled.state, settled.delivered_at is not None) == ("delivered", True)
    assert deliver(AT + 60 * MINUTE) == 0
    assert len(phones(outside)) == 1


def until_shown(outside: Front, phone: str) -> None:
    ends = time.monotonic() + 10
    while not phones(outside, phone):
        assert time.monotonic() < ends


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


@pytest.mark.parametrize(("success", "state"), [(True, "delivered"), (False, "undeliverable")])
def test_receipts_settle_a_message_once_however_often_they_come(
    provider: str, outside: Front, told: Message, client: Client, success: bool, state: str
) -> None:
    deliver()
    receipts_to_us(outside, provider, client, phone=told.member.phone, success=success, copies=3)
    assert SmsReceipt.objects.count() == 1
    at = timezone.now()
    assert [members.apply_receipts(at=at) for _ in range(2)] == [1, 0]
    receipts_to_us(outside, provider, client, phone=told.member.phone, success=not success)
    members.apply_receipts(at=timezone.now())
    receipt = SmsReceipt.objects.order_by("pk").first()
    assert receipt is not None
    assert (again(told).state, receipt.phone, receipt.message_id) == (state, "", told.pk)


def test_a_receipt_of_a_text_that_was_never_ours_is_let_go(
    provider: str, outside: Front, told: Message, client: Client
) -> None:
    text(provider)  # by somebody else who uses our account
    receipts_to_us(outside, provider, client)
    at = timezone.now()
    taken = 0
    while SmsReceipt.objects.filter(dead_at=None).exists():
        taken += members.apply_receipts(at=at)
        at += timedelta(hours=3)
    receipt = SmsReceipt.objects.get()
    assert (taken, receipt.phone, again(told).state) == (6, "", "waiting")


def test_receipts_need_the_key_and_a_list(client: Client, db: None) -> None:
    address = "/api/v1/sms/aliyun/receipts"

    def push(body: str, query: str = "?key=simulated-receipts", **headers: str) -> int:
        return client.post(
            address + query, body, content_type="application/json", headers=headers or None
        ).status_code

    assert push("[]") == 200
    assert push("[]", "", **{"X-Receipt-Key": "simulated-receipts"}) == 200
    assert [push("[]", query) for query in ("", "?key=", "?key=guess", "?key=密")] == [401] * 4
    assert [push(body) for body in ("", "{}", "[1]", "[" * 5000, "\x00", "[null]")] == [400] * 6
    strange = (
        '[{"biz_id": "x\\u0000y", "out_id": "99999999999999999999", "phone_number": {"a": 1}}, {"biz_id": 7}]'
    )
    assert push(strange) == 200
    assert set(SmsReceipt.objects.values_list("provider_reference", "message_id", "phone")) == {
        ("xy", None, ""),
        ("7", None, ""),
    }
    assert client.post("/api/v1/sms/nobody/receipts").status_code == 404
    assert client.get(address).status_code == 405


# --- Slowness, and what logs say


def test_a_slow_provider_delays_nothing_else(
    provider: str, outside: Front, told: Message, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.3)
    control(outside, f"{provider}/faults", kind="slow", seconds=20, times=-1, effect=False)
    for n in range(3):
        context = {"number": NUMBER, "carrier": "顺丰", "waybill": "SF1"}
        members.send_notices([members.Notice(member().pk, "order.shipped", f"{n}#5", AT, context)])
    began = time.monotonic()
    assert members.deliver_messages(at=AT) == 5  # four mails, one text, then the channel is left alone
    assert time.monotonic() - began < 5
    assert len(mailoutbox) == 4
    states = Message.objects.filter(channel="sms").values_list("state", flat=True).order_by("pk")
    assert list(states) == ["unknown", "waiting", "waiting", "waiting"]


def test_logs_name_no_phone_no_address_and_no_text(
    provider: str,
    outside: Front,
    told: Message,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    code = next(code for code, no in NO[provider].items() if no is SmsRefused)
    secret = {"code": "135790"}
    members.send_secret(told.member_id, template="sign_in.code", context=secret, fact="c", at=AT)
    control(outside, f"{provider}/answer", code=code)
    deliver()
    deliver()
    monkeypatch.setattr(channels, "_mail", lambda message: 1 / 0)
    members.deliver_messages(at=AT)
    assert len(caplog.records) >= 2
    said = " ".join(str(vars(record)) for record in caplog.records if record.name != "django.db.backends")
    private = (told.member.phone, told.member.email, told.member.name, NUMBER, "SF1", "135790")
    assert [word for word in private if word in said] == []


# --- Secrets


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
