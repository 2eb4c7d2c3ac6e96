"""The parcel that these tests send, and how they ask about it."""

from datetime import UTC, datetime
from typing import Any

import httpx

from logistics.gateways import kdniao
from logistics.gateways.kdniao import KdniaoSettings
from logistics.terms import Contact, Goods, TrackPoint, WaybillRequest
from simulators.front import Front
from simulators.kdniao import APP_KEY, BUSINESS_ID

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOWHERE = KdniaoSettings("http://127.0.0.1:9", BUSINESS_ID, APP_KEY)
SENDER = Contact(
    "积分商城仓库", "02155556666", "上海市", "上海市", "青浦区", "明珠路73号", company="积分商城"
)
RECEIVER = Contact("王小明", "13900005678", "四川省", "成都市", "武侯区", "天府大道1号 'A&B' 座 #3")


def parcel(reference: str = "P-1", carrier: str = "SF") -> WaybillRequest:
    goods = (Goods("马克杯 <红>", 2, 350), Goods("T恤", 1))
    return WaybillRequest(reference, carrier, SENDER, RECEIVER, goods, 1250, remark="轻放")


def control(front: Front, what: str, **wish: object) -> Any:
    where = what if what == "clock" else f"kdniao/{what}"
    return httpx.post(f"{front.url}/control/{where}", json=wish).raise_for_status().json()


def query(
    settings: KdniaoSettings, waybill: str, carrier: str = "SF", phone: str = "5678"
) -> list[TrackPoint]:
    return kdniao.query_tracking(
        carrier, waybill, phone_last4=phone, reference="P-1", at=AT, settings=settings
    )
