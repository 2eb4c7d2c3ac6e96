"""Order numbers: the day, eleven random digits, a check digit; nothing to count or guess, easy to read aloud.

The check digit is H. Michael Damm's (2004): it notices every single wrong digit and every swap of two neighbours.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LENGTH = 18
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """Return the digit that completes the given ones."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def new_number(at: datetime) -> str:
    """Return a fresh order number for an order placed at this moment (day in Asia/Shanghai)."""
    digits = f"{at.astimezone(SHANGHAI):%y%m%d}{secrets.randbelow(10**11):011d}"
    return digits + check_digit(digits)


def is_number(text: str) -> bool:
    """Tell whether a text can be an order number: its length and its check digit are right."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]
