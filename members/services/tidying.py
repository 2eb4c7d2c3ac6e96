"""What is of no more use is removed: counts, codes, links, letters, devices, sessions and trails whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q

from members.models import CodePause, Device, Letter, MailChange, RefusedSignIn, SignInCode, TryCount

LETTERS_KEPT = timedelta(days=30)
PAUSES_KEPT = timedelta(days=90)
REFUSED_AT_ONCE = 1000
"""Refused sign-ins that one statement removes: a night of guessing may have left many thousands."""

# Who logs out at the desk ends a session that nobody asked us to end.
_DEVICES_WITHOUT_SESSION = """
    DELETE FROM members_device d WHERE NOT EXISTS (
        SELECT FROM django_session s WHERE encode(sha256(decode(s.session_key, 'escape')), 'hex') = d.session_digest
    )
"""


def tidy(*, at: datetime) -> None:
    """Remove what has expired by this moment; nothing of it is asked for again."""
    Session.objects.filter(expire_date__lt=at).delete()
    with connection.cursor() as cursor:
        cursor.execute(_DEVICES_WITHOUT_SESSION)
    Device.objects.filter(expires_at__lt=at).delete()
    TryCount.objects.filter(ends_at__lt=at).delete()
    SignInCode.objects.filter(expires_at__lt=at).delete()
    MailChange.objects.filter(expires_at__lt=at).delete()
    Letter.objects.filter(Q(sent_at__lt=at - LETTERS_KEPT) | Q(dead_at__lt=at - LETTERS_KEPT)).delete()
    CodePause.objects.filter(seen_at__lt=at - PAUSES_KEPT).delete()
    while _forget_refused(at - timedelta(days=settings.REFUSED_SIGN_INS_DAYS)) == REFUSED_AT_ONCE:
        pass


def _forget_refused(before: datetime) -> int:
    old = RefusedSignIn.objects.filter(at__lt=before).order_by("at").values("pk")[:REFUSED_AT_ONCE]
    removed, _by_model = RefusedSignIn.objects.filter(pk__in=old).delete()
    return removed
