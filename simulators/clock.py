"""The simulated world's time: real unless told otherwise."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Runs with the real clock, shifted or set by the control endpoint."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shift = timedelta()
        self._stands_at: datetime | None = None

    def now(self) -> datetime:
        """The simulated instant, UTC."""
        with self._lock:
            return self._stands_at or datetime.now(UTC) + self._shift

    def stand_at(self, instant: datetime) -> None:
        """Stop at an instant."""
        with self._lock:
            self._stands_at = instant

    def advance(self, seconds: float) -> None:
        """Move on (or back) by some seconds."""
        with self._lock:
            if self._stands_at is not None:
                self._stands_at += timedelta(seconds=seconds)
            else:
                self._shift += timedelta(seconds=seconds)

    def run_real(self) -> None:
        """Return to the real time."""
        with self._lock:
            self._shift, self._stands_at = timedelta(), None
