"""What a question wants to know about the asker's own orders and points; a few patterns, tried in their order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from orders.rules.numbers import is_number

MOST = 400


class Intent(StrEnum):
    """A question that the member's own rows answer."""

    WHERE_IS_MY_ORDER = "where_is_my_order"
    POINTS_EXPIRE = "points_expire"
    HOW_MANY_POINTS = "how_many_points"
    CANCEL_MY_ORDER = "cancel_my_order"
    CHANGE_MY_ADDRESS = "change_my_address"
    REFUND_STATUS = "refund_status"


@dataclass(frozen=True, slots=True)
class Meant:
    """What was recognised: an intent, and an order number that the question names."""

    intent: Intent | None
    order_number: str


_THING = "订单|快递|包裹|礼品|礼物|东西|货|单子|物流|兑换的"
_WAYS: dict[Intent, tuple[str, ...]] = {
    Intent.REFUND_STATUS: (
        "退(款|货|积分|的积分).{0,8}(到哪|进度|进展|状态|结果|怎么样|怎样|多久|什么时候|啥时候|没到|到账|处理|审核|批)",
        "(查|看).{0,4}(退款|退货|售后)",
        "售后.{0,4}(进度|结果|到哪)",
        "refund.{0,20}(status|progress|when|where|arriv)",
        "(where|when|status).{0,20}refund",
    ),
    Intent.POINTS_EXPIRE: (
        "积分.{0,8}(到期|过期|失效|有效期|清零|作废)",
        "(到期|过期|快过期|失效).{0,4}积分",
        "points?.{0,12}(expir|lapse|run out)",
        "(expir|lapse).{0,16}points?",
    ),
    Intent.CANCEL_MY_ORDER: (
        "取消.{0,6}(订单|单|兑换)",
        "(订单|单子|兑换|这单|那单).{0,6}取消",
        "(订单|单子|这单).{0,4}(不要了|不想要)",
        "撤单",
        "cancel.{0,20}(order|redemption)",
        "(order|redemption).{0,12}cancel",
    ),
    Intent.CHANGE_MY_ADDRESS: (
        "(改|换|更正).{0,6}地址",
        "地址.{0,6}(改|换|错|更正)",
        "address.{0,16}(change|wrong|edit)",
        "(change|edit|correct|wrong).{0,24}address",
    ),
    Intent.WHERE_IS_MY_ORDER: (
        f"({_THING}).{{0,8}}(到哪|在哪|哪里|哪儿|到了吗|到了没|没到|还没|几时|什么时候|啥时候|多久|查询|进度|状态)",
        "(怎么|为什么|咋).{0,3}还(没|不).{0,3}(发货|发出|到|送)",
        f"(查|看).{{0,4}}({_THING})",
        "where.{0,12}(order|parcel|gift|package)",
        "(order|parcel|package).{0,12}(status|arriv|where)",
        "track",
    ),
    Intent.HOW_MANY_POINTS: (
        "(我|还|现在|账户|账号).{0,6}(多少|几).{0,3}积分",
        "积分.{0,4}(余额|还剩|剩多少|有多少)",
        "(查|看).{0,4}积分",
        "how many points",
        "points? balance|balance of.{0,6}points",
    ),
}
_PATTERNS = tuple((intent, re.compile("|".join(ways))) for intent, ways in _WAYS.items())


def recognise(question: str) -> Meant:
    """Return what a question is about, if it is about the asker's own things."""
    plain = unicodedata.normalize("NFKC", question[:MOST]).lower()
    number = next((digits for digits in re.findall(r"(?<!\d)\d{18}(?!\d)", plain) if is_number(digits)), "")
    intent = next((intent for intent, pattern in _PATTERNS if pattern.search(plain)), None)
    if intent is None and number:
        intent = Intent.WHERE_IS_MY_ORDER
    return Meant(intent, number)
