"""What a benchmark found, as one line of the table and one entry of bench/results/latest.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

LATEST = Path(__file__).with_name("results") / "latest.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, what it is measured against in the same minute, and whether their ratio meets its target."""

    value: float
    unit: str
    floor: float
    ratio: float
    target: float
    ok: bool
    why_not: str = ""


def of_rates(
    pairs: Sequence[tuple[float, float]], *, target: float, trouble: str, unit: str = "orders/s"
) -> Figure:
    """Return the figure of (so many per second, those of the floor) of each round: the ratio is to reach the target."""
    return _figure(pairs, unit, target, trouble, is_met=lambda ratio: ratio >= target)


def of_latencies(pairs: Sequence[tuple[float, float]], *, target: float, trouble: str) -> Figure:
    """Return the figure of (p95 in ms, p95 with few orders) of each round: the ratio is not to pass the target."""
    return _figure(pairs, "ms (p95)", target, trouble, is_met=lambda ratio: ratio <= target)


def _figure(
    pairs: Sequence[tuple[float, float]],
    unit: str,
    target: float,
    trouble: str,
    *,
    is_met: Callable[[float], bool],
) -> Figure:
    value, floor = median(value for value, _ in pairs), median(floor for _, floor in pairs)
    ratio = median(value / floor for value, floor in pairs)
    why_not = trouble or ("" if is_met(ratio) else "the target is not met")
    return Figure(round(value, 2), unit, round(floor, 2), round(ratio, 3), target, not why_not, why_not)


def table(figures: Mapping[str, Figure]) -> str:
    """Return the figures as a table for a terminal."""
    lines = [f"{'benchmark':<22}{'value':>10} {'unit':<10}{'floor':>10}{'ratio':>8}{'target':>8}  met"]
    for name, figure in figures.items():
        sign = "≤" if figure.unit.startswith("ms") else "≥"
        lines.append(
            f"{name:<22}{figure.value:>10,.1f} {figure.unit:<10}{figure.floor:>10,.1f}{figure.ratio:>8.2f}"
            f"{sign + format(figure.target, '.2f'):>8}  {'yes' if figure.ok else 'NO: ' + figure.why_not}"
        )
    return "\n".join(lines)


def save(figures: Mapping[str, Figure]) -> None:
    """Write the figures to latest.json; those of benchmarks that did not run now stay as they were."""
    known = json.loads(LATEST.read_text()) if LATEST.exists() else {}
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps(known | {name: asdict(f) for name, f in figures.items()}, indent=2) + "\n")
