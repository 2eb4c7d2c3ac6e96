"""What holds for members and their points."""

from datetime import datetime, timedelta

GRACE_DAYS = 30
"""Points that come back to a lot after its expiry live on for so many days (law 3)."""

OWN_CHANNELS = frozenset({"portal", "api", "import"})
"""Where members' own orders come through. A key sees all orders of its channel, so it is given none of these."""


def revived_until(at: datetime) -> datetime:
    """Return when points that come back to an expired lot at this moment will expire."""
    return at + timedelta(days=GRACE_DAYS)


def masked_phone(phone: str) -> str:
    """Show the first three and the last four digits of a phone number."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"
