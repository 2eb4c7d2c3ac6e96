"""`make test`: every check and every test, against a PostgreSQL and a Redis of this run's own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from devtools import messages, production, services, waiting
from devtools.bootstrap import install_with_apt
from devtools.services import HOME, ROOT

HOUSE = ["config", "desk", "aftersales", "logistics", "orders", "members", "inventory", "foundation"]
TYPED = [*HOUSE, "simulators", "devtools", "bench", "tests"]
CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install_what_the_browser_tests_need()
    messages.compile_stale()
    HOME.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=HOME))
    try:
        servers, started = services.start(folder, durable=False)
        try:
            environment = {**os.environ, **servers.environment, "DEVELOPMENT": "1", "PYTHONUNBUFFERED": "1"}
            failed = what_fails(environment)
        finally:
            for server in reversed(started):
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    return 1 if failed else 0


def checks() -> dict[str, list[str]]:
    """The commands that look at the code without running it."""
    python, typed = sys.executable, [name for name in TYPED if (ROOT / name).exists()]
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "djlint": [python, "-m", "djlint", "--lint", "--quiet", *templates()],
        "lint-imports": [program("lint-imports"), "--no-cache"],
        "translations": [python, "-m", "devtools.messages", "check"],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "migrate": [python, "manage.py", "migrate", "--verbosity", "0"],
        "deployment": [python, "-m", "devtools.check", "deployment"],
        "mypy": [python, "-m", "mypy", *typed],
    }


def tests() -> list[str]:
    """One worker more than cores: a test that waits for a browser or a killed process leaves its core free."""
    workers = str((os.cpu_count() or 1) + 1)
    return [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadgroup"]


def what_fails(environment: dict[str, str]) -> list[str]:
    """Run the checks side by side and then the tests, and return the names of those that fail."""
    with ExitStack() as stack:
        looks = {
            name: stack.enter_context(looking(command, environment)) for name, command in checks().items()
        }
        # It needs one core for half a minute; the tests need not wait for it.
        types = looks.pop("mypy")
        failed = [name for name, look in looks.items() if not is_fine(name, look)]
        if "migrate" not in failed:  # each worker of pytest begins with a copy
            environment["MIGRATED_DATABASE"] = urlsplit(environment["DATABASE_URL"]).path.lstrip("/")
        failed += [] if passes("pytest", tests(), environment) else ["pytest"]
        return failed + ([] if is_fine("mypy", types) else ["mypy"])


@contextmanager
def looking(
    command: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Run a check, with what it says kept for later."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, text=True
        )
        try:
            yield process, said
        finally:
            process.kill()
            process.wait()


def is_fine(name: str, look: tuple[subprocess.Popen[str], IO[str]]) -> bool:
    """Wait for a check, print what it said, and tell whether it found nothing."""
    process, said = look
    print(f"\n=== {name}", flush=True)
    status = process.wait()
    said.seek(0)
    print(said.read(), end="")
    print(f"=== {name}: {'ok' if status == 0 else 'FAILED'}", flush=True)
    return status == 0


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    status = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
    print(f"=== {name}: {'ok' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def deployment() -> int:
    """Start as in production: Django's own deployment checks, and every static file that a page names is there."""
    environment = {name: value for name, value in os.environ.items() if name != "DEVELOPMENT"}
    with tempfile.TemporaryDirectory() as static:
        environment |= {
            **production.example(),
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "STATIC_ROOT": static,
        }
        steps = (
            ["check", "--deploy", "--fail-level", "WARNING"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
        )
        commands = [[sys.executable, "manage.py", *step] for step in steps]
        return max(
            subprocess.run(each, cwd=ROOT, env=environment, check=False).returncode for each in commands
        )


def tidy() -> int:
    """Format the code. Not the templates: djlint's formatter adds spaces that people would see."""
    for words in (["check", "--fix", "."], ["format", "."]):
        subprocess.run([sys.executable, "-m", "ruff", *words], cwd=ROOT, check=False)
    return 0


def install_what_the_browser_tests_need() -> None:
    missing = [] if shutil.which("chromium") else ["chromium"]
    missing += [] if CJK_FONT.exists() else ["fonts-noto-cjk"]
    if missing:
        install_with_apt(missing, why="What the browser tests need")


def templates() -> list[str]:
    return [name for name in [*HOUSE, "templates"] if any((ROOT / name).rglob("*.html"))] or ["templates"]


def program(name: str) -> str:
    """A program of .venv that is no module; started through Python, since its path may hold spaces."""
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    try:
        sys.exit({"deployment": deployment, "format": tidy}.get("".join(sys.argv[1:]), main)())
    except KeyboardInterrupt:
        sys.exit(130)
    except waiting.DidNotStart as trouble:
        sys.exit(str(trouble))
