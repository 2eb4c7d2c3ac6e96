"""Buyers who place orders over HTTP, write down what they were told, and ask again when they were told nothing."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx

from tests.kills.rig import until


@dataclass(frozen=True)
class Buyer:
    """A member as a program knows them: who they are in the rows, their token, their address."""

    by: str
    token: str
    address_id: int


@dataclass(frozen=True)
class Answer:
    """What the mall said to one attempt."""

    status: int
    body: dict[str, Any]
    is_replay: bool


@dataclass
class Click:
    """One wish to buy: its key goes with every attempt. Attempts without an answer are only counted."""

    buyer: Buyer
    skus: dict[str, int]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    answers: list[Answer] = field(default_factory=list)
    unanswered: int = 0

    @property
    def request(self) -> dict[str, Any]:
        """What goes over the wire."""
        lines = [{"sku": code, "quantity": quantity} for code, quantity in self.skus.items()]
        return {
            "url": "/api/v1/orders",
            "json": {"lines": lines, "address_id": self.buyer.address_id},
            "headers": {"Authorization": f"Bearer {self.buyer.token}", "Idempotency-Key": self.key},
        }

    @property
    def number(self) -> str | None:
        """The order that was acknowledged, if any was."""
        return next((answer.body["number"] for answer in self.answers if answer.status == 201), None)

    def attempt(self, web: httpx.Client) -> bool:
        """Ask once; return whether there was an answer that settles the matter."""
        try:
            said = web.post(**self.request)
        except httpx.TransportError:
            self.unanswered += 1
            return False
        answer = Answer(said.status_code, said.json(), "Idempotency-Replayed" in said.headers)
        if answer.body.get("code") == "busy":  # it says itself that one should ask again
            return False
        self.answers.append(answer)
        return True

    def insist(self, web: httpx.Client) -> None:
        """Ask with the same key until there is an answer."""
        until(partial(self.attempt, web), "an answer to a click")


class Shoppers:
    """So many buyers at once, each with one click at a time, for as many clicks as they have been allowed."""

    def __init__(self, url: str, buyers: Sequence[Buyer], skus: Sequence[str], *, seed: int) -> None:
        self.clicks: list[Click] = []
        self._url, self._buyers, self._skus = url, buyers, skus
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._allowed, self._is_over = 0, False

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(len(self._buyers))
        self._shopping = [self._pool.submit(self._shop, buyer) for buyer in self._buyers]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._pool.shutdown()
        for shopping in self._shopping:
            shopping.result()

    def allow(self, clicks: int) -> None:
        """Let them make so many more clicks."""
        with self._lock:
            self._allowed += clicks

    def answered(self) -> int:
        """Return how many clicks have their answer."""
        with self._lock:
            return sum(bool(click.answers) for click in self.clicks)

    def is_done(self) -> bool:
        """Tell whether every click that was allowed has its answer."""
        with self._lock:
            return len(self.clicks) == self._allowed and all(click.answers for click in self.clicks)

    def _shop(self, buyer: Buyer) -> None:
        with httpx.Client(base_url=self._url, timeout=30, trust_env=False) as web:
            while not self._is_over:
                click = self._next(buyer)
                if click is None:
                    until(lambda: self._is_over or self._allowed > len(self.clicks), "leave to go on")
                else:
                    click.insist(web)

    def _next(self, buyer: Buyer) -> Click | None:
        with self._lock:
            if len(self.clicks) >= self._allowed:
                return None
            codes = self._random.sample(self._skus, self._random.randint(1, 2))
            self.clicks.append(Click(buyer, {code: self._random.randint(1, 2) for code in codes}))
            return self.clicks[-1]


def contradictions(clicks: Iterable[Click], rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """Compare what buyers were told with the orders there are (`requested_by`, `request_id`, `number`)."""
    found: list[str] = []
    stored: dict[tuple[str, str], list[str]] = defaultdict(list)
    for by, key, number in rows:
        stored[by, key].append(number)
    for number, times in Counter(number for them in stored.values() for number in them).items():
        if times > 1:
            found.append(f"order {number} exists {times} times")
    for click in clicks:
        numbers = stored.pop((click.buyer.by, click.key), [])
        told = [answer.body for answer in click.answers if answer.status == 201]
        if not click.answers:
            found.append(f"click {click.key} was never answered")
        if any(body != told[0] for body in told):
            found.append(f"click {click.key} got different receipts")
        if told and numbers != [told[0]["number"]]:
            found.append(f"click {click.key} was told {told[0]['number']}, stored are {numbers}")
        if not told and numbers:
            found.append(f"click {click.key} was refused, stored are {numbers}")
    found += [f"nobody asked for {numbers}" for numbers in stored.values()]
    return found
