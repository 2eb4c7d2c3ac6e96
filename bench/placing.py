"""Placing orders: one click over HTTP against one call of a function of the database's own; batches against batches."""

from __future__ import annotations

import json
import subprocess
import sys

from bench import floor, web
from bench.figures import Figure, of_rates
from bench.server import PAST, ROOT, Server, manage

ROUNDS = 3


def over_http(server: Server, kind: str, clients: int, *, target: float, seconds: float) -> Figure:
    """Measure clicks of so many clients against the floor with as many, turn by turn on one database."""
    pairs, trouble = [], ""
    with server.copy_of(server.prepared(PAST), "bench_placing") as database:
        floor.install(server, database)
        with web.serving(server, database) as port:
            for _ in range(ROUNDS):
                best = floor.orders_per_second(
                    server, database, script=kind, clients=clients, seconds=seconds
                )
                seen = web.load(server, database, port, kind, clients=clients, seconds=seconds)
                print(
                    f"  {kind} {clients}: {seen.per_second:,.0f} of {best:,.0f} orders/s; p50 {seen.p50_ms:.1f} ms,"
                    f" p95 {seen.p95_ms:.1f} ms; the generator took {seen.generator:.0%} of a core",
                    flush=True,
                )
                if set(seen.answers) != {"201"}:
                    trouble = f"answers by status: {seen.answers}"
                pairs.append((seen.per_second, best))
        return of_rates(pairs, target=target, trouble=trouble or broken_laws(server, database))


def in_batches(server: Server, *, target: float, seconds: float) -> Figure:
    """Measure 10,000 orders through the service, 100 a call, against 100 a statement from one client as well."""
    pairs, trouble = [], ""
    with server.copy_of(server.prepared(PAST), "bench_intake") as database:
        floor.install(server, database)
        for _ in range(ROUNDS):
            best = floor.orders_per_second(server, database, script="many", clients=1, seconds=seconds)
            ran = subprocess.run(
                [sys.executable, "-m", "bench.intake", "10000"],
                env=server.environment(database),
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            seen = json.loads(ran.stdout)
            print(f"  batches: {seen['per_second']:,.0f} of {best:,.0f} orders/s", flush=True)
            if seen["refused"]:
                trouble = f"{seen['refused']} orders refused"
            pairs.append((seen["per_second"], best))
        return of_rates(pairs, target=target, trouble=trouble or broken_laws(server, database))


def broken_laws(server: Server, database: str) -> str:
    """Return what is wrong with the database after a benchmark wrote to it: oversold stock, or any broken law."""
    with server.connect(database) as cursor:
        cursor.execute("SELECT count(*) FROM inventory_stock WHERE reserved > on_hand OR reserved < 0")
        (oversold,) = cursor.fetchone()
    if oversold:
        return f"{oversold} stocks are oversold"
    audit = manage(server, database, "audit")
    if audit.returncode:
        print(audit.stdout, flush=True)
        return "the audit found violations, printed above"
    return ""
