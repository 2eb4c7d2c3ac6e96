"""How a member changes what they sign in with, and where we write to."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import NotFound, Refusal
from members.models import Letter, MailChange, Member, User
from members.rules import limits as most
from members.services import limits
from members.services.devices import sign_out_everywhere
from members.services.limits import Use
from members.services.messages import Notice, send_notices
from members.services.people import lock_active, lock_customer

logger = logging.getLogger(__name__)

LINK_LIFE = timedelta(hours=24)


class OldPasswordWrong(Refusal):
    code = "old_password_wrong"
    status = 422
    message = _("This is not your current password.")


class LinkOver(Refusal):
    """Used, replaced, older than a day, or never ours."""

    code = "link_over"
    status = 410
    message = _("This link is no longer good. Ask for a new one on your page.")


def change_password(user_id: int, *, old: str, new: str, session_key: str, at: datetime) -> User:
    """Give a user a new password, sign them out everywhere else, and tell the member; return the user as they are now.

    Somebody who never had a password needs none to choose one.

    :param session_key: the session that goes on; the caller signs it anew with the user's new epoch
    :raises OldPasswordWrong: five times in a quarter of an hour at most
    :raises TooManyTries: after that
    :raises NotFound: the member has left
    """
    uses = [Use(most.OLD_PASSWORD, f"user:{user_id}")]
    limits.take(uses, at=at)
    user = _changed(user_id, old, new, session_key, at)
    limits.give_back(uses, forget=(most.OLD_PASSWORD,))
    return user


@transaction.atomic
def _changed(user_id: int, old: str, new: str, session_key: str, at: datetime) -> User:
    member = Member.objects.filter(user_id=user_id).first()
    if member is not None:
        lock_customer(member.pk)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.has_usable_password() and not user.check_password(old):
        raise OldPasswordWrong
    user.set_password(new)
    user.save(update_fields=["password"])
    sign_out_everywhere(user_id, keep=session_key)
    user.refresh_from_db()
    if member is not None:
        fact = f"password/{user_id}/{user.token_epoch}"
        send_notices([Notice(member.pk, "account.password_changed", fact, at)])
    return user


@transaction.atomic
def ask_mail_change(member_id: int, *, address: str, link: Callable[[str], str], at: datetime) -> None:
    """Send a link to a new mail address; it becomes the member's when the link is followed within a day.

    :param link: makes the page's whole address out of the token it shall carry
    :raises TooManyTries: five a day
    :raises NotFound: the member has left
    :raises MemberNotActive: the account is frozen
    """
    lock_active(member_id)
    limits.take([Use(most.MAIL_CHANGE, f"member:{member_id}")], at=at)
    token = secrets.token_urlsafe(24)
    MailChange.objects.update_or_create(
        member_id=member_id,
        defaults={
            "address": address,
            "token_digest": _digest(token),
            "asked_at": at,
            "expires_at": at + LINK_LIFE,
        },
    )
    _write(member_id, Letter.Kind.CONFIRM, address, at, link=link(token))


def mail_change_of(token: str, *, at: datetime) -> MailChange:
    """Return what following a link would change.

    :raises LinkOver: nothing any more
    """
    change = MailChange.objects.filter(token_digest=_digest(token), expires_at__gt=at).first()
    if change is None:
        raise LinkOver
    return change


@transaction.atomic
def confirm_mail(token: str, *, at: datetime) -> Member:
    """Make the address a link was sent to the member's, and tell the one they had before; return the member.

    :raises LinkOver: used, replaced or older than a day
    :raises MemberNotActive: the account is frozen
    """
    change = mail_change_of(token, at=at)
    try:
        member = lock_active(change.member_id)
    except NotFound as gone:
        raise LinkOver from gone
    is_first = MailChange.objects.filter(pk=change.pk, token_digest=_digest(token)).delete()[0]
    if not is_first:
        raise LinkOver
    if member.email and member.email != change.address:
        _write(member.pk, Letter.Kind.CHANGED, member.email, at)
    member.email = member.user.email = change.address
    member.save(update_fields=["email"])
    member.user.save(update_fields=["email"])
    return member


def _write(member_id: int, kind: Letter.Kind, address: str, at: datetime, *, link: str = "") -> None:
    Letter.objects.create(
        member_id=member_id, kind=kind, address=address, link=link, created_at=at, next_attempt_at=at
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
