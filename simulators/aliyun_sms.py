"""阿里云短信 as its clients see it: SendSms, signature version 3, receipts pushed as a list."""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from simulators.front import Answer, Call, as_json
from simulators.shelf import Document
from simulators.sms_party import CLOCK_SECONDS, PHONE, SmsParty, Turned
from simulators.texts import Text

MESSAGES = {
    "isv.BUSINESS_LIMIT_CONTROL": "触发号码天级流控",
    "isv.DAY_LIMIT_CONTROL": "触发日发送限额",
    "isv.MOBILE_NUMBER_ILLEGAL": "非法手机号",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模版不合法",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名不合法",
    "isv.AMOUNT_NOT_ENOUGH": "账户余额不足",
    "isv.PARAM_LENGTH_LIMIT": "参数超出长度限制",
}
AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})"
)


class AliyunSms(SmsParty):
    """The provider; a base URL that ends in /aliyun-sms leads to it."""

    name = "aliyun"
    paths = frozenset({"/aliyun-sms/"})
    failed_code = "MOBILE_NOT_ON_SERVICE"

    def label(self, call: Call) -> tuple[str, str]:
        """The action and OutId."""
        return call.headers.get("x-acs-action", ""), call.query.get("OutId", "")

    def serve(self, call: Call) -> Answer:
        """Answer SendSms."""
        request_id = str(uuid.uuid4()).upper()
        try:
            self._check(call)
        except Turned as turned:
            return as_json({"Code": turned.code, "Message": turned.message, "RequestId": request_id}, 400)
        try:
            text = self._send(call.query)
        except Turned as turned:
            return as_json({"Code": turned.code, "Message": turned.message, "RequestId": request_id})
        return as_json({"Code": "OK", "Message": "OK", "BizId": text.number, "RequestId": request_id})

    def _check(self, call: Call) -> None:
        """Verify the signature as the provider does.

        :raises Turned: it is not ours, too old, or used before
        """
        match = AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
        if match is None or match[1] != self.account.key_id:
            raise Turned("InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        names = match[2].split(";")
        needed = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-version"}
        if needed - set(names) or call.headers.get("x-acs-action") != "SendSms":
            raise Turned("InvalidAction.NotFound", "Specified api is not found.")
        digest = hashlib.sha256(call.body).hexdigest()
        query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(call.query.items()))
        headers = "".join(f"{name}:{call.headers.get(name, '').strip()}\n" for name in names)
        canonical = "\n".join([call.method, call.path, query, headers, match[2], digest])
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        expected = hmac.new(self.account.key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        if expected != match[3] or call.headers["x-acs-content-sha256"] != digest:
            raise Turned("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
        age = self.clock.now() - datetime.fromisoformat(call.headers["x-acs-date"])
        if abs(age.total_seconds()) > CLOCK_SECONDS:
            raise Turned("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")

    def _send(self, query: Mapping[str, str]) -> Text:
        phone = query.get("PhoneNumbers", "")
        code = self.laid_out_for(phone)
        if not code and not PHONE.fullmatch(phone):
            code = "isv.MOBILE_NUMBER_ILLEGAL"
        if not code and not query.get("SignName"):
            code = "isv.SMS_SIGNATURE_ILLEGAL"
        if not code and not query.get("TemplateCode"):
            code = "isv.SMS_TEMPLATE_ILLEGAL"
        try:
            values = json.loads(query.get("TemplateParam", "{}"))
        except ValueError:
            values, code = {}, code or "isv.INVALID_JSON_PARAM"
        if not code and any(len(str(value)) > 35 for value in values.values()):
            code = "isv.PARAM_LENGTH_LIMIT"
        if code:
            raise Turned(code, MESSAGES.get(code, code))
        return self.texts.take(
            self.name,
            phone,
            sign_name=query["SignName"],
            template=query["TemplateCode"],
            values=[str(value) for value in values.values()],
            reference=query.get("OutId", ""),
        )

    def receipt(self, text: Text, *, succeeded: bool, code: str) -> Mapping[str, object]:
        """One entry of a push."""
        return {
            "phone_number": text.phone,
            "send_time": text.sent_at,
            "report_time": text.sent_at,
            "success": succeeded,
            "err_code": code or ("DELIVERED" if succeeded else self.failed_code),
            "err_msg": "用户接收成功" if succeeded else "用户接收失败",
            "sms_size": "1",
            "biz_id": text.number,
            "out_id": text.reference,
        }

    def is_accepted(self, answer: Document) -> bool:
        """Code 0 confirms a push."""
        return answer.get("code") == 0
