"""The member's pages after delivery."""

from aftersales.views.refunds import ask_refund, refunds_of_order, withdraw

__all__ = ["ask_refund", "refunds_of_order", "withdraw"]
