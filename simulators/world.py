"""Builds the whole outside world; one call for `python -m simulators` and for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from simulators.aliyun_sms import AliyunSms
from simulators.clock import Clock
from simulators.front import Front, Party
from simulators.kdniao import Account, Kdniao
from simulators.shelf import Shelf
from simulators.sms_party import SmsAccount
from simulators.tencent_sms import TencentSms
from simulators.texts import Phones, Texts


@dataclass(frozen=True)
class Choices:
    """Port 0 takes a free one; no state folder means memory only; 0 seconds means nothing moves by itself."""

    port: int = 0
    state: Path | None = None
    step_seconds: float = 0.0
    kdniao: Account = field(default_factory=Account)
    aliyun: SmsAccount = field(default_factory=SmsAccount)
    tencent: SmsAccount = field(default_factory=SmsAccount)


@contextmanager
def running(choices: Choices) -> Iterator[Front]:
    """Serve in threads of this process until the block ends."""
    shelf, clock = Shelf(choices.state), Clock()
    front = Front(_parties(choices, shelf, clock), clock, choices.port)
    threads = [
        threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05}, name="simulators")
    ]
    if choices.step_seconds > 0:
        threads.append(threading.Thread(target=front.keep_ticking, name="simulators-clock"))
    for thread in threads:
        thread.start()
    try:
        yield front
    finally:
        front.closing.set()
        front.shutdown()
        for thread in threads:
            thread.join()
        front.server_close()
        shelf.close()


def _parties(choices: Choices, shelf: Shelf, clock: Clock) -> list[Party]:
    texts, moves = Texts(shelf, clock), choices.step_seconds > 0
    return [
        Kdniao(shelf, clock, choices.kdniao, choices.step_seconds),
        AliyunSms(texts, clock, choices.aliyun, moves=moves),
        TencentSms(texts, clock, choices.tencent, moves=moves),
        Phones(texts),
    ]
