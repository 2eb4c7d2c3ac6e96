"""What holds for members, their points and their addresses."""

from members.rules.people import OWN_CHANNELS, masked_phone
from members.rules.points import GRACE_DAYS, revived_until

__all__ = ["GRACE_DAYS", "OWN_CHANNELS", "masked_phone", "revived_until"]
