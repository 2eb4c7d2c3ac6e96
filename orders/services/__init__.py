"""Every write to orders. Placement is written for batches; so is every move."""

from orders.rules.placement import LineWish, PlacementRequest
from orders.services.cancelling import LineCancel, cancel_orders, cancel_units, expire_orders
from orders.services.cart import (
    CartFull,
    change_cart,
    merge_into_cart,
    place_from_cart,
    put_in_cart,
    remove_from_cart,
)
from orders.services.changing import AddressFinal, AddressUnchecked, change_address, settle_addresses
from orders.services.clock import open_overdue_cases, resolve_case, run_deadlines
from orders.services.estimates import Estimate, ask_for_transit, delivery_estimate
from orders.services.finishing import (
    CaseOpen,
    LineReturn,
    close_orders,
    confirm_receipt,
    end_case,
    open_case,
    refund_lines,
)
from orders.services.forgetting import OrdersOpen, check_orders_over, forget_recipients, lock_orders_of
from orders.services.fulfilling import OnHold, mark_delivered, mark_packed, mark_picking, mark_shipped
from orders.services.moving import Move, TransitionRefused, lock_orders
from orders.services.noting import ComplaintFact, note_complaint
from orders.services.placing import Placed, place_orders
from orders.services.policy import policy_in_force
from orders.services.queue import PlacementQueue, place_order
from orders.services.reviewing import OwnOrder, ReasonRequired, approve, reject
from orders.services.virtual import issue_codes, show_codes

__all__ = [
    "AddressFinal",
    "AddressUnchecked",
    "CartFull",
    "CaseOpen",
    "ComplaintFact",
    "Estimate",
    "LineCancel",
    "LineReturn",
    "LineWish",
    "Move",
    "OnHold",
    "OrdersOpen",
    "OwnOrder",
    "Placed",
    "PlacementQueue",
    "PlacementRequest",
    "ReasonRequired",
    "TransitionRefused",
    "approve",
    "ask_for_transit",
    "cancel_orders",
    "cancel_units",
    "change_address",
    "change_cart",
    "check_orders_over",
    "close_orders",
    "confirm_receipt",
    "delivery_estimate",
    "end_case",
    "expire_orders",
    "forget_recipients",
    "issue_codes",
    "lock_orders",
    "lock_orders_of",
    "mark_delivered",
    "mark_packed",
    "mark_picking",
    "mark_shipped",
    "merge_into_cart",
    "note_complaint",
    "open_case",
    "open_overdue_cases",
    "place_from_cart",
    "place_order",
    "place_orders",
    "policy_in_force",
    "put_in_cart",
    "refund_lines",
    "reject",
    "remove_from_cart",
    "resolve_case",
    "run_deadlines",
    "settle_addresses",
    "show_codes",
]
