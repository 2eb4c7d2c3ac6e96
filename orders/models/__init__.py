"""The order, what it holds, what happened to it, and the rules operators set for it."""

from orders.models.cart import CartLine
from orders.models.cases import ExceptionCase, Refund, RefundLine, ReviewTask
from orders.models.events import CancelReason, OrderEvent, Remark
from orders.models.order import EDGES, Order, OrderLine
from orders.models.policy import RedemptionRule, ReviewRule, RuleVersion

__all__ = [
    "EDGES",
    "CancelReason",
    "CartLine",
    "ExceptionCase",
    "Order",
    "OrderEvent",
    "OrderLine",
    "RedemptionRule",
    "Refund",
    "RefundLine",
    "Remark",
    "ReviewRule",
    "ReviewTask",
    "RuleVersion",
]
