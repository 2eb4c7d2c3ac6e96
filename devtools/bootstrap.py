"""Make .venv ready, with the standard library alone: `python3 devtools/bootstrap.py`.

The stamp in .venv holds a hash of the lock file, so that a second start installs nothing.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.lock"
STAMP = VENV / "installed"


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - said before pip says it worse
        sys.exit(
            f"Python 3.11 or later is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 …"
        )
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != wanted:
        make_venv()
        print("Installing the locked packages into .venv …", flush=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True, stdin=subprocess.DEVNULL)
        STAMP.write_text(wanted)
    put_on_path()


def make_venv() -> None:
    """Make .venv with the standard `venv`, which Debian ships apart from Python."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_with_apt([package], why="Python's venv")
    subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], check=True
    )  # another Python may have made it


def install_with_apt(packages: list[str], *, why: str) -> None:
    """Install Debian packages when we are root; otherwise name the command and stop."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0:
        sys.exit(f"{why} is missing. Install it with:\n    sudo {command}")
    print(f"{why} is missing: {command}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in ("apt-get update", command):
        subprocess.run(
            step.split(), check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


def put_on_path() -> None:
    """Let every program of .venv find the packages of this clone, wherever it lies."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (VENV / "lib" / version / "site-packages" / "pointsmall.pth").write_text(f"{ROOT}\n")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"Failed: {' '.join(map(str, failed.cmd))}")
