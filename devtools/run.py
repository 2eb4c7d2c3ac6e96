"""`make run`: the whole mall in one terminal, stopped together by Ctrl-C or SIGTERM."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

import celery
import honcho.manager
from honcho.printer import Printer

from devtools import commands, messages, services, waiting
from devtools.services import ROOT, Services

honcho.manager.KILL_WAIT = 25  # requests and jobs under way may finish; gunicorn gives its own 20 s


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    port = int(os.environ.get("PORT") or 8000)
    if waiting.free_port(port) != port:
        print(f"Port {port} is taken. Choose another one: PORT={port + 1} make run")
        return 1
    messages.compile_stale()
    servers, started = services.start()
    try:
        environment = mall_environment(servers, port)
        logins = prepare(environment)
        return run_together(environment, logins)
    finally:
        for server in reversed(started):
            server.stop()


def mall_environment(servers: Services, port: int) -> dict[str, str]:
    """The environment of every process of the mall: this machine's own, then where the others answer."""
    simulators_port = os.environ.get("SIMULATORS_PORT") or str(waiting.free_port())
    return {
        "DEVELOPMENT": "1",
        "ACCESS_LOG": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # a developer's machine may be root's
        "SIMULATORS_URL": f"http://127.0.0.1:{simulators_port}",
        "SIMULATORS_STATE": str(services.HOME / "simulators"),
        "MALL_URL": f"http://127.0.0.1:{port}",
        **os.environ,
        **servers.environment,
        "PORT": str(port),
        "SIMULATORS_PORT": simulators_port,
    }


def prepare(environment: dict[str, str]) -> str:
    """Make the database ready, show how far the demo is, and return the log-ins, to be shown when all answers."""
    command = [sys.executable, "-m", "devtools.prepare"]
    logins = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("demo: "):
                print(line, end="", flush=True)
            else:
                logins.append(line)
    if process.returncode:
        print("".join(logins), flush=True)
        raise subprocess.CalledProcessError(process.returncode, command)
    return "".join(logins)


def run_together(environment: dict[str, str], logins: str) -> int:
    """Run web, worker, beat and simulators until one ends or we are told to stop. Returns the exit status."""
    manager = Together(Printer(sys.stdout))
    processes = {
        "web": commands.WEB,
        "worker": commands.WORKER,
        "beat": commands.BEAT,
        "simulators": commands.simulators(int(environment["SIMULATORS_PORT"])),
        "servers": ["-m", "devtools.services", "watch"],
    }
    for name, words in processes.items():
        manager.add_process(
            name, "exec " + shlex.join([sys.executable, *words]), env=environment, cwd=str(ROOT)
        )
    threading.Thread(target=announce, args=(environment, logins), daemon=True).start()
    manager.loop()
    if manager.ended_first:
        print(f"Ended by itself: {manager.ended_first}. The rest was stopped.", flush=True)
        return 1
    print("Everything is stopped.", flush=True)
    return 0


class Together(honcho.manager.Manager):  # type: ignore[misc]
    """Honcho's manager, which also says who ended without being asked."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self.ended_first = ""
        self._procmgr = Gently()

    def terminate(self) -> None:
        asked = self.returncode in {130, 143}
        if not self._terminating and not asked:
            self.ended_first = ", ".join(name for name, it in self._processes.items() if "returncode" in it)
        super().terminate()


class Gently:
    """Ask the process alone to stop, for it stops its own children best; end them all when it does not."""

    def terminate(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        os.killpg(pid, signal.SIGKILL)


def announce(environment: dict[str, str], logins: str) -> None:
    """Print where everything is, as soon as everything answers."""
    web = f"http://127.0.0.1:{environment['PORT']}/"
    everything: list[Callable[[], bool]] = [
        lambda: answers(web + "readyz"),
        lambda: answers(environment["SIMULATORS_URL"]),
        lambda: worker_answers(environment["REDIS_URL"]),
    ]
    if not all(waiting.until(each, seconds=120) for each in everything):
        print("Not everything answers after two minutes; the lines above say more.", flush=True)
        return
    addresses = {"portal": web, "operators' desk": f"{web}admin/", "API, documented": f"{web}api/docs/"}
    addresses["SMS, sign-in codes"] = f"{environment['SIMULATORS_URL']}/sms"
    lines = [f"  {what:<20}{address}" for what, address in addresses.items()]
    print("\n".join(["", *lines, "", *logins.splitlines(), "", f"ready: {web}", ""]), flush=True)


def answers(url: str) -> bool:
    """Whether somebody speaks HTTP there; whatever is said counts, but for "unavailable"."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def worker_answers(broker: str) -> bool:
    return bool(celery.Celery(broker=broker).control.ping(timeout=1, limit=1))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except waiting.DidNotStart as trouble:
        sys.exit(str(trouble))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"Failed: {' '.join(failed.cmd)}")
