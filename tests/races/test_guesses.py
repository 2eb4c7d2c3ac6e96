"""Guesses that all come at once: no code and no limit has one try more than it says."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from members import services
from members.models import Member, Message, SignInCode, TryCount
from members.rules.limits import Limit
from members.services import codes, limits
from tests import worlds
from tests.races.racing import Guards, Meeting, constraints, race, row_locks, tally
from tests.worlds import AT

PARTIES = 12
FIVE = Limit("race", 5, timedelta(minutes=15))


def guess_at_once(member: Member, patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    """Let everybody look at the code before anybody has tried it; return the answers and how many were compared."""
    token = services.send_code(number=member.phone, address="10.0.0.1", at=AT)
    right = Message.objects.get(template="sign_in.code").context["code"]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    meeting, compared = Meeting(PARTIES), []
    digest = codes._code_digest

    def watched(of: UUID, code: str) -> str:
        compared.append(code)
        meeting.wait()
        return digest(of, code)

    patch.setattr(codes, "_code_digest", watched)

    def guess() -> None:
        services.sign_in_with_code(token=token, code=wrong, address="10.0.0.2", at=AT)

    return tally(race(*[guess] * PARTIES, meeting=meeting)), len(compared)


def test_a_code_is_burnt_by_five_tries_however_many_come_at_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = worlds.member()
    answers, compared = guess_at_once(member, monkeypatch)
    assert (answers, compared) == (Counter(code_wrong=4, code_over=PARTIES - 4), 5)
    assert SignInCode.objects.get().tries == 5


def test_without_its_lock_a_code_is_tried_more_often(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks)
    _answers, compared = guess_at_once(worlds.member(), monkeypatch)
    assert compared == PARTIES


def take_at_once(patch: pytest.MonkeyPatch) -> Counter[str]:
    limits.take([limits.Use(FIVE, "somebody")], at=AT)
    meeting = Meeting(PARTIES)
    meeting.before(patch, limits, "one_more")

    def take() -> None:
        limits.take([limits.Use(FIVE, "somebody")], at=AT)

    return tally(race(*[take] * PARTIES, meeting=meeting))


def test_a_limit_lets_no_more_through_than_it_says(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert take_at_once(monkeypatch) == Counter(done=4, too_many_tries=PARTIES - 4)
    assert TryCount.objects.get().used == 5


def test_without_its_lock_a_limit_lets_all_through(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks)
    assert take_at_once(monkeypatch) == Counter(done=PARTIES)


def take_first_at_once(patch: pytest.MonkeyPatch) -> Counter[str]:
    """Let everybody try for the first time, when there is no count yet, under two limits."""
    meeting, three = Meeting(PARTIES), Limit("race2", 3, FIVE.within)
    meeting.before(patch, limits, "one_more")

    def take() -> None:
        limits.take([limits.Use(FIVE, "newcomer"), limits.Use(three, "")], at=AT)

    return tally(race(*[take] * PARTIES, meeting=meeting))


def test_the_first_tries_of_all_count_too(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert take_first_at_once(monkeypatch) == Counter(done=3, too_many_tries=PARTIES - 3)
    assert sorted(TryCount.objects.values_list("scope", "used")) == [("race", 3), ("race2", 3)]


def test_without_its_constraint_each_first_try_counts_for_itself(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(constraints((TryCount, "one_count_per_limit_and_subject")))
    assert take_first_at_once(monkeypatch) == Counter(done=PARTIES)
    assert set(TryCount.objects.values_list("scope", "used")) == {("race", 1), ("race2", 1)}


def ask_at_once(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int]:
    member, meeting = worlds.member(), Meeting(PARTIES)
    services.send_code(
        number=member.phone, address="10.0.0.1", at=AT - timedelta(days=2)
    )  # the counts are there
    meeting.before(patch, limits, "one_more")

    def ask() -> None:
        services.send_code(number=member.phone, address="10.0.0.1", at=AT)

    return tally(race(*[ask] * PARTIES, meeting=meeting)), SignInCode.objects.filter(created_at=AT).count()


def test_a_number_asked_for_many_times_at_once_gets_one_code(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask_at_once(monkeypatch) == (Counter(done=1, too_many_tries=PARTIES - 1), 1)


def test_without_its_lock_a_number_gets_many_codes(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks)
    _answers, sent = ask_at_once(monkeypatch)
    assert sent > 1
