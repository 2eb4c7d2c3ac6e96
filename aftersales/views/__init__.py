"""The member's pages after delivery."""

from aftersales.views.asking import ask
from aftersales.views.complaints import (
    close_complaint,
    complaint,
    complaints,
    new_complaint,
    reopen_complaint,
)
from aftersales.views.help import help_article, help_index, rate
from aftersales.views.refunds import ask_refund, refunds_of_order, withdraw
from aftersales.views.reviews import feedback, gift_reviews, review, review_picture

__all__ = [
    "ask",
    "ask_refund",
    "close_complaint",
    "complaint",
    "complaints",
    "feedback",
    "gift_reviews",
    "help_article",
    "help_index",
    "new_complaint",
    "rate",
    "refunds_of_order",
    "reopen_complaint",
    "review",
    "review_picture",
    "withdraw",
]
