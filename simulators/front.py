"""One HTTP front on loopback for all parties: reads the call, asks the party, misbehaves when told to."""

import json
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from simulators.clock import Clock
from simulators.faults import CONTENT, Fault, Faults, fault_from, spoil

MAX_BODY = 2_000_000
TICK_SECONDS = 0.5


@dataclass(frozen=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters."""

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def wish(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one is an empty object.

        :raises ValueError, TypeError: it is something else
        """
        value = json.loads(self.body or b"{}")
        if not isinstance(value, dict):
            raise TypeError("a JSON object is expected")
        return value


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200) -> Answer:
    """An answer of JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status)


class Party(Protocol):
    """One outside party: its addresses, its protocol, and what a test may do to it."""

    name: str
    paths: frozenset[str]

    def label(self, call: Call) -> tuple[str, str]:
        """The kind of request and our reference in it, by which a fault may be aimed."""

    def serve(self, call: Call) -> Answer:
        """Answer in the party's protocol."""

    def control(self, what: str, call: Call) -> Answer:
        """Do as /control/<name>/<what> says.

        :raises KeyError, ValueError: it makes no sense
        """

    def tick(self) -> None:
        """Let time pass; called twice a second while the world moves by itself."""


class Front(ThreadingHTTPServer):
    """Serves /healthz, /control/clock, /control/<party>/… and every party's own addresses."""

    daemon_threads = True
    block_on_close = False  # a silent party must not hold up the end
    request_queue_size = 256

    def __init__(self, parties: Sequence[Party], clock: Clock, port: int) -> None:
        self.parties = {party.name: party for party in parties}
        self.by_path = {path: party for party in parties for path in party.paths}
        self.faults = {party.name: Faults() for party in parties}
        self.clock = clock
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", port), _Talk)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about callers who hang up; that is their right and our tests' habit."""

    def keep_ticking(self) -> None:
        """Let time pass for every party until the front closes."""
        while not self.closing.wait(TICK_SECONDS):
            for party in self.parties.values():
                party.tick()

    def control(self, call: Call) -> Answer:
        """Answer /control/…"""
        parts = call.path.strip("/").split("/")
        try:
            if parts[1:] == ["clock"]:
                return self._set_clock(call)
            _, name, what = parts
            if what == "faults":
                return self._plan_fault(self.faults[name], call)
            return self.parties[name].control(what, call)
        except (KeyError, ValueError, TypeError) as error:
            return as_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _plan_fault(self, faults: Faults, call: Call) -> Answer:
        if call.method == "DELETE":
            faults.clear()
        else:
            faults.add(fault_from(call.wish()))
        return as_json({"ok": True})

    def _set_clock(self, call: Call) -> Answer:
        wish = call.wish()
        if "now" in wish:
            self.clock.stand_at(instant(wish["now"]))
        elif "advance" in wish:
            self.clock.advance(float(wish["advance"]))
        elif call.method == "DELETE":
            self.clock.run_real()
        return as_json({"now": self.clock.now().isoformat()})


class _Talk(BaseHTTPRequestHandler):
    """One connection."""

    server: Front
    protocol_version = "HTTP/1.1"
    server_version = "outside-world"
    sys_version = ""
    timeout = 120
    disable_nagle_algorithm = (
        True  # head and body are two writes; together they would wait 40 ms for each other
    )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Parties log their own effects; a line per request would bury them."""

    def do_GET(self) -> None:
        self._talk()

    def do_POST(self) -> None:
        self._talk()

    def do_DELETE(self) -> None:
        self._talk()

    def _talk(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            return self._send(as_json({"error": "too large"}, 413))
        address = urlsplit(self.path)
        body, query = self.rfile.read(int(length)), dict(parse_qsl(address.query))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, address.path, query, body, headers)
        if call.path == "/healthz":
            return self._send(as_json({"ok": True, "parties": sorted(self.server.parties)}))
        if call.path.startswith("/control/"):
            return self._send(self.server.control(call))
        party = self.server.by_path.get(call.path)
        if party is None:
            return self._send(as_json({"error": "nobody lives here"}, 404))
        fault = self.server.faults[party.name].take(*party.label(call))
        if fault is None:
            return self._send(party.serve(call))
        return self._misbehave(party, call, fault)

    def _misbehave(self, party: Party, call: Call, fault: Fault) -> None:
        if fault.kind == "slow":
            self.server.closing.wait(fault.seconds)
        answer = party.serve(call) if fault.effect else Answer(b"{}")
        if fault.kind in CONTENT:
            return self._send(_content(fault, answer))
        if fault.kind == "slow":
            return self._send(answer)
        self.close_connection = True
        if fault.kind == "silent":
            self.server.closing.wait(fault.seconds)
        elif fault.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif fault.kind == "cut":
            self._head(answer, len(answer.body) + 1000)
            self.wfile.write(answer.body[: len(answer.body) // 2])
        elif fault.kind == "drip":
            self._drip(answer, fault.seconds)
        elif fault.kind == "huge":
            self._pour(fault.size)
        return None

    def _drip(self, answer: Answer, seconds: float) -> None:
        self._head(answer, len(answer.body))
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            if self.server.closing.wait(seconds):
                return

    def _pour(self, size: int) -> None:
        self._head(Answer(b""), size)
        for _ in range(size // 50_000):
            self.wfile.write(b" " * 50_000)

    def _send(self, answer: Answer) -> None:
        self._head(answer, len(answer.body))
        self.wfile.write(answer.body)

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def _content(fault: Fault, answer: Answer) -> Answer:
    if fault.kind == "status":
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        return Answer(b"{}", fault.status, headers=headers)
    if fault.kind == "redirect":
        return Answer(b"", 302, headers={"Location": "/healthz"})
    kind = "text/html; charset=utf-8" if fault.kind == "html" else answer.content_type
    return Answer(spoil(fault, answer.body), content_type=kind)


def instant(text: str) -> datetime:
    """Read an ISO time with its zone.

    :raises ValueError: it has none, or is no time
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("a time needs its zone")
    return when
