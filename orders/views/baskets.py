"""How what somebody means to redeem stands now; shared by the gift's page, the cart and the confirm page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from members.models import Member
from orders import queries, services
from orders.rules.redemption import Policy
from orders.rules.standing import Basket, Reader, Wanted, counted, stand

CHANNEL = "portal"


def basket_of(wanted: Sequence[Wanted], member: Member | None, *, at: datetime) -> Basket:
    """Say how each line stands for whoever reads."""
    if not wanted:
        return Basket()
    policy = services.policy_in_force()
    return stand(wanted, policy, reader_of(wanted, member, policy, at=at), at=at)


def reader_of(wanted: Sequence[Wanted], member: Member | None, policy: Policy, *, at: datetime) -> Reader:
    """Return what the rules ask of whoever reads; a visitor has redeemed nothing yet."""
    if member is None:
        return Reader(None, CHANNEL)
    earlier = queries.redeemed_of(member.pk, counted(wanted, policy, at))
    return Reader(member.tier.rank, CHANNEL, earlier)
