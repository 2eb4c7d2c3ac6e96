"""What holds for members, their points and their addresses."""

from members.rules.people import OWN_CHANNELS, masked_mail, masked_phone
from members.rules.points import GRACE_DAYS, revived_until
from members.rules.quiet import quiet_until

__all__ = ["GRACE_DAYS", "OWN_CHANNELS", "masked_mail", "masked_phone", "quiet_until", "revived_until"]
