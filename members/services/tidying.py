"""What is of no more use is removed: counts, codes, links, letters, devices and sessions whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q

from members.models import CodePause, Device, Letter, MailChange, SignInCode, TryCount

LETTERS_KEPT = timedelta(days=30)
PAUSES_KEPT = timedelta(days=90)

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
