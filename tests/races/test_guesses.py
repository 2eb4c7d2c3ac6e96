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
from tests.races.racing import Guard, Guards, Meeting, constraints, each_alone, race, row_locks, tally
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


def test_the_first_tries_of_all_count_too(transactional_db: None) -> None:
    def take() -> None:
        limits.take([limits.Use(FIVE, "newcomer"), limits.Use(Limit("race2", 3, FIVE.within), "")], at=AT)

    assert tally(race(*[take] * PARTIES)) == Counter(done=3, too_many_tries=PARTIES - 3)
    assert sorted(TryCount.objects.values_list("scope", "used")) == [("race", 3), ("race2", 3)]


SENDING = each_alone(row_locks, constraints((SignInCode, "one_live_code_per_number")))


@pytest.mark.parametrize("off", SENDING, ids=["all", "lock", "unique"])
def test_a_number_asked_for_many_times_at_once_gets_one_code(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    member = worlds.member()

    def ask() -> None:
        services.send_code(number=member.phone, address="10.0.0.1", at=AT)

    answers = tally(race(*[ask] * PARTIES))
    assert answers["done"] >= 1
    assert SignInCode.objects.filter(ended_at=None).count() == 1
    if row_locks not in off:
        assert answers == Counter(done=1, too_many_tries=PARTIES - 1)
