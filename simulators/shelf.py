"""Keeps what the parties remember, in memory or in one SQLite file, so that parcels outlive a restart."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Shelf:
    """Documents by kind and key, and counters; safe to share between threads."""

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        name = ":memory:" if folder is None else str(folder / "simulators.sqlite3")
        self._lock = threading.Lock()
        self._database = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
        # A lost last second is no harm here, and a sync per waybill would slow every benchmark down.
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("PRAGMA journal_mode=MEMORY")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS document (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))"
        )
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS counter (kind TEXT, key TEXT, times INTEGER, PRIMARY KEY (kind, key))"
        )

    def put(self, kind: str, key: str, document: Document) -> None:
        """Store a document, replacing the one of the same kind and key."""
        body = json.dumps(document, ensure_ascii=False)
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", (kind, key, body))

    def all(self, kind: str) -> dict[str, Document]:
        """Every document of a kind by its key, in the order they first came."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, body FROM document WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall()
        return {key: json.loads(body) for key, body in rows}

    def count(self, kind: str, key: str) -> None:
        """Add one to a counter."""
        with self._lock:
            self._database.execute(
                "INSERT INTO counter VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
                (kind, key),
            )

    def times(self, key: str) -> dict[str, int]:
        """The counters of one key by kind."""
        with self._lock:
            rows = self._database.execute("SELECT kind, times FROM counter WHERE key = ?", (key,)).fetchall()
        return dict(rows)

    def counters(self) -> dict[str, dict[str, int]]:
        """All counters by key, then kind."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, kind, times FROM counter ORDER BY key, kind"
            ).fetchall()
        found: dict[str, dict[str, int]] = {}
        for key, kind, times in rows:
            found.setdefault(key, {})[kind] = times
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._database.execute("DELETE FROM document")
            self._database.execute("DELETE FROM counter")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
