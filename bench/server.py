"""The server that benchmarks run on: a durable PostgreSQL of their own, prepared databases, and copies of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from devtools.postgres import Postgres, new_password
from devtools.waiting import free_port

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".run" / "bench"
PAST, FEW = 200_000, 5_000
"""How many past orders the prepared malls have."""
_WORLD = Path(__file__).with_name("world.sql")


class Server:
    """A running server; `prepared` gives a template with so many past orders, `copy_of` a copy of it to write to."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres

    def url(self, database: str) -> str:
        """Return the address of a database, for the settings of the mall and for pgbench."""
        return self.postgres.url.removesuffix("/mall") + f"/{database}"

    def environment(self, database: str) -> dict[str, str]:
        """Return the environment in which the mall's own programs use a database."""
        return os.environ | {
            "DEVELOPMENT": "1",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.url(database),
            "STATEMENT_TIMEOUT_MS": "0",
        }

    @contextmanager
    def connect(self, database: str = "mall", *, as_owner: bool = True) -> Iterator[Any]:
        """Open a connection in autocommit; the superuser's when `as_owner` is False."""
        url = self.url(database)
        connection = psycopg2.connect(url if as_owner else url.replace("//mall:", "//postgres:"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def prepared(self, orders: int) -> str:
        """Return the name of a database that holds a mall with so many past orders, made when there is none."""
        name = f"bench_{orders}_{_version()}"
        with self.connect() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone():
                return name
            unfinished = f"{name}_unfinished"
            cursor.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {unfinished}")
        print(f"preparing a mall with {orders:,} past orders, once", flush=True)
        manage(self, unfinished, "migrate", "--verbosity", "0", "--skip-checks")
        with self.connect(unfinished) as cursor:
            cursor.execute("SELECT set_config('bench.orders', %s, false)", [str(orders)])
            for step in _WORLD.read_text().split("\n-- step: ")[1:]:
                title, _, statements = step.partition("\n")
                begun = time.monotonic()
                cursor.execute(statements)
                print(f"  {title} ({time.monotonic() - begun:.1f} s)", flush=True)
        with self.connect(unfinished, as_owner=False) as cursor:
            cursor.execute("VACUUM (FREEZE, ANALYZE)")
        with self.connect() as cursor:
            cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
        return name

    @contextmanager
    def copy_of(self, template: str, name: str) -> Iterator[str]:
        """Copy a prepared database, bring what waits in it up to the present, and drop it afterwards."""
        self._drop(name)
        with self.connect() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        with self.connect(name) as cursor:
            cursor.execute(
                "UPDATE orders_order SET deadline_at = now() + '1 day' WHERE deadline_at IS NOT NULL"
            )
            cursor.execute("UPDATE orders_reviewtask SET due_at = now() + '1 day' WHERE decision = ''")
        with self.connect(
            name, as_owner=False
        ) as cursor:  # or autovacuum would, in the middle of a measurement
            cursor.execute("VACUUM (ANALYZE) orders_order, orders_reviewtask")
            cursor.execute("CHECKPOINT")
        try:
            yield name
        finally:
            self._drop(name)

    def _drop(self, name: str) -> None:
        with self.connect(
            as_owner=False
        ) as cursor:  # only the superuser may end an autovacuum that is in there
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def running() -> Iterator[Server]:
    """Start the benchmarks' own server, with fsync and synchronous_commit on, and stop it afterwards."""
    HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = HOME / "address"
    known = urlsplit(address.read_text()) if address.exists() else None
    port = free_port(known.port if known else None)
    postgres = Postgres(HOME / "postgres", port, (known and known.password) or new_password(), durable=True)
    running_already = postgres.process()
    if running_already is not None:
        assert known is not None
        assert known.port is not None
        postgres = Postgres(HOME / "postgres", known.port, postgres.password, durable=True)
    else:
        address.touch(mode=0o600)
        address.write_text(postgres.url)
        postgres.start()
    try:
        yield Server(postgres)
    finally:
        if running_already is None:
            postgres.stop()


def manage(server: Server, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py on a database and return what it printed."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=server.environment(database),
        cwd=ROOT,
        check=words[0] != "audit",
        stdout=subprocess.PIPE,
        text=True,
    )


def _version() -> str:
    """Return what changes when the tables or the world do, so that an old template is not used again."""
    migrations = sorted(ROOT.glob("*/migrations/*.py"))
    contents = hashlib.sha256(b"".join(path.read_bytes() for path in [*migrations, _WORLD]))
    return contents.hexdigest()[:10]
