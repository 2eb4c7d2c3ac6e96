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
from members.models.refused import RefusedSignIn
from members.models.signing_in import CodePause, Device, Letter, MailChange, SignInCode, TryCount

__all__ = [
    "Address",
    "ApiKey",
    "Channel",
    "CodePause",
    "Device",
    "Letter",
    "MailChange",
    "Member",
    "Message",
    "MessageTemplate",
    "PointsAccount",
    "PointsLot",
    "PointsPosting",
    "PointsTransaction",
    "QuietHours",
    "RefusedSignIn",
    "Region",
    "SignInCode",
    "SmsReceipt",
    "Tier",
    "Topic",
    "TryCount",
    "Unsubscription",
    "User",
]
