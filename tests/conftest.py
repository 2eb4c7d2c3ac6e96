"""Fixtures that every test may use."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
import redis
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase
from django.test.testcases import LiveServerThread
from django.utils import translation
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from config.gunicorn import rarely_collect
from inventory import queries as inventory
from orders.services import policy
from tests import emptying
from tests.answering import CountingServer

# A slow machine is no failure; a failure prints what repeats it.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Look for garbage as seldom as the web does: an eighth of the tests' time went into walking over what stays."""
    rarely_collect()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """One database for each xdist worker: a copy of the one that `make test` has migrated, if it did."""
    template = os.environ.get("MIGRATED_DATABASE")
    if template:
        connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database, and a short way back to what the migrations left after a test that committed."""
    with django_db_blocker.unblock():
        emptying.remember()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: emptying.empty_tables())
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_cost_little() -> Iterator[None]:
    """Hash as in production, but with the least work that Argon2 knows: a third of a second for each is no test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, least)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_for_once() -> Iterator[None]:
    """Each test client starts the middlewares anew; a process in production looks for its static files once."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, object] = {}

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_from_finders)
        yield


@pytest.fixture(scope="session", autouse=True)
def servers_know_whom_they_answer() -> Iterator[None]:
    """Browsers' tests end when nobody is answered any more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveServerThread, "server_class", CountingServer)
        yield


@pytest.fixture(autouse=True)
def forget_what_a_process_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as in a fresh process, or what it counts would depend on the tests before it."""
    monkeypatch.setattr(policy, "_known", policy._NOTHING)
    inventory.forget_front()
    ContentType.objects.clear_cache()


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
