"""Signing in with six digits that a phone is sent. Whoever asks learns nothing about whether the number is known."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.refusals import NotFound, Refusal
from foundation.retrying import with_retries
from foundation.visitors import network_of
from members.models import CodePause, Member, RefusedSignIn, SignInCode, TryCount, User
from members.rules import limits as most
from members.services import limits
from members.services.limits import TooManyTries, Use
from members.services.messages import send_secret
from members.services.people import lock_customer
from members.services.refused import note_refused
from members.services.signing_in import MemberBackend, mark_fits

logger = logging.getLogger(__name__)

CODE_LIFE = timedelta(minutes=5)


class CodesPaused(Refusal):
    """The hour's budget is used up; `retry_after` (seconds) and `time` say when codes go out again."""

    code = "sms_paused"
    status = 429
    message = _("No codes are sent at the moment. Log in with your password, or come back at %(time)s.")


class CodeWrong(Refusal):
    """Not the code that was sent, or it was never sent."""

    code = "code_wrong"
    status = 401
    message = _("This is not the code we sent. Look again.")


class CodeOver(Refusal):
    """Used, burnt, replaced or too old."""

    code = "code_over"
    status = 401
    message = _("This code is no longer good. Ask for a new one.")


def send_code(
    *,
    number: str,
    address: str,
    at: datetime,
    known_device: str = "",
    replaces: uuid.UUID | None = None,
) -> uuid.UUID:
    """Send a phone number a new code and return the token it can be used with; codes that others asked for stay.

    A number that nobody has, or whose account is closed, gets a token all the same, and no SMS.

    :param address: the network address of whoever asks
    :param known_device: the mark that `device_mark` gave their browser, if it carries one
    :param replaces: the token of this browser's code before, which ends
    :raises TooManyTries: one a minute, five an hour, ten a day for a number; fewer of them from one network, and
        twenty an hour from it for all numbers. Browsers that know the account share as many among themselves
    :raises CodesPaused: the house has sent as many in this hour as it will
    """
    return with_retries(lambda: _send_code(number, address, known_device, replaces, at))


@transaction.atomic
def _send_code(
    number: str, address: str, known_device: str, replaces: uuid.UUID | None, at: datetime
) -> uuid.UUID:
    member = Member.objects.select_related("user").filter(phone=number).first()
    if member is not None and not MemberBackend().user_can_authenticate(member.user):
        member = None
    limits.take(_uses(number, member, network_of(address), known_device), at=at)
    member = _still_here(member)
    _draw_on_the_budget(at, is_sent=member is not None)
    digest = _number_digest(number)
    if replaces is not None:
        SignInCode.objects.filter(token=replaces, number_digest=digest, ended_at=None).update(ended_at=at)
    token, code = uuid.uuid4(), f"{secrets.randbelow(10**6):06d}"
    SignInCode.objects.create(
        token=token,
        number_digest=digest,
        member=member,
        code_digest=_code_digest(token, code),
        created_at=at,
        expires_at=at + CODE_LIFE,
    )
    if member is not None:
        send_secret(member.pk, template="sign_in.code", context={"code": code}, fact=f"code/{token}", at=at)
    return token


def _still_here(member: Member | None) -> Member | None:
    """Lock a member against being forgotten until their code is written; None when they just were."""
    if member is None:
        return None
    try:
        return lock_customer(member.pk)
    except NotFound:
        return None


def _uses(number: str, member: Member | None, network: str, known_device: str) -> list[Use]:
    """Return what a code counts against. A browser that knows the account is spared what strangers use up."""
    shared = Use(most.CODE_FROM_NETWORK, network)
    if member is not None and mark_fits(known_device, member.user):
        return [*(Use(limit, f"user:{member.user_id}") for limit in most.CODES_ON_DEVICES), shared]
    return [
        *(Use(limit, number) for limit in most.CODES_FOR_NUMBER),
        *(Use(limit, f"{number} {network}") for limit in most.CODES_FROM_ONE_PLACE),
        shared,
    ]


def _draw_on_the_budget(at: datetime, *, is_sent: bool) -> None:
    """Count a code against the hour's budget; the last one leaves a row that operators see.

    :raises CodesPaused: it is used up, for numbers that nobody has, too
    """
    budget = most.code_budget(settings.SMS_CODES_PER_HOUR)
    try:
        if not is_sent:
            limits.look([Use(budget, "")], at=at)
            return
        count = limits.take([Use(budget, "")], at=at)[budget]
    except TooManyTries as refusal:
        raise CodesPaused(**refusal.detail) from refusal
    if count.used == budget.most:
        logger.warning("sms codes paused until %s: %s in an hour", count.ends_at.isoformat(), budget.most)
        CodePause.objects.create(began_at=at, ends_at=count.ends_at, sent=count.used)


def sign_in_with_code(*, token: uuid.UUID, code: str, address: str, at: datetime) -> User:
    """Return whose phone was sent this code, which is then used up.

    :param address: the network address of whoever asks
    :raises CodeWrong: it is another one; five of them burn the code
    :raises CodeOver: used, burnt, replaced or older than five minutes
    :raises TooManyTries: too many wrong codes and passwords from this network
    """
    uses = [Use(most.SIGN_IN_FROM_NETWORK, network_of(address))]
    taken = limits.take(uses, at=at)
    is_right, row = with_retries(lambda: _try(token, code, at))
    user = _owner(row)
    if is_right and user is not None and MemberBackend().user_can_authenticate(user):
        limits.give_back(uses)
        return user
    named = row.number_digest if row else ""
    note_refused(RefusedSignIn.Way.CODE, user, named, address=address, taken=taken, at=at)
    if row is None or (row.ended_at and not is_right):
        raise CodeOver
    raise CodeWrong  # also when nobody has this number, and the six digits were guessed


@transaction.atomic
def _try(token: uuid.UUID, code: str, at: datetime) -> tuple[bool, SignInCode | None]:
    """Count a try of a code under its lock, and tell whether it was right; refusals would forget the try here."""
    row = SignInCode.objects.select_for_update().filter(token=token).first()
    if row is None or row.ended_at is not None or row.expires_at <= at:
        return False, None
    row.tries += 1
    is_right = constant_time_compare(row.code_digest, _code_digest(token, code))
    if is_right or row.tries == SignInCode.MOST_TRIES:
        row.ended_at = at
    row.save(update_fields=["tries", "ended_at"])
    return is_right, row


def _owner(row: SignInCode | None) -> User | None:
    """Return whose number a code was sent to; for a number that nobody has it asks as long."""
    owners = User.objects.select_related("member").filter(member__pk=(row.member_id if row else None) or 0)
    return owners.first()


def _number_digest(number: str) -> str:
    return salted_hmac("members.codes.number", number, algorithm="sha256").hexdigest()


def _code_digest(token: uuid.UUID, code: str) -> str:
    return salted_hmac("members.codes", f"{token}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def see_pause(pause_id: int, *, at: datetime, by: str) -> None:
    """Note that an operator has seen a pause, and end it if it lasts: the hour's budget begins anew."""
    pause = CodePause.objects.select_for_update().get(pk=pause_id)
    if pause.seen_at is None:
        pause.seen_at, pause.seen_by = at, by
        pause.save(update_fields=["seen_at", "seen_by"])
        if pause.ends_at > at:
            TryCount.objects.filter(scope=most.code_budget(1).scope).delete()
