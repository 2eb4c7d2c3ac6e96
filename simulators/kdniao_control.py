"""What may be done to the simulated 快递鸟 at /control/kdniao/…: walk parcels, push them well or badly, count."""

from typing import Any

from simulators.front import Answer, Call, as_json
from simulators.kdniao_depot import Depot
from simulators.parcels import JOURNEYS, Parcel


class KdniaoControl:
    """Each public word of the address is a method below; docs in simulators/README.md."""

    def __init__(self, depot: Depot) -> None:
        self.depot = depot
        self._verbs = {
            "parcels": self._parcels,
            "effects": self._effects,
            "journey": self._journey,
            "step": self._step,
            "trace": self._trace,
            "push": self._push,
            "raw": self._raw,
            "callback": self._callback,
            "reset": self._reset,
        }

    def do(self, what: str, call: Call) -> Answer:
        """Run one verb.

        :raises KeyError: no such verb, waybill or journey
        :raises ValueError: a value that makes no sense
        """
        return as_json(self._verbs[what](call.wish() | dict(call.query)))

    def _parcels(self, wish: dict[str, Any]) -> object:
        with self.depot.lock:
            return [parcel.document() | {"finished": parcel.finished} for parcel in self._chosen(wish)]

    def _effects(self, wish: dict[str, Any]) -> object:
        shelf = self.depot.shelf
        return shelf.times(str(wish["reference"])) if "reference" in wish else shelf.counters()

    def _journey(self, wish: dict[str, Any]) -> object:
        if wish["journey"] not in JOURNEYS:
            raise KeyError(f"journeys are {sorted(JOURNEYS)}")
        with self.depot.lock:
            for parcel in self._chosen(wish):
                parcel.journey = wish["journey"]
                self.depot.keep(parcel)
        return {"ok": True}

    def _step(self, wish: dict[str, Any]) -> object:
        """Walk the chosen parcels `count` steps (or all the way), pushing each step unless told not to."""
        steps = 100 if wish.get("count") == "all" else int(wish.get("count", 1))
        told: dict[str, list[object]] = {}
        for parcel in self._chosen(wish):
            for _ in range(steps):
                with self.depot.lock:
                    moved = parcel.walk(self.depot.clock.now())
                    self.depot.keep(parcel)
                if not moved:
                    break
                outcome = self.depot.push(parcel) if wish.get("push", True) else {"sent": False}
                told.setdefault(parcel.waybill, []).append(
                    {
                        "code": parcel.traces[-1]["Action"],
                        "at": parcel.traces[-1]["AcceptTime"],
                        "push": outcome,
                    }
                )
        return told

    def _trace(self, wish: dict[str, Any]) -> object:
        """Add any line to a track: another status, an absurd time, a text full of tricks."""
        with self.depot.lock:
            for parcel in self._chosen(wish):
                text, place = wish.get("text", ""), wish.get("location", parcel.destination)
                parcel.add(str(wish["code"]), text, str(wish["at"]), place)
                self.depot.keep(parcel)
        return {"ok": True}

    def _push(self, wish: dict[str, Any]) -> object:
        """Push now, whether subscribed or not: `copies` times, or `snapshots` of the track in any order."""
        pusher, wrong = self.depot.pusher, wish.get("sign") == "wrong"
        with self.depot.lock:
            tracks = [
                parcel.track(int(upto))
                for parcel in self._chosen(wish)
                for upto in wish.get("snapshots", [len(parcel.traces)]) * int(wish.get("copies", 1))
            ]
        return [pusher.push([track], self.depot.clock.now(), wrong_sign=wrong) for track in tracks]

    def _raw(self, wish: dict[str, Any]) -> object:
        """Push any text as RequestData."""
        return self.depot.pusher.send(str(wish["data"]), wrong_sign=wish.get("sign") == "wrong")

    def _callback(self, wish: dict[str, Any]) -> object:
        self.depot.pusher.callback = str(wish["url"])
        return {"ok": True}

    def _reset(self, _: dict[str, Any]) -> object:
        self.depot.forget()
        return {"ok": True}

    def _chosen(self, wish: dict[str, Any]) -> list[Parcel]:
        with self.depot.lock:
            if "waybill" in wish:
                return [self.depot.parcels[str(wish["waybill"])]]
            if "reference" in wish:
                return [self.depot.by_reference[str(wish["reference"])]]
            return list(self.depot.parcels.values())
