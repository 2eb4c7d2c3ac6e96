"""What of an order can still be changed, and why not, in a member's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orders.models.order import Order, Status

CHANGEABLE = (
    Status.CREATED,
    Status.UNDER_REVIEW,
    Status.AWAITING_PAYMENT,
    Status.READY,
    Status.PICKING,
    Status.PACKED,
)
"""States in which an order can go elsewhere, as long as no carrier was asked for its waybill."""

NEW_ADDRESS = "new_address"
"""Why an order is on hold and what its case is about: it was sent elsewhere, and a review rule wants to see that."""

HOLDS = {NEW_ADDRESS: _("You changed the address to one that is new to us. A colleague looks at it first.")}
"""Reasons of a hold in a member's words; what an operator typed is read as it stands."""


def can_change_address(order: Order) -> bool:
    """Tell whether an order can still go elsewhere."""
    return order.status in CHANGEABLE and order.address_final_at is None
