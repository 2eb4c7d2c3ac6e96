"""The web as production serves it, on a database of the benchmarks', and the load that is put on it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.server import HOME, ROOT, Server
from devtools import waiting
from devtools.commands import WEB

PROCESSES = "2"


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of the load generator saw: answers by status, seconds it lasted, and its own share of one core."""

    answers: dict[str, int]
    seconds: float
    generator: float
    p50_ms: float
    p95_ms: float

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return sum(self.answers.values()) / self.seconds


@contextmanager
def serving(server: Server, database: str) -> Iterator[int]:
    """Serve a database with gunicorn under the production configuration; yield the port, stop it afterwards."""
    port = waiting.free_port()
    environment = server.environment(database) | {"PORT": str(port), "WEB_PROCESSES": PROCESSES}
    del environment["STATEMENT_TIMEOUT_MS"]
    log = HOME / f"web-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *WEB], env=environment, cwd=ROOT, stdout=output, stderr=output
        )
    try:
        if not waiting.until(lambda: _answers(port), seconds=30, alive=lambda: process.poll() is None):
            raise waiting.DidNotStart(f"gunicorn did not start:\n{log.read_text()}")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.unlink()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def load(server: Server, database: str, port: int, what: str, *, clients: int, seconds: float) -> Load:
    """Put load on the web from a process of its own for so many seconds."""
    words = ["-m", "bench.load", what, str(port), str(clients), str(seconds)]
    ran = subprocess.run(
        [sys.executable, *words],
        env=server.environment(database),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Load(**json.loads(ran.stdout))
