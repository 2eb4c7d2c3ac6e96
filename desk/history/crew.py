"""Who imports the chunks: this process, or several that share them out by SKU so that they seldom meet at a row."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection, wait
from typing import Protocol, cast

from django.db import connections

from desk.history.chunks import Outcome, import_orders
from desk.history.past import PastOrder
from desk.history.reading import Group, Unusable
from desk.history.settling import House

logger = logging.getLogger(__name__)

AHEAD = 8
"""Chunks that wait for one process at most before the file is read on: the shares are even only in the long run."""

RARELY = (20_000, 20, 20)
"""How often to look for garbage in cycles: a chunk makes many rows and hardly a cycle (an eighth of the time)."""

Done = tuple[Sequence[Group], Outcome]


class Crew(Protocol):
    """Takes chunks and gives them back with what came of them, sooner or later."""

    size: int

    def place_of(self, order: PastOrder) -> int:
        """Return who an order belongs to."""

    def give(self, place: int, groups: Sequence[Group]) -> Iterator[Done]:
        """Hand a chunk over and yield chunks that are done."""

    def finish(self) -> Iterator[Done]:
        """Yield the chunks that are left, once they are done."""

    def dismiss(self) -> None:
        """Stop, with what has been begun finished."""


@contextmanager
def crew(workers: int, *, house: House, as_of: datetime) -> Iterator[Crew]:
    """Set up who imports; processes end with the block.

    :raises Busy, Unusable: a chunk could not be imported; run the import again to go on
    """
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    hands: Crew = _Alone(house, as_of) if workers == 1 else _Processes(workers, house, as_of)
    try:
        yield hands
    finally:
        hands.dismiss()
        gc.set_threshold(*before)


class _Alone:
    """Imports in this process."""

    size = 1

    def __init__(self, house: House, as_of: datetime) -> None:
        self._house = house
        self._as_of = as_of

    def place_of(self, _order: PastOrder) -> int:
        return 0

    def give(self, _place: int, groups: Sequence[Group]) -> Iterator[Done]:
        orders = [group.order for group in groups if group.order]
        yield groups, import_orders(orders, house=self._house, as_of=self._as_of)

    def finish(self) -> Iterator[Done]:
        yield from ()

    def dismiss(self) -> None:
        pass


class _Processes:
    """Imports in several processes, each with its own connection to the database."""

    def __init__(self, size: int, house: House, as_of: datetime) -> None:
        self.size = size
        self._pipes: list[Connection] = []
        self._waiting: list[deque[Sequence[Group]]] = [deque() for _place in range(size)]
        self._at_work: dict[int, Sequence[Group]] = {}
        forking = multiprocessing.get_context("fork")
        connections.close_all()  # a connection cannot be shared with a forked process
        self._processes = []
        for _place in range(size):
            ours, theirs = forking.Pipe()
            self._pipes.append(ours)
            arguments = (theirs, list(self._pipes), house, as_of)
            process = forking.Process(target=_work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def place_of(self, order: PastOrder) -> int:
        """Orders of the same SKU go to the same process: they would wait for each other's stock rows."""
        return zlib.crc32(order.lines[0].sku.encode()) % self.size

    def give(self, place: int, groups: Sequence[Group]) -> Iterator[Done]:
        self._waiting[place].append(groups)
        self._feed(place)
        yield from self._take(timeout=0)
        while len(self._waiting[place]) > AHEAD:
            yield from self._take(timeout=None)

    def finish(self) -> Iterator[Done]:
        while self._at_work:
            yield from self._take(timeout=None)

    def _feed(self, place: int) -> None:
        """Hand a process its next chunk, once it is idle: it would not read, and so keep us, while it works."""
        if place not in self._at_work and self._waiting[place]:
            groups = self._waiting[place].popleft()
            self._at_work[place] = groups
            self._pipes[place].send([group.order for group in groups])

    def _take(self, *, timeout: float | None) -> Iterator[Done]:
        """Yield the chunks that processes have done, at least one of them unless there is a timeout (seconds)."""
        busy = {self._pipes[place]: place for place in self._at_work}
        for pipe in wait(list(busy), timeout):
            place = busy[cast("Connection", pipe)]
            try:
                answer = self._pipes[place].recv()
            except EOFError as failure:
                raise Unusable(f"process {place + 1} of {self.size}: {failure!r}") from failure
            if isinstance(answer, str):
                raise Unusable(answer)
            done = self._at_work.pop(place)
            self._feed(place)
            yield done, answer

    def dismiss(self) -> None:
        """Let the processes finish what they have begun, and end."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join()


def _work(pipe: Connection, others: Sequence[Connection], house: House, as_of: datetime) -> None:
    """Import chunks until nobody is there to give one, be it that the import has ended or was killed."""
    for other in others:
        other.close()  # inherited; held open, they would hide that the other end is gone
    for connection in connections.all(initialized_only=True):
        # An event loop in the first process has connections of its own, so that `close_all` there leaves others open.
        connection.connection = None
    gc.freeze()
    try:
        while True:
            orders = pipe.recv()
            try:
                answer: Outcome | str = import_orders(orders, house=house, as_of=as_of)
            except Exception as failure:
                logger.exception(
                    "a chunk could not be imported"
                )  # whoever reads the file hears the words alone
                answer = str(failure) or repr(failure)
            pipe.send(answer)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        connections.close_all()
