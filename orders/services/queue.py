"""One click at a time from outside, batches inside: clicks that arrive while a batch is written form the next one.

The first thread to come leads: it takes everything that waits (at first only its own click: no waiting when idle),
writes it, hands each follower its outcome, and passes the lead to the first click of the next batch. So a busy
process shares one transaction, one fsync and one turn on a hot row among many clicks. Whoever leads after a batch of
several waits a moment for those who were just answered and click again (docs/decisions/0004).
"""

from __future__ import annotations

import threading

from django.db import connection

from foundation.refusals import Refusal
from orders.rules.placement import PlacementRequest
from orders.services.placing import BATCH, Placed, place_orders

LINGER = 0.004
"""Seconds that a busy process waits at most for as many clicks as its last batch had: less than a batch takes."""


class _Ticket:
    """A click and what became of it."""

    __slots__ = ("failure", "outcome", "request", "turn")

    def __init__(self, request: PlacementRequest) -> None:
        self.request = request
        self.turn = threading.Event()
        self.outcome: Placed | Refusal | None = None
        self.failure: BaseException | None = None


class PlacementQueue:
    """Groups the placements of a process's threads."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._is_led = False
        self._company = 1

    def place(self, request: PlacementRequest) -> Placed:
        """Place one order, together with those that came while the last batch was written.

        :raises Refusal: as decided; nothing has been changed
        """
        ticket = _Ticket(request)
        with self._lock:
            self._waiting.append(ticket)
            if len(self._waiting) >= self._company:
                self._lock.notify()  # the one who gathers, if somebody does
            leads, self._is_led = not self._is_led, True
        if not leads:
            ticket.turn.wait()
        if ticket.outcome is None and ticket.failure is None:
            self._lead()
        if ticket.failure is not None:
            raise ticket.failure
        if isinstance(ticket.outcome, Refusal):
            raise ticket.outcome
        assert ticket.outcome is not None
        return ticket.outcome

    def _lead(self) -> None:
        with self._lock:
            self._lock.wait_for(lambda: len(self._waiting) >= self._company, LINGER)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._company = len(batch)
        try:
            for ticket, outcome in zip(batch, place_orders([t.request for t in batch]), strict=True):
                ticket.outcome = outcome
        except BaseException as failure:  # noqa: BLE001  (whoever waits must hear of it)
            for ticket in batch:
                ticket.failure = failure
        finally:
            with self._lock:
                self._is_led = bool(self._waiting)
                successor = self._waiting[0] if self._waiting else None
            for ticket in batch:
                ticket.turn.set()
            if successor is not None:
                successor.turn.set()


_queue = PlacementQueue()


def place_order(request: PlacementRequest) -> Placed:
    """Take the points, hold the stock, record the order: all or nothing, durable when it returns.

    :raises Refusal: with its code; nothing has been changed
    """
    if connection.in_atomic_block:  # the caller's transaction decides, so it cannot be shared
        outcome = place_orders([request])[0]
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome
    return _queue.place(request)
