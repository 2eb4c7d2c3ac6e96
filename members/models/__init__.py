"""People, their addresses, their points, and what we tell them."""

from members.models.messages import (
    Channel,
    Message,
    MessageTemplate,
    QuietHours,
    SmsReceipt,
    Topic,
    Unsubscription,
)
from members.models.people import Address, ApiKey, Member, Region, Tier, User
from members.models.points import PointsAccount, PointsLot, PointsPosting, PointsTransaction

__all__ = [
    "Address",
    "ApiKey",
    "Channel",
    "Member",
    "Message",
    "MessageTemplate",
    "PointsAccount",
    "PointsLot",
    "PointsPosting",
    "PointsTransaction",
    "QuietHours",
    "Region",
    "SmsReceipt",
    "Tier",
    "Topic",
    "Unsubscription",
    "User",
]
