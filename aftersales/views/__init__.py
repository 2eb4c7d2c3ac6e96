"""The member's pages after delivery."""

from aftersales.views.refunds import ask_refund, refunds_of_order, withdraw
from aftersales.views.reviews import feedback, gift_reviews, review, review_picture

__all__ = [
    "ask_refund",
    "feedback",
    "gift_reviews",
    "refunds_of_order",
    "review",
    "review_picture",
    "withdraw",
]
