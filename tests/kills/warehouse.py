"""A warehouse clerk who moves orders on while the worker dies: the same services that the desk's buttons call."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.db import connections
from django.utils import timezone

from foundation.refusals import Busy
from logistics import services as logistics
from logistics.models import PickTask, Waybill
from orders import services as orders
from orders.models import Order

CLERK = "operator:wang"
State = PickTask.State


class Clerk:
    """Picks, packs and ships the first so many orders, in a thread of its own, until the block ends."""

    def __init__(self, tasks: int) -> None:
        self._left = tasks
        self._enough = threading.Event()

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(1)
        self._work: Future[None] = self._pool.submit(self._go_on)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enough.set()
        self._pool.shutdown()
        self._work.result()

    def is_idle(self) -> bool:
        """Tell whether every order that was begun is on its way; a clerk who has failed says why at the end."""
        begun = [Order.Status.PICKING, Order.Status.PACKED]
        return self._work.done() or not Order.objects.filter(status__in=begun).exists()

    def _go_on(self) -> None:
        try:
            while not self._enough.wait(0.05):
                try:
                    self._round()
                except Busy:  # somebody else held a row for long; the next round tries again
                    continue
        finally:
            connections.close_all()

    def _round(self) -> None:
        opened = self._tasks(State.OPEN)[: min(8, self._left)]
        self._left -= len(logistics.start_picking(opened)) if opened else 0
        if picking := self._tasks(State.PICKING):
            logistics.pick_all(picking)
        if picked := self._tasks(State.PICKED):
            at = timezone.now()
            boxes = (logistics.Box(1_000),)
            logistics.pack([logistics.Packing(task.task_id, boxes, at, CLERK) for task in picked])
        packed = Order.objects.filter(
            status=Order.Status.PACKED, parcels__waybill__state=Waybill.State.ISSUED
        )
        if ready := [orders.Move(pk, timezone.now(), CLERK) for pk in packed.values_list("pk", flat=True)]:
            logistics.ship(ready)

    def _tasks(self, state: str) -> list[logistics.TaskMove]:
        found = PickTask.objects.filter(state=state).order_by("pk").values_list("pk", flat=True)
        return [logistics.TaskMove(pk, timezone.now(), CLERK) for pk in found]
