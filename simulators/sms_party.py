"""What both simulated providers of SMS share: the account, the answers laid out for them, the receipts they owe."""

import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from simulators.clock import Clock
from simulators.front import Answer, Call, as_json
from simulators.shelf import Document
from simulators.texts import RETRY_SECONDS, Postman, Text, Texts

PHONE = re.compile(r"1[3-9]\d{9}")
CLOCK_SECONDS = 15 * 60  # how old a signature may be


@dataclass(frozen=True)
class SmsAccount:
    """Who may call, and where receipts go."""

    key_id: str = "simulated-key"
    key_secret: str = "simulated-secret"
    callback: str = ""


class Turned(Exception):
    """A request that a provider turns down, with its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SmsParty(ABC):
    """One provider: subclasses speak its protocol."""

    name: str
    paths: frozenset[str]
    failed_code: str
    """What a receipt says of a text that did not arrive, unless told otherwise."""

    def __init__(self, texts: Texts, clock: Clock, account: SmsAccount, *, moves: bool) -> None:
        self.texts = texts
        self.clock = clock
        self.account = account
        self.moves = moves
        self.lock = threading.RLock()
        self.laid_out: list[dict[str, Any]] = []
        self.postman = Postman(account.callback, self.is_accepted)

    @abstractmethod
    def serve(self, call: Call) -> Answer:
        """Answer in the provider's protocol."""

    @abstractmethod
    def label(self, call: Call) -> tuple[str, str]:
        """The kind of request and the merchant's reference in it."""

    @abstractmethod
    def receipt(self, text: Text, *, succeeded: bool, code: str) -> Mapping[str, object]:
        """What is pushed about a text."""

    @abstractmethod
    def is_accepted(self, answer: Document) -> bool:
        """Tell whether the merchant took a push."""

    def laid_out_for(self, phone: str) -> str:
        """The code that a test wants this phone to be answered with; empty when there is none. Each is used up."""
        with self.lock:
            for index, wish in enumerate(self.laid_out):
                if wish.get("phone", "") in ("", phone):
                    wish["times"] = wish.get("times", 1) - 1
                    if not wish["times"]:
                        del self.laid_out[index]
                    return str(wish["code"])
        return ""

    def control(self, what: str, call: Call) -> Answer:
        """Do as a test says: answer, texts, receipts, raw, callback, reset.

        :raises KeyError: no such verb
        """
        wish = call.wish() | dict(call.query)
        verbs = {
            "answer": self._lay_out,
            "texts": self._texts,
            "receipts": self._push,
            "raw": lambda wish: self.postman.send(str(wish["data"])),
            "callback": self._callback,
            "reset": self._reset,
        }
        return as_json(verbs[what](wish))

    def tick(self) -> None:
        """Push the receipts whose time has come."""
        if not self.moves:
            return
        now = time.time()
        due = [
            one for one in self.texts.of(provider=self.name) if not one.is_acknowledged and one.due_at <= now
        ]
        for text in due[-20:]:
            self._push_one(text, succeeded=True, code="")

    def _push_one(self, text: Text, *, succeeded: bool, code: str) -> Document:
        outcome = self.postman.push([self.receipt(text, succeeded=succeeded, code=code)])
        text.pushes += 1
        # Without anybody to push to, or after the last try, the provider lets it be.
        is_over = not outcome["sent"] or text.pushes > len(RETRY_SECONDS)
        text.is_acknowledged = bool(outcome.get("accepted")) or is_over
        if not is_over:
            text.due_at = time.time() + RETRY_SECONDS[text.pushes - 1]
        self.texts.keep(text)
        return outcome

    def _lay_out(self, wish: dict[str, Any]) -> object:
        with self.lock:
            self.laid_out.append({"code": wish["code"], **wish})
        return {"ok": True}

    def _chosen(self, wish: dict[str, Any]) -> list[Text]:
        narrowed = {name: str(wish[name]) for name in ("phone", "reference") if name in wish}
        return self.texts.of(provider=self.name, **narrowed)

    def _texts(self, wish: dict[str, Any]) -> object:
        return [asdict(text) for text in self._chosen(wish)]

    def _push(self, wish: dict[str, Any]) -> object:
        """Push receipts now: `copies` times, `success` false with a `code` of its own."""
        succeeded, code = wish.get("success", True) is True, str(wish.get("code", ""))
        return [
            self._push_one(text, succeeded=succeeded, code=code)
            for text in self._chosen(wish)
            for _ in range(int(wish.get("copies", 1)))
        ]

    def _callback(self, wish: dict[str, Any]) -> object:
        self.postman.callback = str(wish["url"])
        return {"ok": True}

    def _reset(self, _: dict[str, Any]) -> object:
        with self.lock:
            self.laid_out.clear()
            self.texts.forget(self.name)
        return {"ok": True}
