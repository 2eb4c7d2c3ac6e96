"""What programs sign in with: a member's token, which is read without asking the database, and integrators' keys."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.core import signing
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal, Unauthenticated
from members.models import ApiKey, Member
from members.services.people import digest_of
from members.services.signing_in import LogInFailed, sign_in

TOKEN_LIFE = timedelta(hours=12)
TOKEN_PREFIX, KEY_PREFIX = "pmt_", "pmk_"
_KEY_MEMORY = timedelta(seconds=3)
"""How long a process believes what it read of a key; so late, at most, a revoked one is noticed."""


class TokenExpired(Refusal):
    code = "token_expired"
    status = 401
    message = _("Your session has ended. Sign in again.")


class KeyRevoked(Refusal):
    code = "key_revoked"
    status = 401
    message = _("This key has been revoked. Ask the mall for a new one.")


class Token(NamedTuple):
    """What a member's token says; `expires` in seconds since 1970. Signed, not secret."""

    member_id: int
    number: str
    user_id: int
    epoch: int
    expires: int


class KeyHolder(NamedTuple):
    """An integrator as its key introduces it."""

    channel: str
    scopes: frozenset[str]
    is_revoked: bool
    read_at: datetime


@functools.cache
def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="members.token")


def issue_token(*, login: str, password: str, address: str, at: datetime) -> tuple[str, datetime]:
    """Return a member's new token and when it expires (UTC).

    :param address: the network address of whoever asks
    :raises LogInFailed: whatever was wrong
    :raises TooManyTries: too many tries before
    """
    user = sign_in(login=login, password=password, address=address, at=at)
    member: Member | None = getattr(user, "member", None)
    if member is None:
        raise LogInFailed
    return sign_token(member, at=at)


def sign_token(member: Member, *, at: datetime) -> tuple[str, datetime]:
    """Return a new token for a member and when it expires (UTC)."""
    expires = int((at + TOKEN_LIFE).timestamp())
    token = Token(member.pk, member.number, member.user_id, member.user.token_epoch, expires)
    payload = signing.b64_encode(json.dumps(token, separators=(",", ":")).encode()).decode()
    return TOKEN_PREFIX + _signer().sign(payload), datetime.fromtimestamp(expires, UTC)


def read_token(text: str, *, at: datetime) -> Token:
    """Return what a token says, after checking its signature; the epoch is for the caller to compare.

    :raises Unauthenticated: not one of ours
    :raises TokenExpired: its time is over
    """
    try:
        payload = _signer().unsign(text.removeprefix(TOKEN_PREFIX))
    except signing.BadSignature as forged:
        raise Unauthenticated from forged
    token = Token(*json.loads(signing.b64_decode(payload.encode())))
    if at.timestamp() >= token.expires:
        raise TokenExpired
    return token


def token_stands(token: Token) -> bool:
    """Tell whether the member may still sign in and has not signed out everywhere since."""
    member = Member.objects.filter(pk=token.member_id, user__is_active=True, user__token_epoch=token.epoch)
    return member.exclude(status=Member.Status.CLOSED).exists()


_keys: dict[str, KeyHolder] = {}


def read_key(text: str, *, at: datetime) -> KeyHolder:
    """Return whose key this is; what was read of it a moment ago is believed.

    :raises Unauthenticated: not one of ours
    :raises KeyRevoked: it was, once
    """
    digest = digest_of(text)
    holder = _keys.get(digest)
    if holder is None or not timedelta() <= at - holder.read_at < _KEY_MEMORY:
        row = ApiKey.objects.filter(digest=digest).values_list("channel", "scopes", "revoked_at").first()
        if row is None:
            raise Unauthenticated
        channel, scopes, revoked_at = row
        holder = _keys[digest] = KeyHolder(channel, frozenset(scopes), revoked_at is not None, at)
    if holder.is_revoked:
        raise KeyRevoked
    return holder
