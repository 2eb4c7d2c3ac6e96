"""The words of messages, as operators choose them."""

from __future__ import annotations

from datetime import datetime

from members import wording
from members.models import MessageTemplate


def choose_words(
    event: str,
    channel: str,
    language: str,
    words: wording.Said,
    *,
    provider_code: str = "",
    at: datetime,
    by: str,
) -> MessageTemplate:
    """Put an operator's words in the place of the house's own, for one event, channel and language.

    :raises PlaceholderUnknown, PercentBroken: the words could not be filled in
    """
    wording.check(event, words)
    row, _is_new = MessageTemplate.objects.update_or_create(
        event=event,
        channel=channel,
        language=language,
        defaults={
            "title": words.title,
            "body": words.body,
            "provider_code": provider_code,
            "changed_at": at,
            "changed_by": by,
        },
    )
    return row


def restore_words(event: str, channel: str, language: str) -> bool:
    """Let the house's own words hold again; False when they did."""
    rows = MessageTemplate.objects.filter(event=event, channel=channel, language=language)
    return bool(rows.delete()[0])
