"""快递鸟 (kdniao), the tracking and waybill aggregator that speaks for all our carriers.

Waybills by request type 1007, their cancelling by 1147, subscriptions by 1008, queries by 8002 (or 1002 on the free
plan), pushes by 101.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from logistics.gateways import wire
from logistics.gateways.kdniao_track import CHINA, Obj, field_of, malformed, read_object, report_of, text_of
from logistics.terms import (
    CarrierRefused,
    CarrierUnavailable,
    Contact,
    TrackPoint,
    TrackReport,
    WaybillRequest,
)

__all__ = [
    "CarrierAccount",
    "CarrierRefused",
    "CarrierUnavailable",
    "Contact",
    "KdniaoSettings",
    "TrackPoint",
    "TrackReport",
    "WaybillRequest",
    "cancel_waybill",
    "data_sign",
    "issue_waybill",
    "parse_push",
    "push_answer",
    "query_tracking",
    "subscribe",
    "verify_push",
]

WAYBILL_PATH = "/api/EOrderService"
QUERY_PATH = "/Ebusiness/EbusinessOrderHandle.aspx"
SUBSCRIBE_PATH = "/api/dist"
WAYBILL = re.compile(r"[A-Za-z0-9-]{6,32}")
# The provider answers "format" to these; their full-width twins look the same on a label.
UNSAFE = str.maketrans("'\"#&+<>%\\", "＇＂＃＆＋＜＞％＼")
ALREADY_ISSUED = "106"
PASSING = ("繁忙", "超时", "稍后", "系统异常", "系统错误", "频繁", "并发", "次数限制")
NO_TRACK = ("无轨迹", "没有轨迹", "没有物流", "无物流")
ALREADY_SUBSCRIBED = ("重复", "已订阅")
NOTHING_STANDS = (
    "已取消",
    "重复取消",
    "订单不存在",
    "订单号不存在",
    "无此订单",
    "未下单",
    "没有下单",
    "无下单",
)
"""What is said of an order that was cancelled before, or never came through: either way no courier looks for it."""


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """Our account with one carrier, as its waybills ask for it."""

    customer_name: str = ""
    customer_password: str = field(default="", repr=False)
    month_code: str = ""
    send_site: str = ""


@dataclass(frozen=True, slots=True)
class KdniaoSettings:
    """Where the provider answers and who we are to it; `accounts` by carrier code."""

    base_url: str
    business_id: str
    app_key: str = field(repr=False)
    query_type: str = "8002"
    accounts: Mapping[str, CarrierAccount] = field(default_factory=dict)


def data_sign(request_data: str, app_key: str) -> str:
    """Sign as the provider does: base64 of the lower-case hex of MD5(data + key)."""
    digest = hashlib.md5((request_data + app_key).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return base64.b64encode(digest.hexdigest().encode()).decode()


def issue_waybill(order: WaybillRequest, *, settings: KdniaoSettings) -> str:
    """Get the waybill number for `order.reference`; asking again returns the same number.

    :raises CarrierUnavailable: unknown whether a number was given; ask again with the same reference
    :raises CarrierRefused: no number will be given
    """
    answer = _ask(settings, WAYBILL_PATH, "1007", _waybill_request(order, settings))
    inner = field_of(answer, "Order")
    number = text_of(field_of(inner, "LogisticCode"), 64) if isinstance(inner, dict) else ""
    code = text_of(field_of(answer, "ResultCode"), 10)
    if not (isinstance(inner, dict) and number and (_succeeded(answer) or code == ALREADY_ISSUED)):
        raise _no(answer, code)
    theirs = text_of(field_of(inner, "OrderCode"), 64), text_of(field_of(inner, "ShipperCode"), 20)
    if theirs != (order.reference, order.carrier_code):
        raise malformed("the answer is about another order", answer)
    if not WAYBILL.fullmatch(number):
        raise malformed("this is not a waybill number", answer)
    return number


def cancel_waybill(carrier_code: str, waybill: str, *, reference: str, settings: KdniaoSettings) -> None:
    """Take back the waybill that was given for `reference`; asking again changes nothing.

    `waybill` is empty when its number never reached us.

    :raises CarrierUnavailable: unknown whether it was taken back; ask again
    :raises CarrierRefused: it stands, most likely because the parcel was picked up
    """
    account = settings.accounts.get(carrier_code, CarrierAccount())
    asked = {
        "OrderCode": reference,
        "ShipperCode": carrier_code,
        "ExpNo": waybill,
        "CustomerName": account.customer_name,
        "CustomerPwd": account.customer_password,
    }
    answer = _ask(settings, WAYBILL_PATH, "1147", asked)
    reason = text_of(field_of(answer, "Reason"), 200)
    if not _succeeded(answer) and not any(word in reason for word in NOTHING_STANDS):
        raise _no(answer, text_of(field_of(answer, "ResultCode"), 10))


def query_tracking(
    carrier_code: str,
    waybill: str,
    *,
    phone_last4: str,
    reference: str,
    at: datetime,
    settings: KdniaoSettings,
) -> list[TrackPoint]:
    """Ask where a parcel has been, oldest first; an empty list while nothing is known.

    `phone_last4` is the receiver's or sender's; SF and ZTO tell nothing without it.

    :raises CarrierUnavailable, CarrierRefused: nothing was learnt
    """
    asked = _identity(carrier_code, waybill, phone_last4, reference)
    answer = _ask(settings, QUERY_PATH, settings.query_type, asked)
    if not _succeeded(answer):
        if any(word in text_of(field_of(answer, "Reason"), 200) for word in NO_TRACK):
            return []
        raise _no(answer, text_of(field_of(answer, "ResultCode"), 10))
    report = report_of(answer, at)
    if report.waybill.upper() != waybill.upper():
        raise malformed("the answer is about another waybill", answer)
    return list(report.points)


def subscribe(
    carrier_code: str, waybill: str, *, phone_last4: str, reference: str, settings: KdniaoSettings
) -> None:
    """Have every change of a parcel pushed to us; asking again changes nothing.

    :raises CarrierUnavailable, CarrierRefused: no push can be counted on
    """
    asked = _identity(carrier_code, waybill, phone_last4, reference)
    answer = _ask(settings, SUBSCRIBE_PATH, "1008", asked)
    reason = text_of(field_of(answer, "Reason"), 200)
    if not _succeeded(answer) and not any(word in reason for word in ALREADY_SUBSCRIBED):
        raise _no(answer, text_of(field_of(answer, "ResultCode"), 10))


def verify_push(request_data: str, data_sign_given: str, *, settings: KdniaoSettings) -> bool:
    """Tell in constant time whether a push was signed with our key, its `RequestData` taken as received."""
    given = unquote(data_sign_given).strip()  # some of its senders encode the sign once more
    expected = data_sign(request_data, settings.app_key)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def parse_push(request_data: str, *, at: datetime) -> list[TrackReport]:
    """Read a push: one report per waybill; entries that cannot be read are left out if others can.

    :raises CarrierRefused: nothing in it can be read
    """
    try:
        entries = field_of(read_object(request_data), "Data")
        if not isinstance(entries, list):
            raise malformed("no list of waybills", {})
    except CarrierUnavailable as error:
        raise CarrierRefused(error.reason) from error
    reports = [report for entry in entries if (report := _readable(entry, at)) is not None]
    if entries and not reports:
        raise CarrierRefused("no waybill of the push can be read")
    return reports


def push_answer(*, at: datetime, settings: KdniaoSettings, reason: str = "") -> dict[str, object]:
    """What the provider wants to hear after a push; with a reason it will push again."""
    return {
        "EBusinessID": settings.business_id,
        "UpdateTime": at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "Success": not reason,
        "Reason": reason,
    }


def _readable(entry: object, at: datetime) -> TrackReport | None:
    try:
        report = report_of(entry, at) if isinstance(entry, dict) else None
    except CarrierUnavailable:
        return None
    return report if report and WAYBILL.fullmatch(report.waybill) else None


def _ask(settings: KdniaoSettings, path: str, request_type: str, content: Mapping[str, object]) -> Obj:
    request_data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    request_data = request_data.encode("utf-8", "replace").decode()
    form = {
        "RequestData": request_data,
        "EBusinessID": settings.business_id,
        "RequestType": request_type,
        "DataSign": data_sign(request_data, settings.app_key),
        "DataType": "2",
    }
    return read_object(wire.post_form(settings.base_url.rstrip("/") + path, form))


def _succeeded(answer: Obj) -> bool:
    """Read `Success`, which some of its gateways send as a word.

    :raises CarrierUnavailable: it is neither true nor false
    """
    success = field_of(answer, "Success")
    if success is True or success == "true":
        return True
    if success is False or success == "false":
        return False
    raise malformed("neither success nor failure", answer)


def _no(answer: Obj, code: str) -> CarrierUnavailable | CarrierRefused:
    """Tell a final no from a passing fault and from an answer that contradicts itself."""
    reason = text_of(field_of(answer, "Reason"), 200)
    if _succeeded(answer):
        return malformed(f"success without a result ({reason})", answer)
    if any(word in reason for word in PASSING):
        return CarrierUnavailable(reason)
    return CarrierRefused(reason or "no reason given", code=code)


def _identity(carrier_code: str, waybill: str, phone_last4: str, reference: str) -> dict[str, object]:
    named = {"CustomerName": phone_last4} if phone_last4 else {}
    return {"OrderCode": reference, "ShipperCode": carrier_code, "LogisticCode": waybill, **named}


def _waybill_request(order: WaybillRequest, settings: KdniaoSettings) -> dict[str, object]:
    account = settings.accounts.get(order.carrier_code, CarrierAccount())
    goods = [
        {
            "GoodsName": _plain(item.name, 100),
            "Goodsquantity": item.quantity,
            "GoodsWeight": _kg(item.weight_grams),
        }
        for item in order.goods
    ]
    return {
        "OrderCode": order.reference,
        "ShipperCode": order.carrier_code,
        "CustomerName": account.customer_name,
        "CustomerPwd": account.customer_password,
        "MonthCode": account.month_code,
        "SendSite": account.send_site,
        "PayType": 3,  # by monthly account
        "ExpType": "1",  # standard parcel
        "IsNotice": 1,  # the courier comes by every day; no call to the door for each parcel
        "Sender": _contact(order.sender),
        "Receiver": _contact(order.receiver),
        "Commodity": goods,
        "Weight": _kg(order.weight_grams),
        "Quantity": 1,
        "Remark": _plain(order.remark, 60),
        "IsReturnPrintTemplate": "0",
    }


def _contact(contact: Contact) -> dict[str, str]:
    return {
        "Company": _plain(contact.company, 30),
        "Name": _plain(contact.name, 30),
        "Mobile": _plain(contact.phone, 20),
        "PostCode": contact.post_code or "000000",  # EMS and 邮政 insist on one
        "ProvinceName": _plain(contact.province, 20),
        "CityName": _plain(contact.city, 20),
        "ExpAreaName": _plain(contact.county, 20),
        "Address": _plain(contact.detail, 100),
    }


def _plain(text: str, limit: int) -> str:
    return text_of(text, limit).translate(UNSAFE)


def _kg(grams: int) -> float:
    """The protocol's unit; the one place where a weight is not an integer."""
    return round(grams / 1000, 3)
