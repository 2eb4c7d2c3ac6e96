"""How long somebody stays signed in: each page they open puts the end off, and is noted every few minutes."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from foundation.visitors import address_of
from members import services
from members.rules.sessions import NOTED_EVERY, Stay, stay_of

SINCE, SEEN, REMEMBERED = "signed_in_at", "seen_at", "is_remembered"


def stay(request: HttpRequest, *, at: datetime) -> None:
    """Put the end of a signed-in session off, at most every few minutes; its longest time is not put off.

    What a page asks for by itself while it lies open is nobody's doing and prolongs nothing.
    """
    session = getattr(request, "session", None)
    if session is None or not session.accessed or auth.SESSION_KEY not in session:
        return
    if request.headers.get("HX-Request") and request.method == "GET":
        return
    now = int(at.timestamp())
    if now - session.get(SEEN, 0) < NOTED_EVERY.total_seconds() or not session.session_key:
        return
    since = session.setdefault(SINCE, now)
    left = _stay_of(request).left(since=datetime.fromtimestamp(since, UTC), at=at)
    if left.total_seconds() < 1:
        auth.logout(request)
        return
    session[SEEN] = now
    session.set_expiry(int(left.total_seconds()))
    services.note_device(
        int(session[auth.SESSION_KEY]),
        session_key=session.session_key,
        agent=request.headers.get("User-Agent", ""),
        address=address_of(request),
        expires_at=at + left,
        at=at,
    )


def _stay_of(request: HttpRequest) -> Stay:
    return stay_of(
        is_operator=request.user.is_staff,
        is_remembered=request.session.get(REMEMBERED, False),
        member_idle=settings.MEMBER_IDLE_MINUTES,
        operator_idle=settings.OPERATOR_IDLE_MINUTES,
    )
