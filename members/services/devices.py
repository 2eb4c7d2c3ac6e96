"""Where somebody is signed in, and how they are signed out there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from foundation.refusals import NotFound
from foundation.visitors import masked
from members.models import Device, User
from members.rules.agents import agent_of

# `sessions_by_digest` is an index on this very expression (migration 0004).
_END = """
    DELETE FROM django_session WHERE encode(sha256(decode(session_key, 'escape')), 'hex') = ANY(%s)
"""


def session_digest(session_key: str) -> str:
    """Return what a device remembers of its session: enough to end it, too little to take it over."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def note_device(
    user_id: int, *, session_key: str, agent: str, address: str, expires_at: datetime, at: datetime
) -> None:
    """Write down, in one statement, that somebody was seen in this session; its first time makes a device.

    :param agent: the User-Agent header
    :param address: the network address, of which only a part is kept
    """
    browser, system = agent_of(agent)
    device = Device(
        user_id=user_id,
        session_digest=session_digest(session_key),
        browser=browser,
        system=system,
        address=masked(address),
        first_seen_at=at,
        last_seen_at=at,
        expires_at=expires_at,
    )
    Device.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["session_digest"],
        update_fields=["browser", "system", "address", "last_seen_at", "expires_at"],
    )


def device_mark(user: User) -> str:
    """Return what a browser is told to carry so that it is known again: good for one account, until that signs out
    everywhere. The caller signs it."""
    return f"{user.pk}.{user.token_epoch}.{secrets.token_hex(8)}"


def forget_session(session_key: str) -> None:
    """Take a device out of the list when its session ends by itself."""
    Device.objects.filter(session_digest=session_digest(session_key)).delete()


@transaction.atomic
def sign_out_device(user_id: int, device_id: int) -> None:
    """End the session of one device.

    :raises NotFound: it is not this user's
    """
    device = Device.objects.select_for_update().filter(pk=device_id, user_id=user_id).first()
    if device is None:
        raise NotFound
    _end_sessions([device.session_digest])
    device.delete()


@transaction.atomic
def sign_out_everywhere(user_id: int, *, keep: str = "") -> None:
    """End every session and every API token of a user.

    :param keep: the key of a session whose row stays; it is worth nothing until it has the user's new epoch signed
    """
    User.objects.filter(pk=user_id).update(token_epoch=F("token_epoch") + 1)
    devices = Device.objects.filter(user_id=user_id).exclude(session_digest=session_digest(keep))
    _end_sessions(devices.values_list("session_digest", flat=True))
    devices.delete()


def _end_sessions(digests: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(digests)])
