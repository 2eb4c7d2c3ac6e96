"""Where the simulated 快递鸟 keeps its parcels: they are found, walk with time, and their subscriber is told."""

import threading
import time

from simulators.clock import Clock
from simulators.kdniao_push import Pusher
from simulators.parcels import Parcel
from simulators.shelf import Document, Shelf

AT_ONCE = 20
"""How many parcels move in one tick."""


class Depot:
    """The parcels of the six carriers; hold `lock` while you look at one and change it."""

    def __init__(self, shelf: Shelf, clock: Clock, pusher: Pusher, step_seconds: float = 0.0) -> None:
        self.shelf = shelf
        self.clock = clock
        self.pusher = pusher
        self.step_seconds = step_seconds
        self.lock = threading.RLock()
        self.parcels = {key: Parcel(**kept) for key, kept in shelf.all("kdniao.parcel").items()}
        self.by_reference = {parcel.reference: parcel for parcel in self.parcels.values() if parcel.reference}

    def keep(self, parcel: Parcel) -> None:
        """Put a parcel on the shelf."""
        self.parcels[parcel.waybill] = parcel
        if parcel.reference:
            self.by_reference[parcel.reference] = parcel
        self.shelf.put("kdniao.parcel", parcel.waybill, parcel.document())

    def watch(self, parcel: Parcel) -> None:
        """From the first question on, a parcel of ours moves by itself: nobody had handed it over before."""
        if not parcel.watched and not parcel.elsewhere:
            parcel.watched = True
            parcel.due_at = time.time() + self.step_seconds
        self.keep(parcel)

    def push(self, parcel: Parcel) -> Document:
        """Tell the subscriber, if there is one, and note what it confirmed."""
        with self.lock:
            track = parcel.track()
            wanted = parcel.subscribed
        outcome = self.pusher.push([track], self.clock.now()) if wanted else {"sent": False}
        self.shelf.count("pushed", parcel.waybill)
        with self.lock:
            if outcome.get("accepted"):
                parcel.pushed = max(parcel.pushed, len(track["Traces"]))
            self.keep(parcel)
        return outcome

    def tick(self) -> None:
        """Move each watched parcel one step when its time has come, and push."""
        if self.step_seconds <= 0:
            return
        moment = time.time()
        with self.lock:
            due = [p for p in self.parcels.values() if p.watched and p.due_at <= moment and _unsettled(p)]
        for parcel in due[:AT_ONCE]:
            with self.lock:
                parcel.walk(self.clock.now())
                parcel.due_at = moment + self.step_seconds
            self.push(parcel)

    def forget(self) -> None:
        """Know of no parcel any more, and begin to count anew."""
        with self.lock:
            self.parcels.clear()
            self.by_reference.clear()
            self.shelf.clear()


def _unsettled(parcel: Parcel) -> bool:
    return not parcel.finished or (parcel.subscribed and parcel.pushed < len(parcel.traces))
