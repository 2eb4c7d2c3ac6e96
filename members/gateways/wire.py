"""One bounded POST to a provider of SMS, which tells what certainly was not sent from what perhaps was."""

import functools
import json
import time
from collections.abc import Mapping

import httpx

from members.terms import SmsNotSent, SmsRefused, SmsUnknown, SmsUnreachable

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
TOTAL_SECONDS = 8.0
MAX_BYTES = 100_000

Obj = dict[str, object]


@functools.cache
def _client(read_seconds: float) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,  # a machine's HTTP_PROXY is meant for its people, and would swallow calls to loopback
    )


def post(url: str, *, headers: Mapping[str, str], content: bytes) -> Obj:
    """Send a signed request and return the object it is answered with; error answers with a body are answers too.

    :raises SmsUnreachable: no connection: nothing was sent
    :raises SmsNotSent: turned away at the door (429, 503): nothing was sent
    :raises SmsRefused: the address makes no sense
    :raises SmsUnknown: no answer in time, or none that can be read
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        with _client(READ_SECONDS).stream("POST", url, headers=dict(headers), content=content) as response:
            body = _body(response, deadline)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SmsUnreachable(type(error).__name__) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise SmsRefused("bad_address") from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise SmsUnknown(type(error).__name__) from error
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        if response.status_code in (429, 503):
            raise SmsNotSent(f"http_{response.status_code}") from error
        raise SmsUnknown(f"unreadable_{response.status_code}") from error
    if not isinstance(answer, dict):
        raise SmsUnknown("unreadable")
    return answer


def _body(response: httpx.Response, deadline: float) -> bytes:
    """Read no more than MAX_BYTES, not past the deadline: a slow drip passes every read timeout."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise SmsUnknown("too_large")
        if time.monotonic() > deadline:
            raise SmsUnknown("too_slow")
    return bytes(body)


def word(value: object, limit: int = 80) -> str:
    """Return a short printable text or number as text; anything else is empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value[: 4 * limit] if letter.isprintable())[:limit]


def entries(text: str) -> list[Obj]:
    """Read a pushed list of objects, at most a thousand.

    :raises ValueError: it is none
    """
    try:
        pushed = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested beyond reason") from error
    if not isinstance(pushed, list) or len(pushed) > 1000 or not all(isinstance(one, dict) for one in pushed):
        raise ValueError("no list of receipts")
    return pushed
