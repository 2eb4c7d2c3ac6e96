"""Members who want to be forgotten: asked, weighed by an operator, done on every floor at once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales import services as aftersales
from desk.models import ErasureRequest
from foundation.refusals import NotFound, Refusal
from members import services as members
from members.models import Member, PointsAccount
from members.rules.limits import DOWNLOAD
from orders import services as orders

State = ErasureRequest.State

ANSWERED_WITHIN = timedelta(days=15)


class PointsRemain(Refusal):
    """Points would be lost."""

    code = "points_remain"
    message = _("You still have %(points)s points. Redeem them first, or agree to lose them.")


class NotWaiting(Refusal):
    """The request was decided or withdrawn."""

    code = "not_waiting"
    message = _("This request has been dealt with already.")


def obstacles(member_id: int, *, gives_up_points: bool) -> list[Refusal]:
    """Return what stands in the way of forgetting a member; nothing when it can be done."""
    checks: list[Callable[[], None]] = [
        lambda: orders.check_orders_over(member_id),
        lambda: aftersales.check_cases_over(member_id),
        lambda: _check_points(member_id, gives_up_points=gives_up_points),
    ]
    found = []
    for check in checks:
        try:
            check()
        except Refusal as refusal:
            found.append(refusal)
    return found


def _check_points(member_id: int, *, gives_up_points: bool) -> None:
    account = PointsAccount.objects.get(member_id=member_id)
    if account.available + account.held > 0 and not gives_up_points:
        raise PointsRemain(points=account.available + account.held)


@transaction.atomic
def ask_erasure(member_id: int, *, gives_up_points: bool, at: datetime) -> ErasureRequest:
    """Note that a member wants to be forgotten; asking again changes only what was said of the points.

    :raises OrdersOpen, CasesOpen, PointsRemain: what stands in the way
    :raises NotFound: they were forgotten
    """
    asked = ErasureRequest.objects.filter(member_id=member_id, state=State.WAITING)
    asked.select_for_update().first()  # before the member, as whoever fulfils it
    members.lock_customer(member_id)
    for refusal in obstacles(member_id, gives_up_points=gives_up_points):
        raise refusal
    request, _is_new = ErasureRequest.objects.update_or_create(
        member_id=member_id,
        state=State.WAITING,
        defaults={"gives_up_points": gives_up_points},
        create_defaults={
            "gives_up_points": gives_up_points,
            "asked_at": at,
            "due_at": at + ANSWERED_WITHIN,
        },
    )
    return request


@transaction.atomic
def withdraw_erasure(member_id: int, *, at: datetime, by: str) -> None:
    """Take the wish to be forgotten back, while it waits.

    :raises NotFound: nothing waits
    """
    waiting = ErasureRequest.objects.select_for_update().filter(member_id=member_id, state=State.WAITING)
    request = waiting.first()
    if request is None:
        raise NotFound
    _decide(request, State.WITHDRAWN, at=at, by=by)


@transaction.atomic
def fulfil_erasure(request_id: int, *, at: datetime, by: str) -> None:
    """Forget a member on every floor; ledger, orders and events stay, and name nobody any more.

    :raises NotWaiting: decided or withdrawn before
    :raises OrdersOpen, CasesOpen, PointsRemain: something came in between; nothing has been changed
    :raises Busy: a worker is about to tell them something
    """
    request = _waiting(request_id)
    orders.lock_orders_of(request.member_id)
    members.lock_accounts(member_ids={request.member_id})  # nothing can be placed or granted from here on
    members.lock_customer(request.member_id)  # nor written
    orders.forget_recipients(request.member_id)
    aftersales.forget_words(request.member_id)
    _check_points(request.member_id, gives_up_points=request.gives_up_points)
    members.erase_member(request.member_id, at=at, by=by)
    number = Member.objects.values_list("number", flat=True).get(pk=request.member_id)
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Member), object_id=str(request.member_id)
    )
    entries.update(object_repr=number, change_message="")
    _decide(request, State.FULFILLED, at=at, by=by)


@transaction.atomic
def decline_erasure(request_id: int, *, reason: str, at: datetime, by: str) -> None:
    """Tell a member why they cannot be forgotten now.

    :raises NotWaiting: decided or withdrawn before
    """
    request = _waiting(request_id)
    _decide(request, State.DECLINED, at=at, by=by, answer=reason)
    notice = members.Notice(
        request.member_id, "erasure.declined", f"erasure/{request.pk}", at, {"reason": reason}
    )
    members.send_notices([notice])


def _waiting(request_id: int) -> ErasureRequest:
    request = ErasureRequest.objects.select_for_update().get(pk=request_id)
    if request.state != State.WAITING:
        raise NotWaiting
    return request


def _decide(request: ErasureRequest, state: str, *, at: datetime, by: str, answer: str = "") -> None:
    request.state, request.decided_at, request.decided_by, request.answer = state, at, by, answer
    request.save(update_fields=["state", "decided_at", "decided_by", "answer"])


def count_download(member_id: int, *, at: datetime) -> None:
    """Count that a member takes everything about themselves along.

    :raises TooManyTries: three times a day
    """
    members.take([members.Use(DOWNLOAD, f"member:{member_id}")], at=at)
