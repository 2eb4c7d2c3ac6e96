"""A running mall that can be killed: its processes in groups of their own, its Redis, and moments to wait for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
from django.db import connection

from devtools import commands, waiting
from devtools.services import ROOT
from devtools.valkey import Valkey

PATIENCE = 120.0
"""Seconds until a test gives up on something that takes a moment on a quiet machine."""

_OTHERS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something to become true."""
    assert waiting.until(holds, seconds=PATIENCE), f"waited in vain: {what}"


class Program:
    """One program of the mall, as production starts it, with all its children in a group of its own."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command = [sys.executable, *words]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program; it answers a little later."""
        assert self._process is None, f"{self.name} runs already"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the program and its children, wherever they are in their work, and wait until they are gone."""
        process = self._process
        if process is None:
            return
        assert process.poll() is None, f"{self.name} ended by itself:\n{self.end_of_log()}"
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        self._process = None
        until(lambda: not any(_lives(child) for child in family), f"the end of {self.name}")

    def start_again(self) -> None:
        """Start the program if it ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
            self.start()

    def end_of_log(self) -> str:
        """Return the last lines the program wrote."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-25:])


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Mall:
    """Web, worker, beat and simulators before the database of this test, and a Redis that nobody else uses."""

    def __init__(self, folder: Path) -> None:
        self._before = _others()
        self.redis = Valkey(folder / "redis", waiting.free_port(), "for-this-test-only", durable=False)
        self.port, outside = waiting.free_port(), waiting.free_port()
        self.url, self.outside = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{outside}"
        environment = os.environ | {
            "DEVELOPMENT": "1",
            "DATABASE_URL": _database_url(),
            "REDIS_URL": self.redis.url,
            "PORT": str(self.port),
            "WEB_HOST": "127.0.0.1",
            "WEB_PROCESSES": "2",
            "WORKER_PROCESSES": "2",
            "EMAIL_URL": "consolemail://",
            "KDNIAO_URL": self.outside,
            "SMS_URL": f"{self.outside}/aliyun-sms",
            "SIMULATORS_STEP_SECONDS": "0",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
        words = {
            "web": commands.WEB,
            "worker": commands.WORKER,
            "beat": commands.BEAT,
            "simulators": commands.simulators(outside),
        }
        self._programs = {
            name: Program(name, command, environment, folder / f"{name}.log")
            for name, command in words.items()
        }

    def start(self, *names: str) -> None:
        """Start programs, and wait for the web when it is among them."""
        for name in names:
            self._programs[name].start()
        if "web" in names:
            until(self.answers, "the web's first answer")

    def kill(self, *names: str) -> None:
        """End programs with SIGKILL."""
        for name in names:
            self._programs[name].kill()

    def restart_after_kill(self, name: str) -> None:
        """End a program with SIGKILL and start it again at once, as a supervisor does."""
        self._programs[name].kill()
        self._programs[name].start()

    def look_after(self) -> None:
        """Start what ended by itself again, as `restart: unless-stopped` of docker-compose.yml does.

        A worker may end when Redis disappears while kombu puts a connection away (kombu issue 582).
        """
        for program in self._programs.values():
            program.start_again()

    def kill_redis(self) -> None:
        """End Redis with SIGKILL; what it knew is lost."""
        server = self.redis.process()
        assert server is not None, "Redis runs"
        server.kill()
        until(lambda: self.redis.process() is None, "the end of Redis")

    def answers(self) -> bool:
        """Tell whether the web serves requests."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> None:
        """End everything, and wait until the database has noticed; the logs are shown when the test failed."""
        try:
            for program in self._programs.values():
                print(f"--- the end of {program.name}'s log\n{program.end_of_log()}")
            self.kill(*self._programs)
        finally:
            self.redis.stop()
        until(self.has_left, "the end of every connection")

    def has_left(self) -> bool:
        """Tell whether the database is done with every connection that came with the rig."""
        return _others() <= self._before


def _others() -> set[int]:
    """Return the server processes of all other clients of the test's database."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return {pid for (pid,) in cursor.fetchall()}


def _database_url() -> str:
    """Return the address of the database of this test, which no other worker of the test run uses."""
    there = connection.settings_dict
    return f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
