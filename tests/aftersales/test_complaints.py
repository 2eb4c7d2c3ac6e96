"""Complaints: taken down once, answered in working time, called overdue, closed; articles brought in and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from aftersales import services
from aftersales.models import Complaint, HelpArticle, HelpRating
from aftersales.rules.working_time import after_hours
from aftersales.services import help as help_services
from foundation.refusals import InvalidInput, NotFound
from inventory.models import Sku
from members.models import Member, Message, User
from orders.models import OrderEvent
from tests import worlds
from tests.worlds import AT

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lin() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=20)


@pytest.fixture
def agent() -> User:
    return User.objects.create(username="agent", is_staff=True)


def filed(by: Member, **values: object) -> Complaint:
    told: dict[str, object] = {
        "category": "delivery", "words": "nothing came", "request_id": "click", "at": AT, "by": f"member:{by.number}",
    }  # fmt: skip
    return services.file_complaint(by.pk, **(told | values))  # type: ignore[arg-type]


# --- Filing


def test_a_complaint_is_due_in_working_time_and_stands_on_the_orders_timeline(lin: Member, mug: Sku) -> None:
    order = worlds.delivered(lin, (mug, 1))
    before = (order.status, order.deadline_at, order.open_cases)
    complaint = filed(lin, order_number=order.number)
    assert (complaint.status, complaint.due_at, complaint.order_id) == ("open", AT + 24 * HOUR, order.pk)
    order.refresh_from_db()
    assert (order.status, order.deadline_at, order.open_cases) == before  # its clock goes on
    last = order.events.order_by("seq").last()
    assert last is not None
    assert (last.kind, last.data, last.by) == (
        "order.complaint_filed",
        {"complaint": complaint.number},
        f"member:{lin.number}",
    )


def test_the_same_click_files_once(lin: Member, mug: Sku) -> None:
    order = worlds.delivered(lin, (mug, 1))
    first = filed(lin, order_number=order.number)
    again = filed(lin, order_number=order.number, words="other words", at=AT + HOUR)
    assert (again.pk, again.words) == (first.pk, "nothing came")
    assert OrderEvent.objects.filter(kind="order.complaint_filed").count() == 1
    other = worlds.member()
    assert filed(other).pk != first.pk


def test_what_is_not_the_members_is_none_of_theirs(lin: Member, mug: Sku) -> None:
    order = worlds.placed(lin, (mug, 1))
    for number in (order.number, "260101000000000000", "x", "\0"):
        with pytest.raises(NotFound):
            filed(worlds.member(), order_number=number)
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": " \n "}, {"words": "x" * 1_001}, {"words": "a\0b"}, {"category": "all"}, {"request_id": ""},
        {"request_id": "x" * 65},
    ],
)  # fmt: skip
def test_a_complaint_without_sense_is_refused(wrong: dict[str, str], lin: Member) -> None:
    with pytest.raises(InvalidInput):
        filed(lin, **wrong)
    assert Complaint.objects.count() == 0


# --- Opening again


def answered(pk: int, agent: User, *, at: datetime, answer: str = "It is on its way.") -> Complaint:
    return services.resolve_complaint(pk, answer=answer, assignee=agent, at=at, by="operator:agent")


def reopened(
    complaint: Complaint, words: str = "still nothing", *, at: datetime, after: int = 1
) -> Complaint:
    by = f"member:{complaint.member.number}"
    return services.reopen_complaint(complaint.pk, words=words, after_round=after, at=at, by=by)


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_complaint_that_is_opened_again_waits_anew_and_keeps_what_was_said(
    lin: Member, mug: Sku, agent: User, is_closed: bool
) -> None:
    order = worlds.delivered(lin, (mug, 1))
    complaint = filed(lin, order_number=order.number)
    Complaint.objects.update(escalated_at=AT)  # the first answer came late
    answered(complaint.pk, agent, at=AT + DAY)
    if is_closed:
        services.close_complaint(complaint.pk, at=AT + DAY + HOUR, by=f"member:{lin.number}")
    again = [reopened(complaint, at=AT + 3 * DAY) for _click in range(2)]
    assert [each.round for each in again] == [2, 2]
    open_again = Complaint.objects.get()
    assert (open_again.status, open_again.words, open_again.filed_at, open_again.said_at) == (
        "open",
        "still nothing",
        AT,
        AT + 3 * DAY,
    )
    assert (open_again.due_at, open_again.escalated_at, open_again.answer, open_again.assignee) == (
        after_hours(AT + 3 * DAY, 9),
        None,
        "",
        agent,  # who knows it already
    )
    kept = list(open_again.rounds.values_list("serial", "words", "said_at", "answer", "answered_at"))
    assert kept == [(1, "nothing came", AT, "It is on its way.", AT + DAY)]
    answered(complaint.pk, agent, at=AT + 4 * DAY, answer="It was lost; the points are back.")
    kinds = [
        kind for kind in order.events.order_by("seq").values_list("kind", flat=True) if "complaint" in kind
    ]
    assert kinds == [
        "order.complaint_filed",
        "order.complaint_answered",
        "order.complaint_reopened",
        "order.complaint_answered",
    ]
    told = Message.objects.filter(template="complaint.answered", channel="inbox").order_by("pk")
    assert [row.context["reason"] for row in told] == [
        "It is on its way.",
        "It was lost; the points are back.",
    ]


def test_what_was_opened_again_is_called_overdue_again(lin: Member, agent: User) -> None:
    complaint = filed(lin)
    answered(complaint.pk, agent, at=AT + HOUR)
    late = reopened(complaint, at=AT + DAY)
    assert services.run_deadlines(at=late.due_at - timedelta(seconds=1)) == 0
    assert services.run_deadlines(at=late.due_at) == 1


def test_a_complaint_is_opened_again_only_for_so_long_and_so_often(lin: Member, agent: User) -> None:
    complaint = filed(lin)
    with pytest.raises(services.ComplaintMoved):  # nobody has answered yet
        reopened(complaint, at=AT)
    answered(complaint.pk, agent, at=AT)
    with pytest.raises(services.ReopenedTooLate):
        reopened(complaint, at=AT + 15 * DAY + HOUR)
    with pytest.raises(services.ComplaintMoved):  # the member read another answer
        reopened(complaint, at=AT, after=2)
    for wrong in (" ", "x" * 1_001, "a\0b"):
        with pytest.raises(InvalidInput):
            reopened(complaint, wrong, at=AT)
    assert Complaint.objects.get().status == "resolved"
    for after in (1, 2):
        reopened(complaint, f"no {after}", at=AT + 15 * DAY, after=after)
        answered(complaint.pk, agent, at=AT + 15 * DAY)
    with pytest.raises(services.ReopenedTooOften):
        reopened(complaint, at=AT + 16 * DAY, after=3)
    assert (Complaint.objects.get().status, Complaint.objects.get().round) == ("resolved", 3)


# --- Answering


def test_a_complaint_is_taken_looked_into_answered_and_closed(lin: Member, mug: Sku, agent: User) -> None:
    order = worlds.delivered(lin, (mug, 1))
    pk = filed(lin, order_number=order.number).pk
    services.acknowledge_complaint(pk, assignee=agent, at=AT + HOUR)
    services.start_complaint(pk, assignee=agent, at=AT + 2 * HOUR)
    services.resolve_complaint(
        pk, answer=" It is on its way. ", assignee=agent, at=AT + 3 * HOUR, by="operator:agent"
    )
    answered = Complaint.objects.get(pk=pk)
    assert (
        answered.status,
        answered.assignee,
        answered.acknowledged_at,
        answered.answer,
        answered.closes_at,
    ) == (
        "resolved",
        agent,
        AT + HOUR,
        "It is on its way.",
        AT + 3 * HOUR + 7 * DAY,
    )
    told = Message.objects.filter(template="complaint.answered", member=lin, channel="inbox").get()
    assert told.context == {"complaint": answered.number, "reason": "It is on its way."}
    assert order.events.order_by("seq").values_list("kind", flat=True).last() == "order.complaint_answered"
    services.close_complaint(pk, at=AT + 4 * HOUR, by=f"member:{lin.number}")
    closed = Complaint.objects.get(pk=pk)
    assert (closed.status, closed.closed_by) == ("closed", f"member:{lin.number}")


def test_a_complaint_can_be_answered_at_once_and_only_once(lin: Member, agent: User) -> None:
    pk = filed(lin).pk
    resolve = partial(
        services.resolve_complaint, pk, answer="done", assignee=agent, at=AT, by="operator:agent"
    )
    resolve()
    for deed in (
        resolve,
        partial(services.acknowledge_complaint, pk, assignee=agent, at=AT),
        partial(services.start_complaint, pk, assignee=agent, at=AT),
    ):
        with pytest.raises(services.ComplaintMoved):
            deed()
    assert Message.objects.filter(template="complaint.answered", channel="inbox").count() == 1


def test_an_answer_has_words(lin: Member, agent: User) -> None:
    pk = filed(lin).pk
    with pytest.raises(services.AnswerRequired):
        services.resolve_complaint(pk, answer=" ", assignee=agent, at=AT, by="operator:agent")
    with pytest.raises(InvalidInput):
        services.resolve_complaint(pk, answer="x" * 1_001, assignee=agent, at=AT, by="operator:agent")
    with pytest.raises(services.ComplaintMoved):
        services.close_complaint(pk, at=AT, by=f"member:{lin.number}")
    assert Complaint.objects.get().status == "open"


def test_nothing_is_done_to_what_is_not_there(agent: User) -> None:
    with pytest.raises(NotFound):
        services.acknowledge_complaint(404, assignee=agent, at=AT)
    with pytest.raises(NotFound):
        services.resolve_complaint(404, answer="x", assignee=agent, at=AT, by="operator:agent")


@pytest.mark.parametrize(
    "lie", [{"status": "resolved"}, {"status": "acknowledged"}, {"status": "closed", "answer": "x"}]
)
def test_the_database_holds_what_a_state_promises(lie: dict[str, str], lin: Member) -> None:
    pk = filed(lin).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=pk).update(**lie)


# --- The clock


def test_the_clock_calls_somebody_once_to_what_is_late(lin: Member, agent: User) -> None:
    late = filed(lin)
    other = filed(lin, request_id="later", at=AT + 3 * DAY)
    assert services.run_complaint_deadlines(at=late.due_at - timedelta(seconds=1)) == 0
    assert services.run_complaint_deadlines(at=late.due_at) == 1
    assert services.run_complaint_deadlines(at=late.due_at + HOUR) == 0
    late.refresh_from_db()
    other.refresh_from_db()
    assert (late.escalated_at, other.escalated_at) == (late.due_at, None)


def test_the_clock_closes_what_nobody_came_back_to(lin: Member, agent: User) -> None:
    pk = filed(lin).pk
    services.resolve_complaint(pk, answer="done", assignee=agent, at=AT, by="operator:agent")
    assert services.run_complaint_deadlines(at=AT + 7 * DAY - HOUR) == 0
    assert services.run_complaint_deadlines(at=AT + 7 * DAY) == 1
    assert Complaint.objects.values_list("status", "closed_by").get() == ("closed", "clock")


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        ("2026-11-02T10:00", 4, "2026-11-02T14:00"),  # within a Monday
        ("2026-11-02T10:00", 9, "2026-11-03T10:00"),  # over the night
        ("2026-11-06T17:00", 9, "2026-11-09T17:00"),  # over a weekend
        ("2026-11-07T12:00", 9, "2026-11-09T18:00"),  # told on a Saturday
        ("2026-11-02T03:00", 9, "2026-11-02T18:00"),  # before the desk opens
        ("2026-11-02T18:00", 1, "2026-11-03T10:00"),  # as it closes
        ("2026-10-01T12:00", 9, "2026-10-08T18:00"),  # the National Day week
    ],
)
def test_hours_are_counted_while_people_work(at: str, hours: int, due: str) -> None:
    assert after_hours(shanghai(at), hours) == shanghai(due)


# --- Articles


def test_a_mall_has_the_articles_from_its_first_migration_on() -> None:
    assert HelpArticle.objects.filter(is_published=True, edited_by="").count() >= 40
    assert services.load_help(at=AT) == 0


def test_new_words_come_in_and_an_operators_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {code: dict(texts) for code, texts in help_services._ours().items()}
    edited = HelpArticle.objects.get(code="invoice")
    edited.answer = "our own"
    services.save_article(edited, at=AT, by="operator:lin")
    ours["invoice"]["answer"] = ours["log-in"]["answer"] = "new"
    ours["quite-new"] = dict(ours["log-in"])
    monkeypatch.setattr(help_services, "_ours", lambda: ours)
    assert services.load_help(at=AT + DAY) == 2
    found = HelpArticle.objects.in_bulk(["invoice", "log-in", "quite-new"], field_name="code")
    assert {code: (row.answer, row.changed_at) for code, row in found.items()} == {
        "invoice": ("our own", AT),
        "log-in": ("new", AT + DAY),
        "quite-new": ("new", AT + DAY),
    }


def test_each_member_has_one_voice(lin: Member) -> None:
    services.rate_article("invoice", lin.pk, is_helpful=True, at=AT)
    services.rate_article("invoice", lin.pk, is_helpful=False, at=AT + DAY)
    assert list(HelpRating.objects.values_list("is_helpful", "rated_at")) == [(False, AT + DAY)]
    HelpArticle.objects.filter(code="invoice").update(is_published=False)
    for code in ("invoice", "none"):
        with pytest.raises(NotFound):
            services.rate_article(code, lin.pk, is_helpful=True, at=AT)
