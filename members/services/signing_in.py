"""Who somebody is: operators by their name, members by member number or phone, both by password."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.visitors import network_of
from members.models import Member, RefusedSignIn, User
from members.rules import limits as most
from members.services import limits
from members.services.limits import TooManyTries, Use
from members.services.refused import note_refused
from members.services.shown import signed_in

logger = logging.getLogger(__name__)

LONGEST_NAME, LONGEST_PASSWORD = 150, 1024


class LogInFailed(Refusal):
    """Unknown name, wrong password, closed account: the same answer for all of them."""

    code = "log_in_failed"
    status = 401
    message = _("The log-in name or the password is wrong.")


class MemberBackend(ModelBackend):
    """Django's own backend, which also knows phone numbers, and reads what every page shows in one statement."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  (Django's signature)
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """Return the user that a name and a password belong to; tries are not counted here, see `sign_in`."""
        if not username or not password:
            return None
        return self.checked(user_named(username), password)

    def checked(self, user: User | None, password: str) -> User | None:
        """Return the user if the password is theirs; nobody's costs the same time as a wrong one."""
        if len(password) > LONGEST_PASSWORD:
            return None
        if user is None:
            # The same work as checking, so that nobody learns which names exist.
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Tell whether somebody may be signed in; a closed member may not, from their next request on."""
        member = getattr(user, "member", None)
        is_closed = member is not None and member.status == Member.Status.CLOSED
        return super().user_can_authenticate(user) and not is_closed

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, with their member, tier, balance and number of unread messages (`unread`).

        Upper floors add what their pages show of them, see `shown`.
        """
        user = signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def user_named(name: str) -> User | None:
    """Return who logs in by this name: two look-ups by index, where one with OR would read every member."""
    if len(name) > LONGEST_NAME or "\0" in name:
        return None
    users = User.objects.select_related("member")
    return users.filter(username=name).first() or users.filter(member__phone=name).first()


def sign_in(*, login: str, password: str, address: str, at: datetime, known_device: str = "") -> User:
    """Return whose name and password these are, from a network that has tries left for this account.

    :param address: the network address of whoever asks
    :param known_device: the mark that `device_mark` gave their browser, if it carries one
    :raises LogInFailed: whatever was wrong
    :raises TooManyTries: too many tries before; whether this one was right stays untold
    """
    user = user_named(login)
    uses = _uses(user, login, address, known_device)
    try:
        taken = with_retries(lambda: limits.take(uses, at=at))
    except TooManyTries:
        logger.warning("sign-in refused after too many tries")
        raise
    checked = MemberBackend().checked(user, password)
    if checked is None:
        note_refused(RefusedSignIn.Way.PASSWORD, user, login, address=address, taken=taken, at=at)
        raise LogInFailed
    limits.give_back(uses, forget=(most.PASSWORD_FROM_NETWORK, most.PASSWORD_ON_DEVICE))
    return checked


def _uses(user: User | None, login: str, address: str, known_device: str) -> list[Use]:
    """Return what a try counts against. A browser that knows the account is spared what strangers use up."""
    account = f"user:{user.pk}" if user else f"name:{login[:LONGEST_NAME]}"
    network = network_of(address)
    shared = Use(most.SIGN_IN_FROM_NETWORK, network)
    if user is not None and mark_fits(known_device, user):
        return [Use(most.PASSWORD_ON_DEVICE, known_device), shared]
    return [
        Use(most.PASSWORD_FROM_NETWORK, f"{account} {network}"),
        Use(most.PASSWORD_OF_ACCOUNT, account),
        Use(most.PASSWORD_IN_TOTAL, ""),
        shared,
    ]


def mark_fits(mark: str, user: User) -> bool:
    """Tell whether a browser's mark, whose signature was checked, is this user's and from after they last signed
    out everywhere."""
    return mark.split(".")[:2] == [str(user.pk), str(user.token_epoch)]
