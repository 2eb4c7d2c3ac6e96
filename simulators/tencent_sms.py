"""腾讯云短信 as its clients see it: SendSms of 2021-01-11, signature TC3, receipts pushed as a list."""

import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.front import Answer, Call, as_json
from simulators.shelf import Document
from simulators.sms_party import CLOCK_SECONDS, PHONE, SmsParty, Turned
from simulators.texts import Text

AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
PER_PHONE = ("FailedOperation", "LimitExceeded", "InvalidParameterValue.IncorrectPhoneNumber")
"""Codes that a phone's own status carries; all others turn the whole request down."""


class TencentSms(SmsParty):
    """The provider; a base URL that ends in /tencent-sms leads to it."""

    name = "tencent"
    paths = frozenset({"/tencent-sms/"})
    failed_code = "MK:0001"

    def label(self, call: Call) -> tuple[str, str]:
        """The action and SessionContext."""
        try:
            reference = str(call.wish().get("SessionContext", ""))
        except (ValueError, TypeError):
            reference = ""
        return call.headers.get("x-tc-action", ""), reference

    def serve(self, call: Call) -> Answer:
        """Answer SendSms."""
        try:
            self._check(call)
            statuses = self._send(call.wish())
        except Turned as turned:
            content: Document = {"Error": {"Code": turned.code, "Message": turned.message}}
        except (ValueError, TypeError):
            content = {"Error": {"Code": "InvalidParameter", "Message": "参数错误"}}
        else:
            content = {"SendStatusSet": statuses}
        return as_json({"Response": {**content, "RequestId": str(uuid.uuid4())}})

    def _check(self, call: Call) -> None:
        """Verify the signature as the provider does.

        :raises Turned: it is not ours, or too old
        """
        match = AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
        if match is None or match[1] != self.account.key_id:
            raise Turned("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
        stamp = call.headers.get("x-tc-timestamp", "")
        moment = datetime.fromtimestamp(int(stamp) if stamp.isdigit() else 0, UTC)
        if (
            abs((self.clock.now() - moment).total_seconds()) > CLOCK_SECONDS
            or f"{moment:%Y-%m-%d}" != match[2]
        ):
            raise Turned("AuthFailure.SignatureExpire", "The signature has expired.")
        if call.headers.get("x-tc-action") != "SendSms" or call.headers.get("x-tc-version") != "2021-01-11":
            raise Turned("InvalidAction", "No such action.")
        if not call.headers.get("x-tc-region"):
            raise Turned("MissingParameter", "The request misses Region.")
        headers = "".join(f"{name}:{call.headers.get(name, '').lower()}\n" for name in match[3].split(";"))
        digest = hashlib.sha256(call.body).hexdigest()
        canonical = "\n".join([call.method, call.path, "", headers, match[3], digest])
        scope = f"{match[2]}/sms/tc3_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        key = f"TC3{self.account.key_secret}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
        if hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest() != match[4]:
            raise Turned("AuthFailure.SignatureFailure", "The signature is not right.")

    def _send(self, wish: dict[str, Any]) -> list[Document]:
        for name in ("PhoneNumberSet", "SmsSdkAppId", "TemplateId", "SignName"):
            if not wish.get(name):
                raise Turned("MissingParameter", f"The request misses {name}.")
        return [self._send_to(str(phone), wish) for phone in wish["PhoneNumberSet"]]

    def _send_to(self, number: str, wish: dict[str, Any]) -> Document:
        phone = number.removeprefix("+86")
        code = self.laid_out_for(phone)
        if not code and not PHONE.fullmatch(phone):
            code = "InvalidParameterValue.IncorrectPhoneNumber"
        if code and not code.startswith(PER_PHONE):
            raise Turned(code, code)
        status: Document = {"PhoneNumber": number, "Fee": 0 if code else 1, "IsoCode": "CN", "SerialNo": ""}
        status["SessionContext"] = str(wish.get("SessionContext", ""))
        if code:
            return {**status, "Code": code, "Message": code}
        text = self.texts.take(
            self.name,
            phone,
            sign_name=wish["SignName"],
            template=wish["TemplateId"],
            values=[str(value) for value in wish.get("TemplateParamSet", [])],
            reference=status["SessionContext"],
        )
        return {**status, "SerialNo": text.number, "Code": "Ok", "Message": "send success"}

    def receipt(self, text: Text, *, succeeded: bool, code: str) -> Mapping[str, object]:
        """One entry of a push; what the merchant calls the text is not part of it."""
        return {
            "user_receive_time": text.sent_at,
            "nationcode": "86",
            "mobile": text.phone,
            "report_status": "SUCCESS" if succeeded else "FAIL",
            "errmsg": code or ("DELIVRD" if succeeded else self.failed_code),
            "description": "用户短信送达成功" if succeeded else "用户短信接收失败",
            "sid": text.number,
        }

    def is_accepted(self, answer: Document) -> bool:
        """Result 0 confirms a push."""
        return answer.get("result") == 0
