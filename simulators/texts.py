"""The texts that the simulated providers sent, as the phones show them, and the receipts they owe for them."""

import html
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from simulators.clock import Clock
from simulators.front import Answer, Call, as_json
from simulators.parcels import CHINA
from simulators.shelf import Document, Shelf

PATIENCE_SECONDS = 5.0  # how long a provider waits for the merchant's answer
RECEIPT_SECONDS = 2.0  # how long a phone takes to have a text
RETRY_SECONDS = (60.0, 300.0, 600.0)
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


@dataclass
class Text:
    """One text on one phone."""

    number: str
    provider: str
    phone: str
    sign_name: str
    template: str
    values: list[str]
    reference: str
    sent_at: str
    pushes: int = 0
    is_acknowledged: bool = False
    due_at: float = field(default_factory=lambda: time.time() + RECEIPT_SECONDS)


class Texts:
    """Every text of every provider; safe to share between threads."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self.shelf = shelf
        self.clock = clock
        self.lock = threading.RLock()
        self.all = {key: Text(**kept) for key, kept in shelf.all("sms.text").items()}

    def take(
        self, provider: str, phone: str, *, sign_name: str, template: str, values: list[str], reference: str
    ) -> Text:
        """Put a text on a phone. The same one twice is two: neither provider knows whether it was meant."""
        text = Text(
            number=uuid.uuid4().hex,
            provider=provider,
            phone=phone,
            sign_name=sign_name,
            template=template,
            values=values,
            reference=reference,
            sent_at=f"{self.clock.now().astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        )
        self.shelf.count("sms", phone)
        self.keep(text)
        return text

    def keep(self, text: Text) -> None:
        """Put a text on the shelf."""
        with self.lock:
            self.all[text.number] = text
            self.shelf.put("sms.text", text.number, asdict(text))

    def of(self, *, provider: str = "", phone: str = "", reference: str = "") -> list[Text]:
        """Return texts, the latest first."""
        with self.lock:
            found = [
                text
                for text in self.all.values()
                if provider in ("", text.provider)
                and phone in ("", text.phone)
                and reference in ("", text.reference)
            ]
        return found[::-1]

    def forget(self, provider: str) -> None:
        """Forget what a provider sent; the shelf keeps it until it is cleared as a whole."""
        with self.lock:
            self.all = {key: text for key, text in self.all.items() if text.provider != provider}


class Postman:
    """Pushes receipts to the merchant and reads its answer."""

    def __init__(self, callback: str, is_accepted: Callable[[Document], bool]) -> None:
        self.callback = callback
        self._is_accepted = is_accepted

    def push(self, entries: list[Mapping[str, object]]) -> Document:
        """Send receipts; the outcome says whether the merchant took them."""
        return self.send(json.dumps(entries, ensure_ascii=False))

    def send(self, body: str) -> Document:
        """Send any text as a push; for tests of bad input."""
        if not self.callback:
            return {"sent": False}
        request = urllib.request.Request(
            self.callback, body.encode(), {"Content-Type": "application/json;charset=utf-8"}
        )
        try:
            with _opener.open(request, timeout=PATIENCE_SECONDS) as response:
                said = response.read(10_000).decode("utf-8", "replace")
                return {"sent": True, "accepted": self._accepted(said), "status": response.status}
        except urllib.error.HTTPError as error:
            with error:
                return {"sent": True, "accepted": False, "status": error.code}
        except (OSError, http.client.HTTPException, ValueError) as error:
            return {"sent": True, "accepted": False, "error": f"{type(error).__name__}: {error}"}

    def _accepted(self, said: str) -> bool:
        try:
            answer = json.loads(said)
        except ValueError:
            return False
        return isinstance(answer, dict) and self._is_accepted(answer)


class Phones:
    """What all phones show: /sms is a page for people, /sms.json the same for programs; ?phone= picks one."""

    name = "sms"
    paths = frozenset({"/sms", "/sms.json"})

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def label(self, call: Call) -> tuple[str, str]:
        """The phone that is looked at."""
        return "look", call.query.get("phone", "")

    def serve(self, call: Call) -> Answer:
        """Show the latest fifty texts."""
        shown = self.texts.of(phone=call.query.get("phone", ""))[:50]
        if call.path.endswith(".json"):
            return as_json([asdict(text) for text in shown])
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in (text.sent_at, text.phone, _words(text)))
            + "</tr>"
            for text in shown
        )
        page = (
            "<!DOCTYPE html><html><meta charset=utf-8><title>SMS</title>"
            "<style>body{font:16px/1.5 system-ui;margin:2rem}td{padding:.3rem 1rem}</style>"
            f"<h1>SMS</h1><table>{rows or '<tr><td>none yet</td></tr>'}</table></html>"
        )
        return Answer(page.encode(), content_type="text/html; charset=utf-8")

    def control(self, what: str, _call: Call) -> Answer:
        """Nothing can be done to phones.

        :raises KeyError: whatever was asked for
        """
        raise KeyError(what)

    def tick(self) -> None:
        """Phones wait."""


def _words(text: Text) -> str:
    return f"【{text.sign_name}】{text.template}: {', '.join(text.values)}"
