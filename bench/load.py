"""The load generator, a process of its own: `python -m bench.load WHAT PORT CLIENTS SECONDS` says as JSON what it saw.

Each client is a kept-open connection that sends its next request when it has read the answer to the last. Written on
bare sockets, with the requests' heads made beforehand: whatever it eats, the mall cannot have.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections import Counter
from statistics import quantiles

from bench.asking import Maker, maker


class Client:
    """One connection, and the answer it waits for."""

    __slots__ = ("answer", "sent_at", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer, self.sent_at = b"", 0.0

    def send(self, request: bytes) -> None:
        """Send a request; they are small enough to go out at once."""
        self.answer, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> str:
        """Read on; return the status once the whole answer is there."""
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the web closed a connection")
        self.answer += received
        head, _, body = self.answer.partition(b"\r\n\r\n")
        _, found, length = head.lower().partition(b"\r\ncontent-length: ")
        return head[9:12].decode() if found and len(body) >= int(length.split(b"\r\n")[0]) else ""


def run(request: Maker, port: int, *, clients: int, seconds: float) -> dict[str, object]:
    """Keep so many clients busy for so many seconds and return what they saw; every request is waited for."""
    poll = select.epoll()
    connections = {client.socket.fileno(): client for client in (Client(port) for _ in range(clients))}
    answers: Counter[str] = Counter()
    latencies: list[float] = []
    busy_before, begun = time.process_time(), time.perf_counter()
    for number, client in connections.items():
        poll.register(number, select.EPOLLIN)
        client.send(request())
    waiting = clients
    while waiting:
        for number, _event in poll.poll(10):
            client = connections[number]
            status = client.read()
            if not status:
                continue
            now = time.perf_counter()
            answers[status] += 1
            latencies.append(now - client.sent_at)
            if now - begun < seconds:
                client.send(request())
            else:
                waiting -= 1
    lasted = time.perf_counter() - begun
    percentiles = quantiles(latencies, n=100)
    return {
        "answers": dict(answers),
        "seconds": lasted,
        "generator": (time.process_time() - busy_before) / lasted,
        "p50_ms": 1000 * percentiles[49],
        "p95_ms": 1000 * percentiles[94],
    }


def main(what: str, port: int, clients: int, seconds: float) -> None:
    """Make the requests ready, warm the web up for a second, then measure."""
    request = maker(what, f"127.0.0.1:{port}")
    run(request, port, clients=clients, seconds=1)
    json.dump(run(request, port, clients=clients, seconds=seconds), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
