"""Starting a server and waiting until it answers; stopping it and waiting until it is gone."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psutil


class DidNotStart(Exception):
    """A server did not come up; the text says why."""


def until(holds: Callable[[], bool], *, seconds: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Look every 50 ms until it holds, for so many seconds, or until there is nothing left to wait for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def start_server(name: str, command: Sequence[object], folder: Path, answers: Callable[[], bool]) -> None:
    """Start a server that outlives us, with its log in its folder, and wait for its first answer.

    :raises DidNotStart: with the end of its log
    """
    log = folder / "log"
    for _ in range(3):  # the children of a killed predecessor may hold its memory for a moment longer
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal must reach the web first, and the database last
            )
        if until(answers, seconds=60, alive=partial(_alive, process)):
            process.returncode = 0  # it outlives us, and Python need not warn about it
            return
        process.terminate()
        process.wait(timeout=10)
    end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise DidNotStart(f"{name} did not start. The end of {log}:\n{end}")


def _alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def running(pid_file: Path, name: str) -> psutil.Process | None:
    """The process whose number a server wrote on the first line of a file, if it still is that server."""
    try:
        process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        if process.status() == psutil.STATUS_ZOMBIE:
            process.wait(timeout=0)  # a dead child of ours keeps its number until it is asked for
        alive = process.is_running() and process.name() == name
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess, psutil.TimeoutExpired):
        return None
    return process if alive else None  # the number may be somebody else's by now


def stop_server(process: psutil.Process | None, *, gently: str) -> None:
    """Ask a server to stop, wait a minute at most, then end it."""
    if process is None:
        return
    try:
        process.send_signal(signal.Signals[gently])
        process.wait(timeout=60)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()


def free_port(wanted: int | None = None) -> int:
    """The wanted port when it is free, else any free one, on loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port
