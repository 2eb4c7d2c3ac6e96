"""Every write to after-sales."""

from aftersales.services.refunds import (
    ANSWER_WITHIN,
    NotDelivered,
    RequestDecided,
    RequestOpen,
    Wanted,
    approve_refund,
    reject_refund,
    request_refund,
    withdraw_refund,
)
from aftersales.services.reviews import (
    MAX_PICTURES,
    NotReceived,
    Opinion,
    ReviewDecided,
    ReviewShown,
    answer_survey,
    hide_review,
    picture_path,
    review_gift,
    show_review,
)

__all__ = [
    "ANSWER_WITHIN",
    "MAX_PICTURES",
    "NotDelivered",
    "NotReceived",
    "Opinion",
    "RequestDecided",
    "RequestOpen",
    "ReviewDecided",
    "ReviewShown",
    "Wanted",
    "answer_survey",
    "approve_refund",
    "hide_review",
    "picture_path",
    "reject_refund",
    "request_refund",
    "review_gift",
    "show_review",
    "withdraw_refund",
]
