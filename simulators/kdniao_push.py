"""The push 101 of 快递鸟: the whole track of some parcels, posted to the merchant's callback."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from simulators.parcels import CHINA
from simulators.shelf import Document

PATIENCE_SECONDS = 5.0  # how long the provider waits for the merchant's answer
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


class Pusher:
    """Posts tracks and reads the merchant's answer."""

    def __init__(self, callback: str, sign: Callable[[str], str], business_id: str) -> None:
        self.callback = callback
        self._sign = sign
        self._business_id = business_id

    def push(self, tracks: list[Document], now: datetime, *, wrong_sign: bool = False) -> Document:
        """Send one push; the outcome says whether the merchant confirmed it."""
        if not self.callback:
            return {"sent": False}
        content = {
            "EBusinessID": self._business_id,
            "PushTime": f"{now.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "Count": str(len(tracks)),
            "Data": [{"EBusinessID": self._business_id, **track} for track in tracks],
        }
        return self.send(json.dumps(content, ensure_ascii=False), wrong_sign=wrong_sign)

    def send(self, data: str, *, wrong_sign: bool = False) -> Document:
        """Send any text as a push, signed; for tests of bad input."""
        signature = self._sign(data + "?" if wrong_sign else data)
        form = {"RequestData": data, "RequestType": "101", "DataSign": signature}
        request = urllib.request.Request(
            self.callback,
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )
        try:
            with _opener.open(request, timeout=PATIENCE_SECONDS) as response:
                return _outcome(response.status, response.read(10_000))
        except urllib.error.HTTPError as error:
            with error:
                return _outcome(error.code, error.read(10_000))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return {"sent": True, "accepted": False, "error": f"{type(error).__name__}: {error}"}


def _outcome(status: int, body: bytes) -> Document:
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
        accepted = status == 200 and isinstance(said, dict) and said.get("Success") is True
    except ValueError:
        accepted = False
    return {"sent": True, "accepted": accepted, "status": status, "answer": text}
