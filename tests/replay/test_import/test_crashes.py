"""An import that was cut off goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from desk import history
from orders.models import Order
from tests.replay.files import AS_OF, END_STATES, record, write
from tests.replay.test_import.importing import broken_laws

pytestmark = pytest.mark.django_db


class Crash(Exception):
    """The power goes."""


def test_import_goes_on_after_a_crash_between_two_chunks(tmp_path: Path) -> None:
    path = write(tmp_path / "ten.csv", [record(f"A{n}") for n in range(10)])

    def crash(_position: int, tally: history.Tally) -> None:
        if tally.outcome.imported == 6:
            raise Crash

    with pytest.raises(Crash):
        history.import_file(path, as_of=AS_OF, chunk=3, progress=crash)
    tally = history.import_file(path, as_of=AS_OF, chunk=3)

    assert (tally.outcome.already_there, tally.outcome.imported, Order.objects.count()) == (6, 4, 10)
    assert broken_laws() == []


@pytest.mark.django_db(transaction=True)
def test_import_killed_in_the_middle_ends_in_the_same_state_when_it_is_run_again(tmp_path: Path) -> None:
    records = [record(f"A{n:03d}", end_state=state) for n, state in enumerate([*END_STATES] * 25)]
    path = write(tmp_path / "killed.csv", records)
    running = subprocess.Popen(
        [sys.executable, "manage.py", "import_history", str(path), "--chunk", "5"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": _url_of_the_test_database()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while Order.objects.count() < 40 and running.poll() is None and time.monotonic() < deadline:
        pass
    running.send_signal(signal.SIGKILL)
    running.wait()
    while _others_at_work() and time.monotonic() < deadline:  # the server finishes what its client had begun
        pass
    survived = Order.objects.count()

    tally = history.import_file(path, as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the auditor's statements need to know how many rows there are

    # What the killed one had given to its processes is finished by them, so that more may have survived by now.
    assert 40 <= survived <= tally.outcome.already_there < len(records)
    assert tally.outcome.already_there + tally.outcome.imported == len(records)
    late = {"awaiting_payment": "expired", "delivered": "closed", "signed": "closed"}
    assert tally.outcome.states == Counter({(state, late.get(state, state)): 25 for state in END_STATES})
    assert broken_laws() == []


def _others_at_work() -> int:
    """How many other clients the test database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _url_of_the_test_database() -> str:
    values = connection.settings_dict
    who = f"{values['USER']}:{values['PASSWORD']}"
    return f"postgresql://{who}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
