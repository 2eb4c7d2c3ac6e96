"""What holds for members, and what others may know of them."""

from __future__ import annotations

OWN_CHANNELS = frozenset({"portal", "api", "import"})
"""Where members' own orders come through. A key sees all orders of its channel, so it is given none of these."""


def masked_phone(phone: str) -> str:
    """Show the first three and the last four digits of a phone number."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"
