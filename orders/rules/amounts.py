"""Arithmetic of points: integers only, nothing lost by rounding."""

from __future__ import annotations

from collections.abc import Sequence

from orders.models.order import Status

CANCEL_FEE_PERCENT = 5
"""What cancelling costs of the points cancelled once the warehouse has begun; before that it is free."""
AT_A_FEE = (Status.PICKING, Status.PACKED)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights by largest remainder; the parts sum to the amount."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def cancellation_fee(status: str, points: int) -> int:
    """Return what cancelling so many points costs in this state, rounded down: parts never cost more than the whole."""
    return points * CANCEL_FEE_PERCENT // 100 if status in AT_A_FEE else 0
