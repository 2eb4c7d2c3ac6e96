"""阿里云短信 (Aliyun SMS): SendSms of 2017-05-25, signed ACS3-HMAC-SHA256, and the receipts it pushes."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from members.gateways import wire
from members.terms import Receipt, Sms, SmsAccount, SmsNotSent, SmsRefused, SmsUnknown, UnreadableReceipt

ALGORITHM = "ACS3-HMAC-SHA256"
VALUE_CHARS = 35  # the longest value of a variable that the provider takes
LATER = ("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH", "Throttling")
"""What may be over when we ask again: limits, an empty purse, a crowd."""

PUSH_ANSWER: Mapping[str, object] = {"code": 0, "msg": "成功"}
BAD_PUSH_ANSWER: Mapping[str, object] = {"code": 1, "msg": "格式错误"}


def send(text: Sms, *, account: SmsAccount, at: datetime) -> str:
    """Have a text sent and return the provider's number of it (BizId).

    :raises SmsNotSent, SmsUnreachable: it was not sent; later perhaps
    :raises SmsRefused: it will never be sent
    :raises SmsUnknown: nobody can say
    """
    values = {name: value[:VALUE_CHARS] for name, value in text.values.items()}
    query = {
        "PhoneNumbers": text.phone,
        "SignName": account.sign_name,
        "TemplateCode": text.template,
        "TemplateParam": json.dumps(values, ensure_ascii=False, separators=(",", ":")),
        "OutId": text.reference,
    }
    url = account.base_url.rstrip("/") + "/"
    headers = signed_headers(
        url,
        query,
        action="SendSms",
        version="2017-05-25",
        account=account,
        at=at,
        nonce=secrets.token_hex(16),
    )
    answer = wire.post(f"{url}?{canonical_query(query)}", headers=headers, content=b"")
    code = wire.word(answer.get("Code"))
    if code == "OK":
        reference = wire.word(answer.get("BizId"))
        if not reference:
            raise SmsUnknown("no_number")
        return reference
    raise _no(code)


def _no(code: str) -> SmsNotSent:
    if not code:
        return SmsUnknown("unreadable")
    if code.startswith(LATER):
        return SmsNotSent(code)
    if code.startswith(("isp.", "ServiceUnavailable", "InternalError")):  # their own fault, half way through
        return SmsUnknown(code)
    return SmsRefused(code)


def signed_headers(
    url: str,
    query: Mapping[str, str],
    *,
    action: str,
    version: str,
    account: SmsAccount,
    at: datetime,
    nonce: str,
    payload: bytes = b"",
) -> dict[str, str]:
    """Return the headers of a POST, its signature (version 3) among them."""
    address = urlsplit(url)
    digest = hashlib.sha256(payload).hexdigest()
    headers = {
        "host": address.netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": digest,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            "POST",
            address.path or "/",
            canonical_query(query),
            "".join(f"{name}:{headers[name]}\n" for name in sorted(headers)),
            names,
            digest,
        ]
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(account.key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={account.key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": f"{ALGORITHM} {credential}"}


def canonical_query(query: Mapping[str, str]) -> str:
    """Return a query as it is sent and signed: sorted, all but unreserved characters encoded."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def parse_receipts(text: str) -> list[Receipt]:
    """Read a push of receipts; entries that name no text are left out.

    :raises UnreadableReceipt: it is no list of objects
    """
    try:
        pushed = wire.entries(text)
    except ValueError as error:
        raise UnreadableReceipt from error
    receipts = [
        Receipt(
            provider_reference=wire.word(entry.get("biz_id")),
            reference=wire.word(entry.get("out_id")),
            phone=wire.word(entry.get("phone_number"), 20),
            succeeded=entry.get("success") in (True, "true"),
            code=wire.word(entry.get("err_code")),
        )
        for entry in pushed
    ]
    return [receipt for receipt in receipts if receipt.provider_reference]
