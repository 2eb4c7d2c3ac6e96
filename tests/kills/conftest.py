"""A running mall for the kill tests, on a copy of the test database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from devtools import commands
from devtools.postgres import new_password
from devtools.valkey import Valkey
from devtools.waiting import free_port, until
from simulators.world import Choices, running
from tests.kills.running import PATIENCE, Program, RunningMall


@pytest.fixture(scope="module")
def database(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a database of its own, which this process uses too while the module runs."""
    with django_db_blocker.unblock():
        known = connection.settings_dict
        before, name = known["NAME"], f"{known['NAME']}_kills_{os.getpid()}"
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        known["NAME"] = name
        try:
            call_command("migrate", verbosity=0)
            yield f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{name}"
        finally:
            connections.close_all()
            known["NAME"] = before
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def mall(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMall]:
    """Web, worker and beat, started and answering."""
    folder: Path = tmp_path_factory.mktemp("mall")
    broker = Valkey(folder / "redis", free_port(), new_password())
    port = free_port()
    with running(Choices()) as outside:
        environment = {
            **os.environ,
            "DEVELOPMENT": "1",
            "DATABASE_URL": database,
            "REDIS_URL": broker.url,
            "SIMULATORS_URL": outside.url,
            "PORT": str(port),
            "WEB_THREADS": "4",
            "WORKER_PROCESSES": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
        programs = [
            Program(words, environment, folder / f"{name}.log")
            for name, words in {"web": commands.WEB, "worker": commands.WORKER, "beat": commands.BEAT}.items()
        ]
        mall = RunningMall(f"http://127.0.0.1:{port}", *programs, broker)
        broker.start()
        try:
            for program in programs:
                program.start()
            assert until(mall.is_ready, seconds=PATIENCE), mall.logs()
            yield mall
        finally:
            for program in programs:
                program.kill()
            broker.stop()


@pytest.fixture
def broker_away(mall: RunningMall) -> Iterator[None]:
    """No Redis, until the test brings it back."""
    mall.broker.stop()
    yield
    if mall.broker.process() is None:
        mall.broker.start()
