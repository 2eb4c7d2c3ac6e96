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

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.visitors import network_of
from members.models import CodePause, Member, SignInCode, TryCount, User
from members.rules import limits as most
from members.services import limits
from members.services.limits import TooManyTries, Use
from members.services.messages import send_secret
from members.services.signing_in import MemberBackend

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


def send_code(*, number: str, address: str, at: datetime) -> uuid.UUID:
    """Send a phone number a new code, in place of an earlier one, and return the token it can be used with.

    A number that nobody has, or whose account is closed, gets a token all the same, and no SMS.

    :param address: the network address of whoever asks
    :raises TooManyTries: one a minute, five an hour, ten a day for a number; twenty an hour for a network
    :raises CodesPaused: the house has sent as many in this hour as it will
    """
    return with_retries(lambda: _send_code(number, address, at))


@transaction.atomic
def _send_code(number: str, address: str, at: datetime) -> uuid.UUID:
    counted = (most.CODE_EACH_MINUTE, most.CODE_EACH_HOUR, most.CODE_EACH_DAY)
    network = Use(most.CODE_FROM_NETWORK, network_of(address))
    limits.take([*(Use(limit, number) for limit in counted), network], at=at)
    member = Member.objects.select_related("user").filter(phone=number).first()
    if member is not None and not MemberBackend().user_can_authenticate(member.user):
        member = None
    _draw_on_the_budget(at, is_sent=member is not None)
    digest = _number_digest(number)
    SignInCode.objects.filter(number_digest=digest, ended_at=None).update(ended_at=at)
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
    limits.take(uses, at=at)
    user = with_retries(lambda: _spend(token, code, at)).user
    if not MemberBackend().user_can_authenticate(user):
        raise CodeWrong
    limits.give_back(uses)
    return user


@transaction.atomic
def _try(token: uuid.UUID, code: str, at: datetime) -> tuple[bool, SignInCode | None]:
    """Count a try of a code under its lock, and tell whether it was right."""
    row = SignInCode.objects.select_for_update().filter(token=token).first()
    if row is None or row.ended_at is not None or row.expires_at <= at:
        return False, None
    row.tries += 1
    is_right = constant_time_compare(row.code_digest, _code_digest(token, code))
    if is_right or row.tries == SignInCode.MOST_TRIES:
        row.ended_at = at
    row.save(update_fields=["tries", "ended_at"])
    return is_right, row


def _spend(token: uuid.UUID, code: str, at: datetime) -> Member:
    # The refusals are raised outside the transaction, which would otherwise forget the try.
    is_right, row = _try(token, code, at)
    if row is None:
        raise CodeOver
    if not is_right:
        raise CodeOver if row.ended_at else CodeWrong
    if row.member_id is None:  # nobody has this number, and the six digits were guessed
        raise CodeWrong
    return Member.objects.select_related("user").get(pk=row.member_id)


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
