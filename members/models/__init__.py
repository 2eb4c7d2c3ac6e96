"""People, their addresses, their points, and what we tell them."""

from members.models.messages import Message
from members.models.people import Address, ApiKey, Member, Region, Tier, User
from members.models.points import PointsAccount, PointsLot, PointsPosting, PointsTransaction

__all__ = [
    "Address",
    "ApiKey",
    "Member",
    "Message",
    "PointsAccount",
    "PointsLot",
    "PointsPosting",
    "PointsTransaction",
    "Region",
    "Tier",
    "User",
]
