"""Every write to orders. Placement is written for batches; so is every move."""

from orders.rules.placement import LineWish, PlacementRequest
from orders.services.clock import open_overdue_cases, resolve_case, run_deadlines
from orders.services.finishing import (
    CaseOpen,
    LineReturn,
    cancel_orders,
    close_orders,
    confirm_receipt,
    end_case,
    expire_orders,
    open_case,
    refund_lines,
)
from orders.services.fulfilling import mark_delivered, mark_packed, mark_picking, mark_shipped
from orders.services.moving import Move, TransitionRefused, lock_orders
from orders.services.placing import Placed, place_orders
from orders.services.policy import policy_in_force
from orders.services.queue import PlacementQueue, place_order
from orders.services.reviewing import OwnOrder, ReasonRequired, approve, reject

__all__ = [
    "CaseOpen",
    "LineReturn",
    "LineWish",
    "Move",
    "OwnOrder",
    "Placed",
    "PlacementQueue",
    "PlacementRequest",
    "ReasonRequired",
    "TransitionRefused",
    "approve",
    "cancel_orders",
    "close_orders",
    "confirm_receipt",
    "end_case",
    "expire_orders",
    "lock_orders",
    "mark_delivered",
    "mark_packed",
    "mark_picking",
    "mark_shipped",
    "open_case",
    "open_overdue_cases",
    "place_order",
    "place_orders",
    "policy_in_force",
    "refund_lines",
    "reject",
    "resolve_case",
    "run_deadlines",
]
