"""One bounded POST, so that no party can hold a worker or fill its memory."""

import functools
import time
from collections.abc import Mapping

import httpx

from logistics.terms import CarrierRefused, CarrierUnavailable

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 15.0
MAX_BYTES = 1_000_000
EXCERPT_CHARS = 500
MAX_RETRY_AFTER = 3600


@functools.cache
def _client() -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,  # a machine's HTTP_PROXY is meant for its people, and would swallow calls to loopback
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    )


def post_form(url: str, form: Mapping[str, str]) -> str:
    """Send a form and return the answer's text, within 15 s and 1 MB.

    :raises CarrierUnavailable: no answer, a passing fault (5xx, 429, 408, a redirect), or an unreadable body
    :raises CarrierRefused: any other 4xx
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        with _client().stream("POST", url, data=dict(form)) as response:
            body = _body(response, deadline)
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise CarrierUnavailable(f"no answer: {type(error).__name__}") from error
    except httpx.InvalidURL as error:
        raise CarrierRefused(f"not a usable address: {error}") from error
    excerpt = body[: EXCERPT_CHARS * 4].decode("utf-8", "replace").replace("\x00", "")[:EXCERPT_CHARS]
    if response.status_code != 200:
        _turn_down(response, excerpt)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CarrierUnavailable("the answer is not UTF-8", excerpt=excerpt) from error


def _body(response: httpx.Response, deadline: float) -> bytes:
    """Read no more than MAX_BYTES, not past the deadline: a slow drip passes every read timeout."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise CarrierUnavailable("the answer is compressed, which we did not ask for")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise CarrierUnavailable("the answer is larger than 1 MB")
        if time.monotonic() > deadline:
            raise CarrierUnavailable("the answer took longer than 15 s")
    return bytes(body)


def _turn_down(response: httpx.Response, excerpt: str) -> None:
    status = response.status_code
    if 400 <= status < 500 and status not in (408, 425, 429):
        raise CarrierRefused(f"HTTP {status}", code=str(status))
    raise CarrierUnavailable(
        f"HTTP {status}", retry_after=_seconds(response.headers.get("retry-after", "")), excerpt=excerpt
    )


def _seconds(retry_after: str) -> int | None:
    """The header's seconds, at most an hour; its date form is left to the caller's own backoff."""
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10:
        return min(int(retry_after), MAX_RETRY_AFTER)
    return None
