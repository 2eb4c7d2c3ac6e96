"""The server that browsers ask in tests: it knows whom it still answers.

A closed window may leave a question behind. What is answered after the tables were emptied would write into the next
test, or stand in the way of the emptying.
"""

from __future__ import annotations

import threading
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer

LONGEST = 20
"""Seconds until an answer that does not end is a failure."""


class CountingServer(ThreadedWSGIServer):
    """Django's server for tests, which counts its open connections."""

    open = 0
    changed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection before its thread starts, so that none is missed."""
        with self.changed:
            CountingServer.open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer what comes through a connection until it is closed."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.changed:
                CountingServer.open -= 1
                self.changed.notify_all()


def wait_until_quiet() -> None:
    """Wait until every connection is closed, as those of closed windows soon are."""
    with CountingServer.changed:
        is_quiet = CountingServer.changed.wait_for(lambda: CountingServer.open == 0, LONGEST)
    assert is_quiet, f"{CountingServer.open} connections are still open"
