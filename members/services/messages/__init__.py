"""What members are told, how it reaches them, and what they want to hear of."""

from members.services.messages.delivering import deliver_messages, replay_message
from members.services.messages.phrasing import choose_words, restore_words
from members.services.messages.receiving import apply_receipts, parse_receipts, receive_receipts
from members.services.messages.reminding import remind_of_expiry
from members.services.messages.wishes import (
    Wishes,
    read_unsubscribe_token,
    save_wishes,
    unsubscribe,
    unsubscribe_token,
    wishes_of,
)
from members.services.messages.writing import Notice, mark_read, send_notices, send_secret

__all__ = [
    "Notice",
    "Wishes",
    "apply_receipts",
    "choose_words",
    "deliver_messages",
    "mark_read",
    "parse_receipts",
    "read_unsubscribe_token",
    "receive_receipts",
    "remind_of_expiry",
    "replay_message",
    "restore_words",
    "save_wishes",
    "send_notices",
    "send_secret",
    "unsubscribe",
    "unsubscribe_token",
    "wishes_of",
]
