"""The servers of a clone, in a folder with a space in its name."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg2
import pytest
import redis

from devtools import services, waiting
from devtools.postgres import Postgres
from devtools.services import Services
from devtools.valkey import Valkey


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "REDIS_URL", "POSTGRES_PORT", "REDIS_PORT"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "a folder"
    yield folder
    services.stop(folder)
    assert [server.process() for server in Services.of(folder).own] == [None, None]


def ask(url: str, statement: str) -> object:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def is_down(server: Postgres | Valkey) -> bool:
    return server.process() is None


def test_rows_outlive_a_killed_server_and_addresses_stay(folder: Path) -> None:
    before, started = services.start(folder)
    url = before.environment["DATABASE_URL"]
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    redis.Redis.from_url(before.environment["REDIS_URL"]).set("kept", "8")
    assert (len(started), services.start(folder)[1]) == (2, [])  # the second start finds them running

    for server in started:
        process = server.process()
        assert process is not None
        process.kill()
        assert waiting.until(partial(is_down, server), seconds=10)
    after, started = services.start(folder)

    assert (len(started), after.environment) == (2, before.environment)
    assert ask(url, "SELECT number FROM kept") == (7,)
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == (False,)


def test_servers_named_by_the_environment_come_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/mall")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    found, started = services.start(folder)
    assert (found.environment, started) == (
        {"DATABASE_URL": "postgresql://elsewhere/mall", "REDIS_URL": "redis://elsewhere/0"},
        [],
    )
    assert not (folder / "postgres").exists()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


def test_a_port_in_use_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("POSTGRES_PORT", str(port))
        with pytest.raises(waiting.DidNotStart, match=f"Port {port} is taken"):
            services.start(folder)
    assert [path.name for path in folder.iterdir()] == ["lock"]
