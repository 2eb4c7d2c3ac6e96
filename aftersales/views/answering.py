"""What the assistant answers out of a member's own orders and points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django_fsm import can_proceed

from aftersales.models import ReturnRequest
from aftersales.queries import latest_request_of
from aftersales.rules.intents import Intent, Meant
from members.models import PointsAccount
from members.queries import points_by_expiry, points_of
from orders.models import Order
from orders.models.order import TABS
from orders.queries import orders_of, page
from orders.rules.reading import Reading, what_member_reads

SHOWN = 3
_UNDER_WAY = tuple(
    status for tab in ("to_review", "to_pay", "preparing", "on_the_way") for status in TABS[tab]
)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """Rows of one member that answer a question; `is_named` when the question named an order."""

    intent: Intent
    orders: list[tuple[Order, Reading]] = field(default_factory=list)
    is_named: bool = False
    account: PointsAccount | None = None
    expiring: list[tuple[date, int]] = field(default_factory=list)
    request: ReturnRequest | None = None


def own_answer(member_id: int, meant: Meant) -> OwnAnswer | None:
    """Return what a member's own rows say about what they meant; None when it is not about their own things."""
    intent = meant.intent
    if intent is None:
        return None
    if intent in (Intent.POINTS_EXPIRE, Intent.HOW_MANY_POINTS):
        account = points_of(member_id)
        return OwnAnswer(intent, account=account, expiring=list(points_by_expiry(account).items())[:SHOWN])
    mine = orders_of(member_id)
    named = mine.filter(number=meant.order_number) if meant.order_number else None
    if intent == Intent.REFUND_STATUS:
        request = (
            latest_request_of(member_id)
            if named is None
            else ReturnRequest.objects.filter(order__in=named).select_related("order").order_by("-pk").first()
        )
        return OwnAnswer(intent, is_named=named is not None, request=request)
    found = page(mine.filter(status__in=_UNDER_WAY) if named is None else named, size=20).orders
    if intent == Intent.CANCEL_MY_ORDER and named is None:
        found = [order for order in found if can_proceed(order.cancel)]
    if intent == Intent.CHANGE_MY_ADDRESS and named is None:
        found = [order for order in found if order.shipped_at is None]
    read = [(order, what_member_reads(order)) for order in found[:SHOWN]]
    return OwnAnswer(intent, orders=read, is_named=named is not None)
