"""The web's worker: gunicorn's own, with a page of ours where it could not even read what is asked for."""

from __future__ import annotations

import socket
from typing import Any

from django.template.loader import render_to_string
from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers an address over `limit_request_line`, of which nothing is known, in both languages."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Say that the address is too long; leave every other error to gunicorn."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("an address was too long to be read")
        page = render_to_string("414.html").encode()
        head = (
            "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(page)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + page)
        except OSError:
            self.log.debug("nobody waited for the answer")
