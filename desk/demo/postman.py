"""How the messages of the demo's past reached its members: none of them leaves the process."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from members import services as members
from members.models import Channel, Message
from members.terms import Receipt, SmsRefused

REFUSED = frozenset({70, 88})
"""Which texts the provider refused, counted from the first: late ones, so that an operator finds them waiting."""
UNDELIVERABLE = 80
"""The text that the provider took, but no phone did."""


class Postman:
    """Sends what `deliver_messages` hands it, and tells a moment later what became of the texts."""

    def __init__(self) -> None:
        self._texts = 0
        self._receipts: list[Receipt] = []

    def send(self, message: Message, *, at: datetime) -> str:
        """Take a message; mail is sent and forgotten, a text gets the provider's number and a receipt.

        :raises SmsRefused: one of a few texts that show what the desk makes of it
        """
        if message.channel != Channel.SMS:
            return ""
        self._texts += 1
        if self._texts in REFUSED:
            raise SmsRefused("isv.MOBILE_NUMBER_ILLEGAL")
        number, arrived = f"DEMO{at:%y%m%d}{self._texts:04}", self._texts != UNDELIVERABLE
        code = "DELIVERED" if arrived else "UNDELIVERABLE"
        self._receipts.append(Receipt(number, str(message.pk), message.member.phone, arrived, code))
        return number

    def deliver(self, *, at: datetime) -> int:
        """Send what waits at this moment, and take its receipts in; return how many messages were taken."""
        taken = members.deliver_messages(at=at, send=self.send)
        if self._receipts:
            told_at = at + timedelta(seconds=4)
            members.receive_receipts(settings.SMS_PROVIDER, self._receipts, at=told_at)
            members.apply_receipts(at=told_at)
            self._receipts = []
        return taken
