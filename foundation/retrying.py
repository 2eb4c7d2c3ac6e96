"""Whole transactions tried again when the database asks for it (deadlock, serialisation, lock timeout)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection

from foundation.refusals import Busy

logger = logging.getLogger(__name__)

ATTEMPTS = 3
_TRY_AGAIN = {"40001", "40P01", "55P03"}  # serialization_failure, deadlock_detected, lock_not_available

Answer = TypeVar("Answer")


def with_retries(work: Callable[[], Answer], *, attempts: int = ATTEMPTS) -> Answer:
    """Run a whole transaction, again up to three times in all when the database refused it for its timing.

    A UNIQUE that was lost to somebody else counts as timing: the next try sees their row.

    :raises Busy: the rows stayed locked
    """
    if connection.in_atomic_block:
        return work()  # only the owner of the outermost transaction may start it again
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except IntegrityError:
            if attempt == attempts:
                raise
        except OperationalError as failure:
            if getattr(failure.__cause__, "pgcode", None) not in _TRY_AGAIN:
                raise
            if attempt == attempts:
                raise Busy from failure
            logger.info("transaction tried again: %s", failure.__cause__.__class__.__name__)
        time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311  (jitter, not a secret)
    raise AssertionError("unreachable")
