"""`make run`, from the first line to the last, on a database of its own."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.conf import settings

from devtools import waiting

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("make run")  # the second start finds what the first one loaded


@pytest.fixture(scope="module")
def database_url(worker_id: str) -> Iterator[str]:
    """A database beside those of the tests: empty for the first start, kept for the second."""
    there = settings.DATABASES["default"]
    server = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}"
    name = f"run_{worker_id}_{os.getpid()}"
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        cursor.execute(f"DROP DATABASE {name}")  # nobody may be left in it
    connection.close()


class Running:
    """`make run` as a child of the test, with what it printed so far in a file."""

    def __init__(self, database_url: str, redis_url: str, printed: Path) -> None:
        self.port = waiting.free_port()
        self.printed = printed
        there = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "PORT": str(self.port)}
        with printed.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devtools.run"],
                cwd=ROOT,
                env=os.environ | there | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.printed.read_text()

    def wait_until_ready(self) -> None:
        line = f"ready: http://127.0.0.1:{self.port}/"
        alive = lambda: self.process.poll() is None  # noqa: E731
        assert waiting.until(lambda: line in self.text(), seconds=180, alive=alive), self.text()[-4000:]

    def children(self) -> dict[str, psutil.Process]:
        """The processes by their names in the terminal."""
        started = re.findall(r"\| (\w+) started \(pid=(\d+)\)", self.text())
        return {name: psutil.Process(int(pid)) for name, pid in started}

    def status_after(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def mall(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Running]:
    running = Running(database_url, redis_url, tmp_path / "printed")
    yield running
    if running.process.poll() is None:
        running.status_after(signal.SIGTERM)


@pytest.mark.xdist_group("make run")
def test_make_run_says_where_everything_is_and_stops_at_ctrl_c(mall: Running) -> None:
    mall.wait_until_ready()
    web = f"http://127.0.0.1:{mall.port}/"
    for address in (web, f"{web}admin/", f"{web}api/docs/"):
        assert address in mall.text()
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
    children = mall.children()
    assert set(children) == {"web", "worker", "beat", "simulators", "servers"}

    assert mall.status_after(signal.SIGINT) == 0

    assert mall.text().endswith("Everything is stopped.\n")
    assert not any(child.is_running() for child in children.values())


@pytest.mark.xdist_group("make run")
def test_make_run_says_who_died_and_stops_the_rest(mall: Running) -> None:
    mall.wait_until_ready()
    children = mall.children()
    children["worker"].kill()

    assert mall.process.wait(timeout=60) == 1

    assert mall.text().endswith("Ended by itself: worker. The rest was stopped.\n")
    assert not any(child.is_running() for child in children.values())
