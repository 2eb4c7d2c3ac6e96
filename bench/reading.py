"""Reading: how much slower a page is when the mall has forty times as many orders (pages hold equally many rows), and
how many pages of the portal a server gives where it would give so many empty answers."""

from __future__ import annotations

from bench import web
from bench.figures import Figure, of_latencies, of_rates
from bench.server import FEW, PAST, Server

ROUNDS = 3
CLIENTS = 2
PORTAL_CLIENTS = 8
WARM_UP = 2.0


def page(server: Server, what: str, *, target: float, seconds: float) -> Figure:
    """Measure one kind of page with many and with few past orders, turn by turn."""
    pairs, trouble = [], ""
    with (
        server.copy_of(server.prepared(FEW), "bench_few") as few,
        server.copy_of(server.prepared(PAST), "bench_many") as many,
        web.serving(server, few) as port_of_few,
        web.serving(server, many) as port_of_many,
    ):
        for _ in range(ROUNDS):
            short = web.load(server, few, port_of_few, what, clients=CLIENTS, seconds=seconds)
            long = web.load(server, many, port_of_many, what, clients=CLIENTS, seconds=seconds)
            print(f"  {what}: p95 {long.p95_ms:.1f} ms, with few orders {short.p95_ms:.1f} ms", flush=True)
            for seen in (short, long):
                if set(seen.answers) != {"200"}:
                    trouble = f"answers by status: {seen.answers}"
            pairs.append((long.p95_ms, short.p95_ms))
    return of_latencies(pairs, target=target, trouble=trouble)


def portal(server: Server, what: str, *, target: float, seconds: float) -> Figure:
    """Measure a page of signed-in members against a view that does nothing, of the same server, turn by turn."""
    pairs, trouble = [], ""
    with (
        server.copy_of(server.prepared(PAST), "bench_portal") as database,
        web.serving(server, database) as port,
    ):
        # Connections are opened and templates read before anything is counted.
        web.load(server, database, port, what, clients=PORTAL_CLIENTS, seconds=WARM_UP)
        for _ in range(ROUNDS):
            best = web.load(server, database, port, "nothing", clients=PORTAL_CLIENTS, seconds=seconds)
            seen = web.load(server, database, port, what, clients=PORTAL_CLIENTS, seconds=seconds)
            print(
                f"  {what}: {seen.per_second:,.0f} of {best.per_second:,.0f} requests/s; p50 {seen.p50_ms:.1f} ms,"
                f" p95 {seen.p95_ms:.1f} ms",
                flush=True,
            )
            for answers in (best.answers, seen.answers):
                if set(answers) != {"200"}:
                    trouble = f"answers by status: {answers}"
            pairs.append((seen.per_second, best.per_second))
    return of_rates(pairs, target=target, trouble=trouble, unit="requests/s")
