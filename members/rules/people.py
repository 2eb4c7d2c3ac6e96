"""What holds for members, and what others may know of them."""

from __future__ import annotations

OWN_CHANNELS = frozenset({"portal", "api", "import"})
"""Where members' own orders come through. A key sees all orders of its channel, so it is given none of these."""


def masked_phone(phone: str) -> str:
    """Show the first three and the last four digits of a phone number."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def masked_mail(address: str) -> str:
    """Show the first character of a mail address and its domain."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}" if at and name else "***"
