"""What the web's worker answers when it could not even read what is asked for."""

from __future__ import annotations

import logging
import socket
from http.client import HTTPResponse

import pytest
from gunicorn.http.errors import InvalidRequestMethod, LimitRequestLine
from gunicorn.util import load_class

from config import gunicorn
from config.serving import Worker


def answered(failure: Exception) -> tuple[HTTPResponse, str]:
    """What a client reads after a request that failed so."""
    worker = Worker.__new__(Worker)  # without the processes around it
    worker.log = logging.getLogger("gunicorn.error")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(None, ours, ("203.0.113.9", 4711), failure)
        answer = HTTPResponse(theirs)
        answer.begin()
        return answer, answer.read().decode()


def test_an_address_over_the_limit_is_answered_with_a_page_in_both_languages(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer, page = answered(LimitRequestLine(9_000, gunicorn.limit_request_line))
    assert (answer.status, answer.headers["Connection"], answer.headers["Cache-Control"]) == (
        414,
        "close",
        "no-store",
    )
    assert 'data-code="address_too_long"' in page
    assert "网址过长" in page
    assert "This address is too long" in page
    assert "203.0.113.9" not in caplog.text


def test_other_errors_are_gunicorns(caplog: pytest.LogCaptureFixture) -> None:
    answer, page = answered(InvalidRequestMethod("x y"))
    assert (answer.status, "data-code" in page) == (400, False)


def test_somebody_who_does_not_wait_for_the_page_breaks_nothing() -> None:
    worker = Worker.__new__(Worker)
    worker.log = logging.getLogger("gunicorn.error")
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        worker.handle_error(None, ours, ("203.0.113.9", 4711), LimitRequestLine(9_000, 8_190))


def test_this_worker_is_the_one_that_serves() -> None:
    assert load_class(gunicorn.worker_class) is Worker
