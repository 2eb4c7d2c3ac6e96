"""Importing a small file of our own, and what it left behind."""

from __future__ import annotations

from pathlib import Path

from aftersales.models import ReturnRequest
from desk import history
from desk.services import read_laws
from inventory.models import Stock, StockMovement
from logistics.models import TrackingEvent, Waybill
from members.models import Member, PointsTransaction
from orders.models import ExceptionCase, Order, OrderEvent
from tests.replay.files import AS_OF, Record, record, write


def imported(path: Path, *records: Record, **options: str) -> history.Tally:
    """Write the records to the file and import it."""
    return history.import_file(write(path, records, **options), as_of=AS_OF)


def broken_laws() -> list[tuple[str, tuple[str, ...]]]:
    return [(f.law.code, f.offenders) for f in read_laws(at=AS_OF) if f.violations]


def everything() -> dict[str, int]:
    """How many rows there are of all that an import writes."""
    tables = (Member, Order, OrderEvent, PointsTransaction, Stock, StockMovement, Waybill, TrackingEvent)
    return {table.__name__: table.objects.count() for table in (*tables, ExceptionCase, ReturnRequest)}


def status_of(ref: str) -> str:
    return str(Order.objects.get(channel="import", external_ref=ref).status)


def two_lines(ref: str, **second: str) -> list[Record]:
    row = record(ref, lines="2")
    return [row, row | {"sku": "PEN", "sku_name": "钢笔", "unit_points": "200", "quantity": "1"} | second]
