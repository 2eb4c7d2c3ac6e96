"""快递鸟 (kdniao) as its clients see it: waybills 1007 and 1147, queries 1002, 8001 and 8002, subscriptions 1008."""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any

from simulators.clock import Clock
from simulators.front import Answer, Call, as_json
from simulators.kdniao_control import KdniaoControl
from simulators.kdniao_depot import Depot
from simulators.kdniao_push import Pusher
from simulators.parcels import CHINA, Parcel
from simulators.shelf import Document, Shelf
from simulators.waybills import MAKERS, waybill_for

WAYBILL_PATH = "/api/EOrderService"
QUERY_PATH = "/Ebusiness/EbusinessOrderHandle.aspx"
DIST_PATH = "/api/dist"
KINDS = {
    WAYBILL_PATH: ("1007", "1147"),
    QUERY_PATH: ("1002", "8001", "8002"),
    DIST_PATH: ("1008", "8008", "1002", "8001", "8002"),
}
BUSINESS_ID = "1000000"
APP_KEY = "simulated-app-key"
PHONE_NEEDED = ("SF", "ZTO")
POST_CODE_NEEDED = ("EMS", "YZPY")
UNSAFE = "'\"#&+<>%\\"
AUTOMATIC = ("door", "door", "door", "locker", "second_attempt")


def sign(request_data: str, app_key: str) -> str:
    """The protocol's signature: base64(md5hex(data + key))."""
    digest = hashlib.md5((request_data + app_key).encode("utf-8", "replace"), usedforsecurity=False)
    return base64.b64encode(digest.hexdigest().encode()).decode()


@dataclass(frozen=True)
class Account:
    """Who may call, and where pushes go."""

    business_id: str = BUSINESS_ID
    app_key: str = APP_KEY
    callback: str = ""


class Refuse(Exception):
    """The protocol's no, with its result code."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Kdniao:
    """The aggregator and the six carriers behind it."""

    name = "kdniao"
    paths = frozenset(KINDS)

    def __init__(self, shelf: Shelf, clock: Clock, account: Account, step_seconds: float = 0.0) -> None:
        self.account = account
        pusher = Pusher(account.callback, lambda data: sign(data, account.app_key), account.business_id)
        self.depot = Depot(shelf, clock, pusher, step_seconds)
        self._control = KdniaoControl(self.depot)

    def label(self, call: Call) -> tuple[str, str]:
        """The request type and the order code (or else the waybill), for aiming faults."""
        form = call.form()
        try:
            content = json.loads(form.get("RequestData", "{}"))
            reference = str(content.get("OrderCode") or content.get("LogisticCode") or "")
        except (ValueError, AttributeError):
            reference = ""
        return form.get("RequestType", ""), reference

    def serve(self, call: Call) -> Answer:
        """Answer one request of the protocol."""
        form = call.form()
        try:
            content = self._checked(call, form)
            kind = form["RequestType"]
            if kind == "1007":
                answer = self._issue(content)
            elif kind == "1147":
                answer = self._cancel(content)
            elif kind in ("1008", "8008"):
                answer = self._subscribe(content)
            else:
                answer = self._query(content)
        except Refuse as refused:
            answer = {"Success": False, "ResultCode": refused.code, "Reason": refused.reason}
        return as_json(
            {"EBusinessID": self.account.business_id, "UniquerRequestNumber": str(uuid.uuid4()), **answer}
        )

    def control(self, what: str, call: Call) -> Answer:
        """Do as a test or a curious person says; see KdniaoControl."""
        return self._control.do(what, call)

    def tick(self) -> None:
        """Let parcels walk whose time has come."""
        self.depot.tick()

    def _checked(self, call: Call, form: dict[str, str]) -> dict[str, Any]:
        data = form.get("RequestData", "")
        expected = sign(data, self.account.app_key)
        signed = hmac.compare_digest(expected.encode(), form.get("DataSign", "").encode("utf-8", "replace"))
        if not signed or form.get("EBusinessID") != self.account.business_id:
            raise Refuse("102", "非法参数")
        if form.get("RequestType") not in KINDS[call.path] or form.get("DataType") != "2":
            raise Refuse("103", "不支持的接口指令")
        try:
            content = json.loads(data)
        except ValueError as error:
            raise Refuse("401", "RequestData格式有误") from error
        if not isinstance(content, dict):
            raise Refuse("401", "RequestData格式有误")
        return content

    def _issue(self, content: dict[str, Any]) -> Document:
        reference = str(content.get("OrderCode") or "")
        self.depot.shelf.count("asked", reference)
        with self.depot.lock:
            known = self.depot.by_reference.get(reference)
            if known is not None and known.cancelled:
                raise Refuse("107", "该订单号已取消，不可重复使用")
            if known is not None:
                return _issued(known, "106", "该订单号已下单成功")
            _check_order(content)
            parcel = self._new_parcel(content, reference)
            self.depot.shelf.count("issued", reference)
            self.depot.keep(parcel)
        return _issued(parcel, "100", "成功")

    def _cancel(self, content: dict[str, Any]) -> Document:
        """Take a waybill back unless the courier has the parcel; the order's number is never used again."""
        _need(content, ("OrderCode", "ShipperCode"))
        reference = str(content["OrderCode"])
        self.depot.shelf.count("cancel_asked", reference)
        with self.depot.lock:
            known = self.depot.by_reference.get(reference)
            if known is None or known.carrier != content["ShipperCode"]:
                raise Refuse("105", "订单不存在")
            if content.get("ExpNo") and content["ExpNo"] != known.waybill:
                raise Refuse("105", "快递单号与订单不符")
            if known.traces:
                raise Refuse("105", "快件已揽收，无法取消")
            if known.cancelled:
                raise Refuse("105", "该订单已取消，请勿重复取消")
            known.cancelled = True
            self.depot.shelf.count("cancelled", reference)
            self.depot.keep(known)
        return {"Success": True, "ResultCode": "100", "Reason": "成功"}

    def _new_parcel(self, content: dict[str, Any], reference: str) -> Parcel:
        carrier, attempt = content["ShipperCode"], 0
        while (waybill := waybill_for(carrier, reference, attempt)) in self.depot.parcels:
            attempt += 1
        ends = content["Sender"], content["Receiver"]
        automatic = AUTOMATIC[int(hashlib.sha256(waybill.encode()).hexdigest(), 16) % len(AUTOMATIC)]
        return Parcel(
            waybill=waybill,
            carrier=carrier,
            reference=reference,
            origin=str(ends[0].get("CityName")),
            destination=str(ends[1].get("CityName")),
            phones=[str(end.get("Mobile") or end.get("Tel"))[-4:] for end in ends],
            journey=automatic if self.depot.step_seconds > 0 else "door",
        )

    def _subscribe(self, content: dict[str, Any]) -> Document:
        """Take any number of a carrier we know: people also subscribe to parcels they got elsewhere."""
        waybill = _waybill_of(content)
        carrier = content.get("ShipperCode")
        if carrier not in MAKERS:
            raise Refuse("105", "快递公司编码错误")
        self.depot.shelf.count("subscribed", waybill)
        with self.depot.lock:
            parcel = self.depot.parcels.get(waybill) or Parcel(
                waybill, carrier, str(content.get("OrderCode") or ""), elsewhere=True
            )
            parcel.subscribed = True
            self.depot.watch(parcel)
        updated = f"{self.depot.clock.now().astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        return {"Success": True, "ResultCode": "100", "Reason": "成功", "UpdateTime": updated}

    def _query(self, content: dict[str, Any]) -> Document:
        waybill = _waybill_of(content)
        self.depot.shelf.count("queried", waybill)
        with self.depot.lock:
            parcel = self.depot.parcels.get(waybill)
            carrier = content.get("ShipperCode") or (parcel.carrier if parcel else "")
            phone = str(content.get("CustomerName") or "")
            if carrier in PHONE_NEEDED and not phone:
                raise Refuse("101", "缺少必要参数[CustomerName]")
            if parcel is None or parcel.carrier != carrier or _wrong_phone(parcel, phone):
                return Parcel(waybill, carrier, str(content.get("OrderCode") or "")).track()
            self.depot.watch(parcel)
            return parcel.track()


def _wrong_phone(parcel: Parcel, phone: str) -> bool:
    return parcel.carrier in PHONE_NEEDED and bool(parcel.phones) and phone not in parcel.phones


def _waybill_of(content: dict[str, Any]) -> str:
    waybill = str(content.get("LogisticCode") or "")
    if not waybill:
        raise Refuse("402", "缺少快递单号")
    if not waybill.replace("-", "").isalnum() or not waybill.isascii():
        raise Refuse("403", "快递单号有特殊字符")
    if not 6 <= len(waybill) <= 30:
        raise Refuse("404", "快递单号长度不符")
    return waybill


def _check_order(content: dict[str, Any]) -> None:
    _need(
        content,
        ("OrderCode", "ShipperCode", "PayType", "ExpType", "Quantity", "Sender", "Receiver", "Commodity"),
    )
    if content["ShipperCode"] not in MAKERS:
        raise Refuse("105", "快递公司编码错误")
    for end in ("Sender", "Receiver"):
        _check_contact(end, content[end], content["ShipperCode"])
    if not isinstance(content["Commodity"], list):
        raise Refuse("103", "格式问题[Commodity]")
    for item in content["Commodity"]:
        _need(item, ("GoodsName", "Goodsquantity"), "Commodity.")


def _check_contact(end: str, contact: object, carrier: str) -> None:
    _need(contact, ("Name", "ProvinceName", "CityName", "Address"), f"{end}.")
    if isinstance(contact, dict):
        _need({"Mobile": contact.get("Mobile") or contact.get("Tel")}, ("Mobile",), f"{end}.")
        _need(contact, ("PostCode",) if carrier in POST_CODE_NEEDED else (), f"{end}.")
        if any(mark in str(value) for value in contact.values() for mark in UNSAFE):
            raise Refuse("103", f"格式问题[{end}]：请勿使用特殊字符")


def _need(content: object, names: tuple[str, ...], where: str = "") -> None:
    if not isinstance(content, dict):
        raise Refuse("103", f"格式问题[{where}]")
    for name in names:
        if not content.get(name):
            raise Refuse("101", f"缺少必要参数[{where}{name}]")


def _issued(parcel: Parcel, code: str, reason: str) -> Document:
    order = {
        "OrderCode": parcel.reference,
        "ShipperCode": parcel.carrier,
        "LogisticCode": parcel.waybill,
        "MarkDestination": parcel.destination,
        "OriginName": parcel.origin,
    }
    return {"Success": True, "ResultCode": code, "Reason": reason, "Order": order}
