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

__all__ = [
    "ANSWER_WITHIN",
    "NotDelivered",
    "RequestDecided",
    "RequestOpen",
    "Wanted",
    "approve_refund",
    "reject_refund",
    "request_refund",
    "withdraw_refund",
]
