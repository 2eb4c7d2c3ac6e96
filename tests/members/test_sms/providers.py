"""The two providers of SMS: what they refuse, what their phones show, and how a text is sent through them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx

from members import services as members
from members.models import Message
from members.services.messages import channels
from members.terms import Sms, SmsAccount, SmsNotSent, SmsRefused, SmsUnknown
from simulators.front import Front
from tests.worlds import AT

MINUTE = timedelta(minutes=1)
NUMBER = "26110212345678"


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


def deliver(at: datetime = AT) -> int:
    return members.deliver_messages(at=at, through=["sms"])


def again(message: Message) -> Message:
    return Message.objects.select_related("member").get(pk=message.pk)
