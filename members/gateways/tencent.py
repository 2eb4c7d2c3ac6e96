"""腾讯云短信 (Tencent Cloud SMS): SendSms of 2021-01-11, signed TC3-HMAC-SHA256, and the receipts it pushes."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from members.gateways import wire
from members.terms import Receipt, Sms, SmsAccount, SmsNotSent, SmsRefused, SmsUnknown, UnreadableReceipt

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE, VERSION = "sms", "2021-01-11"
CONTENT_TYPE = "application/json; charset=utf-8"
LATER = (
    "LimitExceeded",
    "RequestLimitExceeded",
    "FailedOperation.InsufficientBalanceInSmsPackage",
    "ResourceUnavailable",
)
"""What may be over when we ask again: limits, an empty purse, a crowd."""

PUSH_ANSWER: Mapping[str, object] = {"result": 0, "errmsg": "OK"}
BAD_PUSH_ANSWER: Mapping[str, object] = {"result": 1, "errmsg": "malformed"}


def send(text: Sms, *, account: SmsAccount, at: datetime) -> str:
    """Have a text sent and return the provider's number of it (SerialNo).

    :raises SmsNotSent, SmsUnreachable: it was not sent; later perhaps
    :raises SmsRefused: it will never be sent
    :raises SmsUnknown: nobody can say
    """
    content = {
        "PhoneNumberSet": [f"+86{text.phone}"],
        "SmsSdkAppId": account.app_id,
        "TemplateId": text.template,
        "SignName": account.sign_name,
        "TemplateParamSet": list(text.values.values()),
        "SessionContext": text.reference,
    }
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    url = account.base_url.rstrip("/") + "/"
    headers = signed_headers(url, payload, service=SERVICE, account=account, at=at)
    headers |= {"X-TC-Action": "SendSms", "X-TC-Version": VERSION, "X-TC-Region": account.region}
    return _number_in(wire.post(url, headers=headers, content=payload))


def _number_in(answer: wire.Obj) -> str:
    response = answer.get("Response")
    if not isinstance(response, dict):
        raise SmsUnknown("unreadable")
    error = response.get("Error")
    if isinstance(error, dict):
        raise _no(wire.word(error.get("Code")))
    statuses = response.get("SendStatusSet")
    status = statuses[0] if isinstance(statuses, list) and statuses else None
    if not isinstance(status, dict):
        raise SmsUnknown("unreadable")
    code, number = wire.word(status.get("Code")), wire.word(status.get("SerialNo"))
    if code != "Ok":
        raise _no(code)
    if not number:
        raise SmsUnknown("no_number")
    return number


def _no(code: str) -> SmsNotSent:
    if not code or code.startswith("InternalError"):  # their own fault, half way through
        return SmsUnknown(code or "unreadable")
    if code.startswith(LATER):
        return SmsNotSent(code)
    return SmsRefused(code)


def signed_headers(
    url: str, payload: bytes, *, service: str, account: SmsAccount, at: datetime
) -> dict[str, str]:
    """Return the headers of a JSON POST, its signature among them."""
    moment = at.astimezone(UTC)
    day, stamp = f"{moment:%Y-%m-%d}", str(int(moment.timestamp()))
    headers = {"content-type": CONTENT_TYPE, "host": urlsplit(url).netloc}
    canonical = "\n".join(
        [
            "POST",
            urlsplit(url).path or "/",
            "",
            "".join(f"{name}:{headers[name]}\n" for name in sorted(headers)),
            "content-type;host",
            hashlib.sha256(payload).hexdigest(),
        ]
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{account.key_secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = (
        f"Credential={account.key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    )
    return headers | {"X-TC-Timestamp": stamp, "Authorization": f"{ALGORITHM} {credential}"}


def parse_receipts(text: str) -> list[Receipt]:
    """Read a push of receipts; entries that name no text are left out. Our own number is not among what they say.

    :raises UnreadableReceipt: it is no list of objects
    """
    try:
        pushed = wire.entries(text)
    except ValueError as error:
        raise UnreadableReceipt from error
    receipts = [
        Receipt(
            provider_reference=wire.word(entry.get("sid")),
            reference="",
            phone=wire.word(entry.get("mobile"), 20),
            succeeded=entry.get("report_status") == "SUCCESS",
            code=wire.word(entry.get("errmsg")),
        )
        for entry in pushed
    ]
    return [receipt for receipt in receipts if receipt.provider_reference]
