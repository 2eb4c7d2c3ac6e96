"""Mail to addresses that are not yet, or no longer, a member's. The row is the job (law 8)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Letter

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
PATIENCE = 3
"""Failures in a row after which the rest waits for the next wake-up."""


def deliver_letters(*, at: datetime, limit: int = 100) -> int:
    """Send the letters whose time has come, each in a transaction of its own; return how many were taken."""
    waiting = Letter.objects.filter(sent_at=None, dead_at=None, next_attempt_at__lte=at)
    taken = failed = 0
    for pk in list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
        letter = _claimed(pk, at)
        if letter is None:
            continue
        taken += 1
        failed = 0 if _sent(letter, at) else failed + 1
        if failed >= PATIENCE:
            break
    return taken


@transaction.atomic
def _claimed(pk: int, at: datetime) -> Letter | None:
    """Count an attempt and commit it before the mail goes out: a crash in between is seen."""
    letters = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("member")
    letter = letters.filter(pk=pk, sent_at=None, dead_at=None, next_attempt_at__lte=at).first()
    if letter is None:
        return None
    if letter.attempts >= MOST_ATTEMPTS:  # the last try took its worker along and left no verdict
        Letter.objects.filter(pk=pk).update(dead_at=at)
        return None
    letter.attempts += 1
    letter.next_attempt_at = at + timedelta(seconds=min(3600, 15 * 2**letter.attempts))
    letter.save(update_fields=["attempts", "next_attempt_at"])
    return letter


def _sent(letter: Letter, at: datetime) -> bool:
    try:
        with translation.override(letter.member.language):
            title, body = _words(letter)
            send_mail(title, body, None, [letter.address])
    except Exception as failure:  # noqa: BLE001 - whatever the mail server raises, the next attempt decides
        # Whom it was meant for stays out of the log: the row says which letter it was.
        logger.warning("letter %s not sent: %s", letter.pk, type(failure).__name__)
        letter.last_error = type(failure).__name__[:100]
        letter.dead_at = at if letter.attempts >= MOST_ATTEMPTS else None
    else:
        letter.sent_at, letter.address, letter.link, letter.last_error = at, "", "", ""
    letter.save(update_fields=["sent_at", "address", "link", "last_error", "dead_at"])
    return letter.sent_at is not None


def _words(letter: Letter) -> tuple[str, str]:
    if letter.kind == Letter.Kind.CONFIRM:
        return _("Confirm your mail address"), _(
            "Somebody, most likely you, wants PointsMall to write to this address from now on. "
            "Confirm it within a day:\n\n%(link)s\n\nIf it was not you, do nothing."
        ) % {"link": letter.link}
    return _("Your mail address was changed"), _(
        "From now on PointsMall writes to another address of yours. "
        "If you did not change it, log in, sign out everywhere and change your password, or call the bank."
    )
