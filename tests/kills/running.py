"""A whole mall in processes of its own, which tests kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from devtools.services import ROOT
from devtools.valkey import Valkey
from devtools.waiting import until

PATIENCE = 120.0
"""Seconds after which a test gives up waiting for what must come."""


@dataclass
class Program:
    """One process group of the mall, its output in a file."""

    words: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *self.words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # its children die with it
            )

    def kill(self) -> None:
        """End the process and its children with SIGKILL: nobody gets to tidy up."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None

    def kill_and_start(self) -> None:
        self.kill()
        self.start()


@dataclass
class RunningMall:
    """Web, worker and beat, on a database and a Redis of their own."""

    url: str
    web: Program
    worker: Program
    beat: Program
    broker: Valkey

    @property
    def programs(self) -> dict[str, Program]:
        return {"web": self.web, "worker": self.worker, "beat": self.beat}

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def logs(self) -> str:
        """The end of each program's output, for the one who reads a failure."""
        ends = {
            name: program.log.read_text(errors="replace")[-3000:] for name, program in self.programs.items()
        }
        return "\n".join(f"--- {name}\n{end}" for name, end in ends.items())


@dataclass
class Shoppers:
    """Clients that place orders one after the other, each with a key that it repeats until it is answered."""

    url: str
    bodies: dict[str, list[dict[str, object]]]
    """What is ordered, by token."""
    answered: dict[str, str] = field(default_factory=dict)
    """Order numbers by key: what the mall has acknowledged."""
    refused: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._shop, args=item) for item in self.bodies.items()]
        for thread in self._threads:
            thread.start()

    @property
    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
        assert self.is_done

    def _shop(self, token: str, bodies: list[dict[str, object]]) -> None:
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=10) as client:
            for n, body in enumerate(bodies):
                key = f"{token[-8:]}-{n}"
                until(lambda key=key, body=body: self._try(client, key, body), seconds=PATIENCE)

    def _try(self, client: httpx.Client, key: str, body: dict[str, object]) -> bool:
        try:
            answer = client.post("/api/v1/orders", json=body, headers={"idempotency-key": key})
        except httpx.TransportError:
            return False  # nobody knows what became of it: the same key will tell
        if answer.status_code >= 500:
            return False
        if answer.status_code != 201:
            self.refused.append(answer.text)
            return True
        self.answered[key] = answer.json()["number"]
        return True
