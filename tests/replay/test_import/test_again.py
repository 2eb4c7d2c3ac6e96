"""The same file again, and a later file about the same orders."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desk import history
from tests.replay.files import AS_OF, END_STATES, PLACED, record, refused, write
from tests.replay.test_import.importing import broken_laws, everything, imported, status_of

pytestmark = pytest.mark.django_db


def test_import_of_the_same_file_again_changes_nothing(recent: Path, tmp_path: Path) -> None:
    old = write(tmp_path / "old.csv", [record(f"old-{state}", end_state=state) for state in END_STATES])
    for path in (recent, old):
        history.import_file(path, as_of=AS_OF)
    before = everything()

    again = [history.import_file(path, as_of=AS_OF + timedelta(days=1)) for path in (recent, old)]

    assert everything() == before
    assert [
        (tally.outcome.imported, tally.outcome.continued, tally.outcome.already_there, tally.refused)
        for tally in again
    ] == [(0, 0, len(END_STATES), 0)] * 2


def test_import_of_a_later_file_goes_on_where_the_earlier_one_ended(tmp_path: Path) -> None:
    march = write(
        tmp_path / "march.csv", [record("A1", end_state="ready"), record("A2", end_state="picking")]
    )
    history.import_file(march, as_of=PLACED + timedelta(days=2, hours=1))

    tally = imported(tmp_path / "april.csv", record("A1"), record("A2"))

    assert (tally.outcome.imported, tally.outcome.continued, tally.outcome.already_there) == (0, 2, 0)
    assert {status_of("A1"), status_of("A2")} == {"closed"}
    assert broken_laws() == []


def test_import_does_not_tell_of_steps_before_a_case_was_opened(tmp_path: Path) -> None:
    imported(tmp_path / "march.csv", record("A1", end_state="ready"))
    path = tmp_path / "april.csv"

    imported(path, record("A1"))

    assert refused(path) == [(2, "moved_on")]
    assert (status_of("A1"), broken_laws()) == ("ready", [])


def test_import_refuses_a_story_that_the_mall_has_not_seen(tmp_path: Path) -> None:
    imported(tmp_path / "march.csv", record("A1", end_state="shipped"), record("A2", end_state="cancelled"))
    path = tmp_path / "april.csv"

    imported(path, record("A1", end_state="cancelled"), record("A2"))

    assert refused(path) == [(2, "moved_on"), (3, "moved_on")]
    assert (status_of("A1"), status_of("A2")) == ("shipped", "cancelled")
