"""Fixtures that every test may use."""

from collections.abc import Iterator, Sequence

import hypothesis
import pgtrigger
import pytest
import redis
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from inventory import queries as inventory
from orders.services import policy

# A slow machine is no failure; a failure prints what repeats it.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """One database for each xdist worker."""


@pytest.fixture(scope="session", autouse=True)
def flush_passes_the_append_only_triggers() -> Iterator[None]:
    """Django empties the tables after a test that committed; the triggers refuse that to everybody else."""
    flush = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: DatabaseOperations, sql_list: Sequence[str]) -> None:
        with pgtrigger.ignore():
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(autouse=True)
def forget_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process knows its rules by their version, and each test begins to count at none again."""
    monkeypatch.setattr(policy, "_known", policy._NOTHING)


@pytest.fixture(autouse=True)
def forget_the_front() -> None:
    """Each test has shelves of its own."""
    inventory.forget_front()


@pytest.fixture(autouse=True)
def speak_the_default_language() -> None:
    """A request leaves its language behind in the thread; each test begins with the house's own."""
    translation.deactivate()


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """The address of a real, empty Redis that no other worker uses."""
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    server = settings.CELERY_BROKER_URL.rsplit("/", 1)[0]
    url = f"{server}/{1 + number}"  # 0 is the mall's own
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
