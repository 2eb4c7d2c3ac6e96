"""How members' services speak with the providers of SMS; each gateway translates it into its protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sms:
    """One text to one number: a template the provider approved, and what fills it, in the text's own order."""

    phone: str
    template: str
    values: Mapping[str, str]
    reference: str
    """Our number of the message, which the provider repeats where its protocol lets it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says became of a text."""

    provider_reference: str
    reference: str
    phone: str
    succeeded: bool
    code: str


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """Where a provider answers, who we are to it, and the name our texts begin with."""

    base_url: str
    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    app_id: str = ""
    region: str = ""


class SmsNotSent(Exception):
    """Certainly not sent; another try may do better. `code` says why, without naming anybody."""

    is_channel_down = False

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SmsUnreachable(SmsNotSent):
    """Not sent because the provider did not take the call at all: others would fare no better now."""

    is_channel_down = True


class SmsRefused(SmsNotSent):
    """Certainly not sent, and asking again would change nothing."""


class SmsUnknown(SmsNotSent):
    """Nobody can say whether it was sent: the answer never came, or could not be read."""

    is_channel_down = True


class UnreadableReceipt(Exception):
    """A provider's push that is no list of receipts."""
