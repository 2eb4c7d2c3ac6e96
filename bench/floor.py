"""What the database does at best: our own rows written by functions of its own, called through pgbench."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from bench.server import Server
from devtools.postgres import program

_FUNCTIONS = Path(__file__).with_name("floor.sql")
_SCRIPTS = {
    "spread": "\\set member random(1, 10000)\n\\set sku random(1, 1000)\nSELECT floor_place(:member, :sku);\n",
    "hot": "\\set member random(1, 10000)\nSELECT floor_place(:member, 1);\n",
    "many": "SELECT floor_place_many(100);\n",
}


def install(server: Server, database: str) -> None:
    """Create the functions in a copy that will be thrown away; no migration knows them."""
    with server.connect(database) as cursor:
        cursor.execute(_FUNCTIONS.read_text())


def orders_per_second(server: Server, database: str, *, script: str, clients: int, seconds: float) -> float:
    """Write orders through pgbench for so many seconds and return how many were committed per second."""
    command = [
        program("pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={clients}",
        f"--jobs={min(2, clients)}",
    ]
    command += [f"--time={seconds:.0f}", "--file=/dev/stdin", server.url(database)]
    ran = subprocess.run(
        [str(word) for word in command], input=_SCRIPTS[script], check=True, capture_output=True, text=True
    )
    rate = re.search(r"^tps = ([\d.]+)", ran.stdout, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: (\d+)", ran.stdout, re.MULTILINE)
    assert rate, ran.stdout
    assert not failed or failed[1] == "0", ran.stdout
    return float(rate[1]) * (100 if script == "many" else 1)
