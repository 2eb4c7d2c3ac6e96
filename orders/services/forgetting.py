"""What orders know of whom they went to, and what was said about them, once the member wants to be forgotten."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Busy, Refusal
from orders.models import CartLine, ExceptionCase, Order, OrderEvent, Remark, ReviewTask
from orders.models.order import ENDED_EARLY, Status

GONE = "—"


class OrdersOpen(Refusal):
    """Something may still happen to an order."""

    code = "orders_open"
    message = _("%(orders)s of your orders are still under way. Ask again once they are completed.")


def check_orders_over(member_id: int) -> None:
    """Go on only if nothing will happen to any order of a member.

    :raises OrdersOpen: some are under way, or within their time for returns
    """
    mine = Order.objects.filter(member_id=member_id)
    still_open = mine.exclude(status__in=(*ENDED_EARLY, Status.CLOSED)) | mine.filter(open_cases__gt=0)
    if number := still_open.count():
        raise OrdersOpen(orders=number)


def lock_orders_of(member_id: int) -> None:
    """Lock a member's orders until the transaction ends: nothing happens to them meanwhile."""
    mine = Order.objects.filter(member_id=member_id)
    list(mine.order_by("pk").select_for_update().values_list("pk", flat=True))


@transaction.atomic
def forget_recipients(member_id: int) -> None:
    """Take recipient, phone, street and all words out of a member's orders; what was redeemed for how much stays.

    The caller holds the orders.

    :raises OrdersOpen: one of them is not over
    :raises Busy: a worker is about to tell the member of one of them
    """
    check_orders_over(member_id)
    mine = Order.objects.filter(member_id=member_id)
    on_their_way = OrderEvent.objects.filter(delivered_at=None, dead_at=None, order__in=mine)
    if on_their_way.exists():
        raise Busy
    mine.update(recipient="", recipient_phone="", address_detail="", note="")
    Remark.objects.filter(event__order__member_id=member_id).delete()
    ReviewTask.objects.filter(order__member_id=member_id).exclude(reason="").update(reason=GONE)
    ExceptionCase.objects.filter(order__member_id=member_id).exclude(note="").update(note=GONE)
    CartLine.objects.filter(member_id=member_id).delete()
