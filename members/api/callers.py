"""Who asks over the API: a member by token, an integrator by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from foundation.refusals import Forbidden, Refusal, Unauthenticated
from members import services


class ScopeMissing(Refusal):
    """The integrator's key does not cover this."""

    code = "scope_missing"
    status = 403
    message = _("This key does not have the scope “%(scope)s”.")


class UnknownMember(Refusal):
    """An integrator names a member who does not exist."""

    code = "unknown_member"
    status = 422
    message = _("There is no member with the number “%(member)s”.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a member by token, or an integrator by key, which has scopes instead of being somebody."""

    by: str
    channel: str
    token: services.Token | None = None
    scopes: frozenset[str] = frozenset()

    is_authenticated: ClassVar[bool] = True

    def demand(self, scope: str) -> None:
        """Go on only for a member, or a key that covers this.

        :raises ScopeMissing: an integrator whose key does not
        """
        if self.token is None and scope not in self.scopes:
            raise ScopeMissing(scope=scope)


def caller_behind(authorization: str, *, at: datetime) -> Caller | None:
    """Return who an Authorization header stands for; None when it carries neither a token nor a key of ours.

    A member's token is believed on its signature alone: who writes compares its epoch under their locks, who reads
    asks `services.token_stands`.

    :raises Unauthenticated, TokenExpired, KeyRevoked: it is one of ours, and no longer good
    """
    scheme, _space, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    if text.startswith(services.TOKEN_PREFIX):
        token = services.read_token(text, at=at)
        return Caller(f"member:{token.number}", "api", token)
    if text.startswith(services.KEY_PREFIX):
        key = services.read_key(text, at=at)
        return Caller(f"channel:{key.channel}", key.channel, None, key.scopes)
    return None


def caller_of(request: Request) -> Caller:
    """Return who asks, once the classes below have let them in."""
    return cast("Caller", request.user)


def member_of(request: Request) -> services.Token:
    """Return the member who asks.

    :raises Forbidden: it is an integrator
    """
    token = caller_of(request).token
    if token is None:
        raise Forbidden
    return token


class _Bearer(BaseAuthentication):
    prefix: ClassVar[str]

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        """Let in who carries our kind of token."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header[7:].startswith(self.prefix):
            return None
        caller = caller_behind(header, at=timezone.now())
        if caller is None:
            return None
        if caller.token is not None and not services.token_stands(caller.token):
            raise Unauthenticated
        return caller, None

    def authenticate_header(self, _request: Request) -> str:
        """Say how to sign in."""
        return "Bearer"


class MemberTokenAuthentication(_Bearer):
    """Members sign in with the token that POST /api/v1/tokens gave them; reading costs one statement."""

    prefix = services.TOKEN_PREFIX


class ApiKeyAuthentication(_Bearer):
    """Integrators sign in with their key."""

    prefix = services.KEY_PREFIX
