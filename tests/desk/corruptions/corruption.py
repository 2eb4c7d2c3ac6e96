"""What a corruption is: a change of the database, and who must see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Corruption:
    """A change that breaks a law, and every check that must see it; the first is the one it was written for."""

    sql: str
    seen_by: tuple[str, ...]


def breaks(sql: str, *seen_by: str) -> Corruption:
    return Corruption(sql, seen_by)
