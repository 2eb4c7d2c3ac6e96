"""Small history files of our own invention."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.history.past import COLUMNS

AS_OF = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai: the mall moves in."""

PLACED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

Record = dict[str, str]

STEPS = ("approved_at", "picking_at", "packed_at", "shipped_at", "delivered_at", "signed_at", "closed_at")
SHIPPED = STEPS[:4]
END_STATES: dict[str, tuple[str, ...]] = {
    "under_review": (),
    "awaiting_payment": (),
    "ready": STEPS[:1],
    "picking": STEPS[:2],
    "packed": STEPS[:3],
    "shipped": SHIPPED,
    "delivered": STEPS[:5],
    "signed": STEPS[:6],
    "closed": STEPS,
    "rejected": ("rejected_at",),
    "cancelled": ("approved_at", "cancelled_at"),
    "expired": ("expired_at",),
}
"""Every state an order can end in, with moments that lead there."""


def record(ref: str, *, end_state: str = "closed", placed: datetime = PLACED, **cells: str) -> Record:
    """One row of an order of one line, with a moment each day for every step to its end state."""
    serial = sum(ref.encode())
    steps = ("placed_at", *END_STATES[end_state])
    row = {
        "order_ref": ref,
        "lines": "1",
        "member_ref": f"BANK-{ref}",
        "end_state": end_state,
        "reason": "the gift was sold out" if end_state in {"rejected", "cancelled"} else "",
        "recipient": "林小满",
        "phone": f"139{serial:04d}{abs(hash_of(ref)) % 10**4:04d}",
        "region_code": "310104",
        "address": "漕溪北路 1 号",
        "sku": "MUG",
        "sku_name": "马克杯",
        "unit_points": "500",
        "quantity": "2",
        "weight_g": "350",
    }
    row |= {step: (placed + timedelta(days=day)).isoformat() for day, step in enumerate(steps)}
    if "packed_at" in steps:
        row |= {"carrier": "SF", "waybill": f"SF{ref}"}
    return row | cells


def hash_of(text: str) -> int:
    """A number made from a text, the same in every process."""
    return int.from_bytes(text.encode()[-8:], "big")


def write(path: Path, records: Iterable[Record], *, header: Iterable[str] = COLUMNS, **options: str) -> Path:
    """Write a history file."""
    with path.open("w", encoding=options.get("encoding", "utf-8"), newline="") as stream:
        writer = csv.DictWriter(
            stream, list(header), extrasaction="ignore", lineterminator=options.get("end", "\n")
        )
        writer.writeheader()
        writer.writerows(records)
    return path


def refused(path: Path) -> list[tuple[int, str]]:
    """The refused rows of an import: line and code."""
    rejected = path.with_name(f"{path.name}.rejected.csv")
    if not rejected.exists():
        return []
    with rejected.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        return sorted((int(row["refused_line"]), row["refused_code"]) for row in csv.DictReader(stream))
