"""Orders, their reviews and their rules at the operators' desk."""

from orders.admin.cases import ExceptionCaseAdmin, OrderEventAdmin, RefundAdmin
from orders.admin.orders import OrderAdmin
from orders.admin.reviewing import ReviewTaskAdmin
from orders.admin.rules import RedemptionRuleAdmin, ReviewRuleAdmin

__all__ = [
    "ExceptionCaseAdmin",
    "OrderAdmin",
    "OrderEventAdmin",
    "RedemptionRuleAdmin",
    "RefundAdmin",
    "ReviewRuleAdmin",
    "ReviewTaskAdmin",
]
