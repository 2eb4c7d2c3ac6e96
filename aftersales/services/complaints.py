"""Every write to complaints: file, take, answer, close; and what the clock does about late ones (law 9)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from aftersales.models import Complaint, ComplaintRound
from aftersales.models.complaints import MAX_ANSWER, MAX_WORDS
from aftersales.rules.working_time import CLOSES_AFTER, HOURS, MOST_ROUNDS, REOPENED_WITHIN, after_hours
from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from members import services as members
from members.models import User
from orders import services as orders
from orders.queries import order_id_of, orders_of
from orders.rules.numbers import SHANGHAI

BY_CLOCK = "clock"


class ComplaintMoved(Refusal):
    """The complaint's state does not allow this, or no longer does."""

    code = "complaint_moved"
    message = _("This complaint is “%(status)s”, so this cannot be done any more.")


class ReopenedTooLate(Refusal):
    """The answer stood for so long that the matter counts as settled."""

    code = "reopened_too_late"
    message = _("This was answered more than %(days)s days ago. Write a new complaint and name this number.")


class ReopenedTooOften(Refusal):
    """It went back and forth often enough: somebody else should look at it afresh."""

    code = "reopened_too_often"
    message = _(
        "This complaint was opened again %(times)s times already. Write a new one and name this number."
    )


class AnswerRequired(Refusal):
    """An answer without words is none."""

    code = "answer_required"
    message = _("Write an answer that the member will read.")


def file_complaint(
    member_id: int,
    *,
    category: str,
    words: str,
    request_id: str,
    order_number: str = "",
    at: datetime,
    by: str,
) -> Complaint:
    """Take a complaint down; the same click again gets the one that was taken down (law 8).

    The order's clock goes on: a complaint asks for an answer, a refund request stops the order.

    :raises NotFound: no such order, or somebody else's
    :raises InvalidInput: no words, too many of them, or no such category
    """
    if category not in Complaint.Category.values:
        raise InvalidInput(field="category")
    words = _checked(words)
    if not request_id or len(request_id) > 64:
        raise InvalidInput(field="request_id")
    order_id = order_id_of(orders_of(member_id), order_number) if order_number else None
    complaint = Complaint(
        number=_new_number(at),
        member_id=member_id,
        request_id=request_id,
        order_id=order_id,
        category=category,
        words=words,
        filed_at=at,
        due_at=after_hours(at, HOURS[category]),
    )
    return with_retries(lambda: _file(complaint, at=at, by=by))


def _checked(words: str) -> str:
    words = words.strip()
    if not words or len(words) > MAX_WORDS or "\0" in words:
        raise InvalidInput(field="words")
    return words


def _new_number(at: datetime) -> str:
    return f"C{at.astimezone(SHANGHAI):%y%m%d}{secrets.randbelow(10**8):08d}"


@transaction.atomic
def _file(complaint: Complaint, *, at: datetime, by: str) -> Complaint:
    if complaint.order_id is not None:  # first of all locks, as everywhere
        orders.lock_orders([orders.Move(complaint.order_id, at, by)])
    members.lock_customer(complaint.member_id)
    mine = Complaint.objects.filter(member_id=complaint.member_id, request_id=complaint.request_id)
    Complaint.objects.bulk_create(
        [complaint], ignore_conflicts=True
    )  # the same click waits for its twin here
    filed = mine.get()
    if filed.number == complaint.number and complaint.order_id is not None:
        move = orders.Move(complaint.order_id, at, by, data={"complaint": filed.number})
        orders.note_complaint(move, orders.ComplaintFact.FILED)
    return filed


@transaction.atomic
def acknowledge_complaint(complaint_id: int, *, assignee: User, at: datetime) -> Complaint:
    """Take a complaint on: the member sees that somebody has read it.

    :raises ComplaintMoved: somebody has it, or it is answered
    """
    complaint = _locked(complaint_id)
    if not can_proceed(complaint.acknowledge):
        raise ComplaintMoved(status=complaint.get_status_display())
    complaint.acknowledge(at=at, assignee=assignee)
    complaint.save()
    return complaint


@transaction.atomic
def start_complaint(complaint_id: int, *, assignee: User, at: datetime) -> Complaint:
    """Begin to look into a complaint.

    :raises ComplaintMoved: it is being looked into, or answered
    """
    complaint = _locked(complaint_id)
    if not can_proceed(complaint.start):
        raise ComplaintMoved(status=complaint.get_status_display())
    complaint.start(at=at, assignee=assignee)
    complaint.save()
    return complaint


def resolve_complaint(complaint_id: int, *, answer: str, assignee: User, at: datetime, by: str) -> Complaint:
    """Answer a complaint, and tell the member.

    :raises AnswerRequired: no words
    :raises InvalidInput: too many words
    :raises ComplaintMoved: it is answered
    """
    if not answer.strip():
        raise AnswerRequired
    if len(answer) > MAX_ANSWER or "\0" in answer:
        raise InvalidInput(field="answer")
    return with_retries(lambda: _resolve(complaint_id, answer.strip(), assignee=assignee, at=at, by=by))


@transaction.atomic
def _resolve(complaint_id: int, answer: str, *, assignee: User, at: datetime, by: str) -> Complaint:
    complaint = _locked_with_order(complaint_id, at=at, by=by)
    if not can_proceed(complaint.resolve):
        raise ComplaintMoved(status=complaint.get_status_display())
    complaint.resolve(at=at, by=by, assignee=assignee, answer=answer, closes_at=at + CLOSES_AFTER)
    complaint.save()
    _note(complaint, orders.ComplaintFact.ANSWERED, at=at, by=by)
    members.send_notices(
        [
            members.Notice(
                member_id=complaint.member_id,
                template="complaint.answered",
                fact=f"{complaint.number}/{complaint.round}" if complaint.round > 1 else complaint.number,
                at=at,
                context={"complaint": complaint.number, "reason": answer},
            )
        ]
    )
    return complaint


def reopen_complaint(complaint_id: int, *, words: str, after_round: int, at: datetime, by: str) -> Complaint:
    """Say that an answer does not settle the matter: the complaint waits again, with a new time to be answered in.

    What was said before is kept. The same click again finds it opened, and changes nothing (law 8).

    :param after_round: the round whose answer the member read
    :raises InvalidInput: no words, or too many of them
    :raises ReopenedTooLate: the answer is older than `REOPENED_WITHIN`
    :raises ReopenedTooOften: it was answered `MOST_ROUNDS` times
    :raises ComplaintMoved: it is not answered yet
    """
    words = _checked(words)
    return with_retries(lambda: _reopen(complaint_id, words, after_round=after_round, at=at, by=by))


@transaction.atomic
def _reopen(complaint_id: int, words: str, *, after_round: int, at: datetime, by: str) -> Complaint:
    complaint = _locked_with_order(complaint_id, at=at, by=by, is_members=True)
    if (complaint.round, complaint.words) == (after_round + 1, words):
        return complaint
    if not can_proceed(complaint.reopen) or complaint.round != after_round:
        raise ComplaintMoved(status=complaint.get_status_display())
    check_can_reopen(complaint, at=at)
    assert complaint.answered_at is not None
    ComplaintRound.objects.create(
        complaint=complaint,
        serial=complaint.round,
        words=complaint.words,
        said_at=complaint.said_at,
        answer=complaint.answer,
        answered_at=complaint.answered_at,
        answered_by=complaint.answered_by,
    )
    complaint.reopen(words=words, at=at, due_at=after_hours(at, HOURS[complaint.category]))
    complaint.save()
    _note(complaint, orders.ComplaintFact.REOPENED, at=at, by=by)
    return complaint


def check_can_reopen(complaint: Complaint, *, at: datetime) -> None:
    """Go on only while an answered complaint may be opened again.

    :raises ReopenedTooLate, ReopenedTooOften: a new one has to be written
    """
    if complaint.answered_at is None or at > complaint.answered_at + REOPENED_WITHIN:
        raise ReopenedTooLate(days=REOPENED_WITHIN.days)
    if complaint.round >= MOST_ROUNDS:
        raise ReopenedTooOften(times=MOST_ROUNDS - 1)


def _note(complaint: Complaint, what: orders.ComplaintFact, *, at: datetime, by: str) -> None:
    if complaint.order_id is not None:
        move = orders.Move(complaint.order_id, at, by, data={"complaint": complaint.number})
        orders.note_complaint(move, what)


@transaction.atomic
def close_complaint(complaint_id: int, *, at: datetime, by: str) -> Complaint:
    """End an answered complaint.

    :raises ComplaintMoved: it is not answered yet, or closed
    """
    complaint = _locked(complaint_id)
    if not can_proceed(complaint.close):
        raise ComplaintMoved(status=complaint.get_status_display())
    complaint.close(at=at, by=by)
    complaint.save()
    return complaint


def run_complaint_deadlines(*, at: datetime, limit: int = 200) -> int:
    """Call somebody to what is late, close what nobody came back to; return how many were looked at."""
    late = Complaint.objects.filter(status__in=Complaint.WAITING, due_at__lte=at, escalated_at=None)
    late = Complaint.objects.filter(pk__in=list(late.order_by("due_at").values_list("pk", flat=True)[:limit]))
    called = late.filter(status__in=Complaint.WAITING, escalated_at=None).update(escalated_at=at)
    over = Complaint.objects.filter(status=Complaint.Status.RESOLVED, closes_at__lte=at)
    ended = 0
    for complaint_id in list(over.order_by("closes_at").values_list("pk", flat=True)[:limit]):
        try:
            close_complaint(complaint_id, at=at, by=BY_CLOCK)
            ended += 1
        except Refusal:
            continue  # the member closed it between our look and our lock
    return called + ended


def _locked_with_order(complaint_id: int, *, at: datetime, by: str, is_members: bool = False) -> Complaint:
    """Lock the order of a complaint first, as everywhere, then the member who writes themselves, then the complaint."""
    about = Complaint.objects.filter(pk=complaint_id).values_list("order_id", "member_id").first()
    order_id, member_id = about or (None, 0)
    if order_id is not None:
        orders.lock_orders([orders.Move(order_id, at, by)])
    if is_members:
        members.lock_customer(member_id)
    return _locked(complaint_id)


def _locked(complaint_id: int) -> Complaint:
    complaint = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if complaint is None:
        raise NotFound
    return complaint
