"""Runs benchmarks, prints their table and writes bench/results/latest.json: `python -m bench [--seconds N] [NAME…]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial

from bench import figures, placing, reading
from bench.server import running

Benchmark = Callable[..., figures.Figure]

BENCHMARKS: dict[str, Benchmark] = {
    "placement_spread_c8": partial(placing.over_http, kind="spread", clients=8, target=0.15),
    "placement_hot_c8": partial(placing.over_http, kind="hot", clients=8, target=0.40),
    "placement_spread_c32": partial(placing.over_http, kind="spread", clients=32, target=0.35),
    "placement_hot_c32": partial(placing.over_http, kind="hot", clients=32, target=0.90),
    "intake_batch": partial(placing.in_batches, target=0.50),
    "read_my_orders": partial(reading.page, what="my_orders", target=1.5),
    "read_order": partial(reading.page, what="order", target=1.5),
    "read_search": partial(reading.page, what="search", target=1.5),
    "read_review_queue": partial(reading.page, what="review_queue", target=1.5),
    "portal_home": partial(reading.portal, what="portal_home", target=0.10),
    "portal_my_orders": partial(reading.portal, what="portal_my_orders", target=0.08),
    "portal_order": partial(reading.portal, what="portal_order", target=0.08),
}


def main(names: list[str], *, seconds: float) -> int:
    """Run the named benchmarks, or all; return 1 when one misses its target."""
    print(
        f"load average {os.getloadavg()[0]:.1f} before the first measurement, {os.cpu_count()} cores",
        flush=True,
    )
    found: dict[str, figures.Figure] = {}
    with running() as server:
        for name in names or BENCHMARKS:
            print(name, flush=True)
            found[name] = BENCHMARKS[name](server, seconds=seconds)
            figures.save(found)
    print(figures.table(found))
    return 0 if all(figure.ok for figure in found.values()) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each measurement lasts (5)")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="all when none is named: " + ", ".join(BENCHMARKS)
    )
    words = parser.parse_args()
    if unknown := sorted(set(words.names) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    sys.exit(main(words.names, seconds=words.seconds))
