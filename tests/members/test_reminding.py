"""Points about to expire: each lot's member is told a month and a week before, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import services as members
from members.models import Member, Message, PointsLot
from tests.worlds import AT, grant, member

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def reminded() -> list[tuple[str, object, object]]:
    rows = Message.objects.filter(channel="inbox", template="points.expiring").order_by("pk")
    return [(one.dedupe_key.rpartition("/")[2], one.context["points"], one.context["date"]) for one in rows]


@pytest.fixture
def one() -> Member:
    """A member with a lot of 300 points that expires in a hundred days."""
    made = member()
    grant(made, 300, days=100)
    return made


def test_members_are_told_a_month_and_a_week_before_once(one: Member) -> None:
    told = [members.remind_of_expiry(at=AT + day * DAY) for day in (0, 69, 70, 71, 92, 93, 94, 101)]
    assert told == [0, 0, 1, 0, 0, 1, 0, 0]
    assert reminded() == [("30", 300, "2027-02-10"), ("7", 300, "2027-02-10")]


def test_who_was_not_told_a_month_before_is_told_once_a_week_before(one: Member) -> None:
    assert members.remind_of_expiry(at=AT + 95 * DAY) == 1
    assert [days for days, _points, _date in reminded()] == ["7"]


def test_points_that_are_spent_held_or_were_granted_for_a_short_time_are_no_news(one: Member) -> None:
    PointsLot.objects.update(held=300)
    grant(one, 50, days=20)
    assert members.remind_of_expiry(at=AT + 71 * DAY) == 0
    PointsLot.objects.filter(issued=300).update(held=100)
    assert members.remind_of_expiry(at=AT + 71 * DAY) == 1
    assert [points for _days, points, _date in reminded()] == [200]


@pytest.mark.parametrize("status", ["frozen", "closed"])
def test_who_cannot_spend_is_not_told_to(one: Member, status: str) -> None:
    Member.objects.filter(pk=one.pk).update(status=status)
    assert members.remind_of_expiry(at=AT + 71 * DAY) == 0


def test_each_lot_is_told_of_and_nobody_hears_by_sms(one: Member) -> None:
    grant(one, 40, days=99)
    assert members.remind_of_expiry(at=AT + 71 * DAY, limit=1) == 1
    assert members.remind_of_expiry(at=AT + 71 * DAY, limit=1) == 1
    assert members.remind_of_expiry(at=AT + 71 * DAY, limit=1) == 0
    assert [points for _days, points, _date in reminded()] == [40, 300]
    assert not Message.objects.filter(channel="sms").exists()


@pytest.mark.parametrize("subject", ["points", "points.expiring"])
def test_who_wants_no_reminder_anywhere_holds_up_nobody_and_is_told_when_they_want_it_again(
    one: Member, subject: str
) -> None:
    silent = member()
    grant(silent, 500, days=99)
    unwanted = frozenset({(subject, "inbox"), (subject, "mail")})
    members.save_wishes(silent.pk, members.Wishes(unwanted), language="en", at=AT)
    assert [members.remind_of_expiry(at=AT + 71 * DAY, limit=1) for _ in range(2)] == [1, 0]
    assert [points for _days, points, _date in reminded()] == [300]
    members.save_wishes(silent.pk, members.Wishes(), language="en", at=AT + 72 * DAY)
    assert members.remind_of_expiry(at=AT + 72 * DAY) == 1
    assert [points for _days, points, _date in reminded()] == [300, 500]


@pytest.mark.parametrize(("email", "told"), [("li@example.com", ["mail"]), ("", [])])
def test_who_does_without_the_inbox_is_reminded_by_mail(one: Member, email: str, told: list[str]) -> None:
    Member.objects.filter(pk=one.pk).update(email=email)
    no = members.Wishes(frozenset({("points", "inbox")}))
    members.save_wishes(one.pk, no, language="en", at=AT)
    assert [members.remind_of_expiry(at=AT + 71 * DAY) for _ in range(2)] == [len(told), 0]
    assert list(Message.objects.values_list("channel", flat=True)) == told
