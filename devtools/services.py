"""PostgreSQL and Redis for this clone: `python -m devtools.services start | env | run COMMAND… | watch | stop`.

DATABASE_URL and REDIS_URL come first when they are set; for what is missing a server of our own is started
under .run/, where its rows are kept between runs. Their addresses go to .run/env, which the settings read.
"""

import fcntl
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devtools import waiting
from devtools.postgres import Postgres, new_password
from devtools.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".run"


@dataclass(frozen=True)
class Services:
    """The two servers of one folder; those that the environment names elsewhere are left out."""

    folder: Path
    postgres: Postgres | None
    valkey: Valkey | None

    @classmethod
    def of(cls, folder: Path, *, durable: bool = True) -> "Services":
        known = _read(folder / "env")
        postgres = valkey = None
        if not os.environ.get("DATABASE_URL"):
            port, password = _settled(known.get("DATABASE_URL"), "POSTGRES_PORT")
            postgres = Postgres(folder / "postgres", port, password, durable)
        if not os.environ.get("REDIS_URL"):
            port, password = _settled(known.get("REDIS_URL"), "REDIS_PORT")
            valkey = Valkey(folder / "redis", port, password, durable)
        return cls(folder, postgres, valkey)

    @property
    def environment(self) -> dict[str, str]:
        """Where the two answer, as the settings want it."""
        database = self.postgres.url if self.postgres else os.environ["DATABASE_URL"]
        broker = self.valkey.url if self.valkey else os.environ["REDIS_URL"]
        return {"DATABASE_URL": database, "REDIS_URL": broker}

    @property
    def own(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server]


def start(folder: Path = HOME, *, durable: bool = True) -> tuple[Services, list[Postgres | Valkey]]:
    """Start what is not running yet. Returns the servers, and of them those that this call started.

    :raises waiting.DidNotStart: with the end of the server's log
    """
    with _one_at_a_time(folder):
        services = Services.of(folder, durable=durable)
        started = [server for server in services.own if server.process() is None]
        for server in started:
            wanted = server.port
            if waiting.free_port(wanted) != wanted:
                raise waiting.DidNotStart(
                    f"Port {wanted} is taken by something else; remove {folder / 'env'}."
                )
            _write(folder / "env", services)
            server.start()
        return services, started


def stop(folder: Path = HOME) -> None:
    """Stop the servers of this folder, whoever started them. Their rows stay."""
    with _one_at_a_time(folder):
        for server in reversed(Services.of(folder).own):
            server.stop()


def run(command: list[str]) -> int:
    """Run a command with both servers up; what this call had to start is stopped afterwards."""
    services, started = start()
    try:
        return subprocess.run(command, env=os.environ | services.environment, check=False).returncode
    finally:
        for server in reversed(started):
            server.stop()


def watch() -> int:
    """Wait until one of our own servers is gone, and say which."""
    own = Services.of(HOME).own
    while True:
        for server in own:
            if server.process() is None:
                print(f"{type(server).__name__} is gone; the end of its log is in {server.folder / 'log'}")
                return 1
        time.sleep(0.5)


def _settled(url: str | None, variable: str) -> tuple[int, str]:
    """The port and password of a server: those of its last run, unless the environment wants another port."""
    last = urlsplit(url) if url else None
    port = int(os.environ.get(variable) or 0) or (last.port if last else None) or waiting.free_port()
    return port, (last.password if last else None) or new_password()


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def _write(path: Path, services: Services) -> None:
    path.touch(mode=0o600)
    known = _read(path) | {
        key: value for key, value in services.environment.items() if not os.environ.get(key)
    }
    path.write_text("".join(f"{key}={value}\n" for key, value in known.items()))


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(words: list[str]) -> int:
    match words:
        case ["start"]:
            services, _ = start()
        case ["env"]:
            services = Services.of(HOME)
        case ["run", *command] if command:
            return run(command)
        case ["watch"]:
            return watch()
        case ["stop"]:
            stop()
            return 0
        case _:
            print(__doc__)
            return 2
    for name, value in services.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except waiting.DidNotStart as trouble:
        sys.exit(str(trouble))
