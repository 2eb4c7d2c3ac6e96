"""Ways in which a party can let us down, laid out one after another by the control endpoint."""

import json
import threading
from dataclasses import dataclass, fields, replace
from typing import Any

WIRE = frozenset({"slow", "silent", "reset", "cut", "drip", "huge"})
CONTENT = frozenset(
    {
        "html",
        "status",
        "charset",
        "redirect",
        "wrong_types",
        "not_object",
        "error",
        "foreign",
        "contradiction",
    }
)


@dataclass(frozen=True)
class Fault:
    """One way to misbehave, for `times` requests (-1: until cleared), or only for those it names.

    `effect` tells whether the work is done before the bad answer is given.
    """

    kind: str
    times: int = 1
    only: str = ""
    reference: str = ""
    effect: bool = True
    seconds: float = 30.0
    status: int = 500
    retry_after: str = ""
    reason: str = "系统繁忙，请稍后再试"
    code: str = "105"
    size: int = 50_000_000


def fault_from(wish: dict[str, Any]) -> Fault:
    """Read a fault from the control endpoint.

    :raises ValueError: no such kind or field
    """
    unknown = set(wish) - {field.name for field in fields(Fault)}
    if unknown or wish.get("kind") not in WIRE | CONTENT:
        raise ValueError(f"a fault has no {sorted(unknown)} or no such kind: {wish.get('kind')}")
    return Fault(**wish)


class Faults:
    """The faults that a party still has to commit, first come first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put one at the end."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Behave from now on."""
        with self._lock:
            self._waiting.clear()

    def take(self, kind: str, reference: str) -> Fault | None:
        """The fault to commit on this request, if any; used up by being taken."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.only in ("", kind) and fault.reference in ("", reference):
                    if fault.times == 1:
                        del self._waiting[index]
                    elif fault.times > 1:
                        self._waiting[index] = replace(fault, times=fault.times - 1)
                    return fault
        return None


def spoil(fault: Fault, body: bytes) -> bytes:
    """The bad content for a good one."""
    answer = json.loads(body)
    if fault.kind == "html":
        return "<html><body><h1>系统维护中</h1></body></html>".encode()
    if fault.kind == "charset":
        return json.dumps(answer | {"Reason": "成功"}, ensure_ascii=False).encode("gb18030")
    bad = {
        "wrong_types": _wrong(answer),
        "not_object": ["ok"],
        "foreign": _foreign(answer),
        "contradiction": {"Success": True, "ResultCode": "100", "Reason": fault.reason},
        "error": {"Success": False, "ResultCode": fault.code, "Reason": fault.reason},
    }
    return json.dumps(bad[fault.kind]).encode()


def _wrong(value: object) -> object:
    """Every value as something else than it should be."""
    if isinstance(value, dict):
        return {key: _wrong(inner) for key, inner in value.items()}
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list):
        return {"0": value}
    return [value]


def _foreign(value: object) -> object:
    """The same answer about somebody else's parcel."""
    if isinstance(value, dict):
        return {
            key: "SF0000000000000" if key in ("LogisticCode", "OrderCode") else _foreign(inner)
            for key, inner in value.items()
        }
    return value
