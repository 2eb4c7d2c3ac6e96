"""manage.py import_history: bring the past orders of a mall that moves in (docs/import.md)."""

from __future__ import annotations

import multiprocessing
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from tqdm import tqdm

from desk import history
from desk.history.importing import CHUNK
from foundation.refusals import Busy

WORKERS = 2


def memory() -> float:
    """Return the most memory that this process and those it started have had so far, together, in MB."""
    processes = ["self", *(str(process.pid) for process in multiprocessing.active_children())]
    return sum(_high_water(process) for process in processes) / 1024


def _high_water(process: str) -> int:
    try:
        lines = Path("/proc", process, "status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # it has just ended, or this is not Linux
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


class Command(BaseCommand):
    """Read one file after the other; what is there already is skipped, so that a broken run is simply run again."""

    help = _("Import past orders from CSV files; docs/import.md describes their columns.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the files and the moment of moving in."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as-of", type=_moment, help=_("The moment of moving in; now, unless given."))
        parser.add_argument("--warehouse", help=_("Where the gifts of the past were sent from."))
        parser.add_argument("--chunk", type=int, default=CHUNK, help=_("Orders in one transaction."))
        parser.add_argument("--workers", type=int, default=WORKERS, help=_("Processes that import."))

    def handle(self, *, files: list[Path], verbosity: int, **options: Any) -> None:
        """Import the files and print what came of them."""
        as_of = options["as_of"] or timezone.now()
        for path in files:
            self.stdout.write(str(path))
            progress = _Progress(self, path, is_shown=verbosity == 1, is_logged=verbosity > 1)
            try:
                tally = history.import_file(
                    path,
                    as_of=as_of,
                    warehouse=options["warehouse"],
                    chunk=max(1, options["chunk"]),
                    workers=max(1, options["workers"]),
                    progress=progress,
                )
            except (history.Unusable, Busy) as failure:
                raise CommandError(f"{path}: {failure}") from failure
            finally:
                progress.close()
            self._report(path, tally, progress.memory)

    def _report(self, path: Path, tally: history.Tally, memory: float) -> None:
        for (in_file, now), count in sorted(tally.outcome.states.items()):
            self.stdout.write(f"  {in_file:<16} → {now:<16} {count:>8}")
        told = _(
            "%(orders)s orders read: %(imported)s imported, %(continued)s continued, %(there)s already there, "
            "%(refused)s refused; %(speed)s orders/s, %(memory)s MB at most"
        )
        values = {
            "orders": tally.orders,
            "imported": tally.outcome.imported,
            "continued": tally.outcome.continued,
            "there": tally.outcome.already_there,
            "refused": tally.refused,
            "speed": f"{tally.speed:.0f}",
            "memory": f"{memory:.0f}",
        }
        self.stdout.write(told % values)
        if tally.refused:
            for code, count in tally.reasons.most_common():
                self.stdout.write(f"  {code:<24} {count:>8}")
            told = _("%(rows)s rows were refused; they stand with their reasons in %(path)s")
            self.stdout.write(told % {"rows": tally.refused_rows, "path": f"{path}.rejected.csv"})


class _Progress:
    """A bar on a terminal; with --verbosity 2 instead a line for every tenth of the file."""

    def __init__(self, command: Command, path: Path, *, is_shown: bool, is_logged: bool) -> None:
        self._out = command.stdout if is_logged else None
        self._size = path.stat().st_size if path.is_file() else 0
        disable = None if is_shown else True  # None: only on a terminal
        self._bar = tqdm(total=self._size, unit="B", unit_scale=True, disable=disable)
        self._tenths = 0
        self.memory = 0.0

    def __call__(self, position: int, tally: history.Tally) -> None:
        self.memory = max(self.memory, memory())
        self._bar.set_postfix_str(f"{tally.orders} orders, {tally.speed:.0f}/s", refresh=False)
        self._bar.update(position - self._bar.n)
        if self._out and self._size and position * 10 // self._size > self._tenths:
            self._tenths = position * 10 // self._size
            self._out.write(
                f"{self._tenths * 10:>4} % {tally.orders:>8} orders {tally.speed:>6.0f} orders/s "
                f"{self.memory:>6.0f} MB"
            )

    def close(self) -> None:
        self._bar.close()


def _moment(text: str) -> datetime:
    """Read a moment; without an offset it is the mall's own time."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
