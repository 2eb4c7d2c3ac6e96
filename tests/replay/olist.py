"""Writes the Olist orders (real, from Brazil) as a history file: `python -m tests.replay.olist OUT.csv`.

What the source does not tell is made up from its ids, the same at every run: names, phones, counties, carriers,
waybills. docs/replay.md says how its states and its dirty rows are mapped.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / ".." / "shared" / "data" / "olist"
REGIONS = ROOT / "members" / "regions.json"

POINTS_PER_REAL = 10
"""A price of 58.90 reais becomes 589 points; at least one point."""

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
CONFIRM_AFTER = timedelta(days=7)
CLOSE_AFTER = timedelta(days=7)
"""The mall's own clock: receipt counts as confirmed a week after delivery, an order closes a week after that."""

CARRIERS = (("SF", 12), ("ZTO", 12), ("YTO", 13), ("JD", 13), ("EMS", 13), ("YZPY", 13))
"""Codes of carriers and how many digits their invented waybills have."""

COLUMNS = (
    "order_ref",
    "lines",
    "member_ref",
    "member_name",
    "member_phone",
    "placed_at",
    "approved_at",
    "picking_at",
    "shipped_at",
    "delivered_at",
    "signed_at",
    "closed_at",
    "cancelled_at",
    "refunded_at",
    "end_state",
    "reason",
    "recipient",
    "phone",
    "region_code",
    "address",
    "carrier",
    "waybill",
    "sku",
    "sku_name",
    "unit_points",
    "quantity",
    "weight_g",
)

END_STATES = {
    "delivered": "closed",
    "shipped": "shipped",
    "canceled": "cancelled",
    "unavailable": "cancelled",
    "invoiced": "ready",
    "processing": "picking",
    "approved": "ready",
    "created": "under_review",
}
"""Where an order of each source status ends; canceled ones that had been shipped are looked at more closely."""


@dataclass(slots=True)
class Report:
    """How many orders of each status were read and written, and what was done to how many dirty ones.

    `without_lines` counts those, by end state, that the import will refuse.
    """

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    without_lines: Counter[str] = field(default_factory=Counter)
    merged_rows: int = 0
    rows: int = 0


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a source file."""
    with gzip.open(SOURCE / f"{name}.csv.gz", "rt", encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def digits(text: str, count: int) -> str:
    """Return so many digits made from a text, the same ones each time."""
    return str(int(hashlib.sha256(text.encode()).hexdigest(), 16))[-count:].rjust(count, "0")


def points(price: str) -> int:
    """Return a price in reais as points."""
    return max(1, round(float(price) * POINTS_PER_REAL))


def weight(grams: str) -> int:
    """Return a weight in grams; half a kilogram where the source has none."""
    return round(float(grams or 0)) or 500


def moment(text: str) -> datetime | None:
    """Return a moment of the source, which has no offset: it is the time of São Paulo, where Olist is."""
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO).astimezone(UTC) if text else None


class Counties:
    """Sends the 27 states of Brazil to provinces of China, and each postal code to a county there."""

    def __init__(self) -> None:
        names: dict[str, str] = json.loads(REGIONS.read_text(encoding="utf-8"))
        inner = {f"{code[:4]}00" for code in names if not code.endswith("00")}
        leaves = [code for code in names if not code.endswith("0000") and code not in inner]
        self._by_province: dict[str, list[str]] = {}
        for code in sorted(leaves):
            if code < "700000":  # the mainland: carriers of the demo go there
                self._by_province.setdefault(code[:2], []).append(code)
        self._provinces = sorted(self._by_province)

    def of(self, state: str, postal_code: str) -> str:
        """Return the county for a state and a postal code."""
        province = self._provinces[int(digits(state, 6)) % len(self._provinces)]
        counties = self._by_province[province]
        return counties[int(digits(postal_code, 9)) % len(counties)]


@dataclass(frozen=True, slots=True)
class Source:
    """The small tables of the source, in memory."""

    items: Mapping[str, list[dict[str, str]]]
    customers: Mapping[str, dict[str, str]]
    weights: Mapping[str, str]
    categories: Mapping[str, str]
    counties: Counties

    @classmethod
    def load(cls) -> Source:
        """Read them."""
        items: dict[str, list[dict[str, str]]] = {}
        for item in rows_of("olist_order_items_dataset"):
            items.setdefault(item["order_id"], []).append(item)
        products = list(rows_of("olist_products_dataset"))
        english = {
            row["product_category_name"]: row["product_category_name_english"]
            for row in rows_of("product_category_name_translation")
        }
        return cls(
            items=items,
            customers={row["customer_id"]: row for row in rows_of("olist_customers_dataset")},
            weights={row["product_id"]: row["product_weight_g"] for row in products},
            categories={
                row["product_id"]: english.get(row["product_category_name"], "gift") for row in products
            },
            counties=Counties(),
        )


def story(order: Mapping[str, str], report: Report) -> dict[str, object]:
    """Return the end state and the moments of an order, mended where the source contradicts itself.

    An earlier step always wins: a later one is moved up to it, never the other way round.
    """
    status = order["order_status"]
    placed = moment(order["order_purchase_timestamp"])
    assert placed is not None
    approved = moment(order["order_approved_at"])
    shipped = moment(order["order_delivered_carrier_date"])
    delivered = moment(order["order_delivered_customer_date"])
    if delivered and shipped and delivered < shipped:
        report.mended["delivered before hand-over"] += 1
        delivered = shipped
    if shipped and shipped < (approved or placed):
        report.mended[
            "handed over before purchase" if shipped < placed else "handed over before approval"
        ] += 1
        shipped = approved or placed
    if delivered and delivered < (approved or placed):
        report.mended["delivered before approval"] += 1
        delivered = approved or placed
    if status == "delivered":
        shipped, delivered = _whole_way(placed, approved, shipped, delivered, report)
    known: dict[str, object] = {"placed_at": placed, "approved_at": approved}
    if status == "canceled" and shipped:
        return known | _cancelled_too_late(shipped, delivered, report)
    if status in {"canceled", "unavailable"}:
        # The source does not say when; the last thing known of the order is taken.
        reason = "canceled" if status == "canceled" else "unavailable: the seller could not deliver"
        return known | {"cancelled_at": approved or placed, "end_state": "cancelled", "reason": reason}
    return known | _so_far(status, approved or placed, shipped, delivered)


def _whole_way(
    placed: datetime,
    approved: datetime | None,
    shipped: datetime | None,
    delivered: datetime | None,
    report: Report,
) -> tuple[datetime, datetime]:
    """Fill in what is missing of the way of an order that is said to be delivered."""
    if approved is None:
        report.mended["delivered, approval missing"] += 1
    if shipped is None:
        report.mended["delivered, hand-over missing"] += 1
        shipped = approved or placed
    if delivered is None:
        report.mended["delivered, delivery missing"] += 1
        delivered = shipped
    return shipped, max(delivered, shipped)


def _cancelled_too_late(shipped: datetime, delivered: datetime | None, report: Report) -> dict[str, object]:
    """A shipped parcel cannot be called back: it stays on its way, or was delivered and its points came back."""
    if delivered is None:
        report.mended["cancelled after hand-over: stays shipped"] += 1
        return {"shipped_at": shipped, "end_state": "shipped"}
    report.mended["cancelled after delivery: refunded"] += 1
    return _arrived(shipped, delivered) | {"refunded_at": delivered, "reason": "canceled after delivery"}


def _so_far(
    status: str, ready: datetime, shipped: datetime | None, delivered: datetime | None
) -> dict[str, object]:
    if status == "delivered" and shipped and delivered:
        return _arrived(shipped, delivered)
    if status == "shipped":
        return {"shipped_at": shipped, "end_state": "shipped"}
    if status == "processing":  # being prepared: the warehouse has begun
        return {"picking_at": ready, "end_state": "picking"}
    return {"end_state": END_STATES[status]}


def _arrived(shipped: datetime, delivered: datetime) -> dict[str, object]:
    signed = delivered + CONFIRM_AFTER
    return {
        "shipped_at": shipped,
        "delivered_at": delivered,
        "signed_at": signed,
        "closed_at": signed + CLOSE_AFTER,
        "end_state": "closed",
    }


def lines_of(items: Iterable[Mapping[str, str]], source: Source, report: Report) -> list[dict[str, object]]:
    """Return the lines of an order; the same product in several rows is one line of so many pieces."""
    lines: dict[str, dict[str, object]] = {}
    quantities: Counter[str] = Counter()
    for item in items:
        product = item["product_id"]
        quantities[product] += 1
        lines.setdefault(
            product,
            {
                "sku": product,
                "sku_name": f"{source.categories.get(product, 'gift')} {product[:6]}",
                "unit_points": points(item["price"]),
                "weight_g": weight(source.weights.get(product, "")),
            },
        )
    report.merged_rows += sum(quantities.values()) - len(quantities)
    return [line | {"quantity": quantities[product]} for product, line in lines.items()]


def records(order: Mapping[str, str], source: Source, report: Report) -> Iterator[dict[str, object]]:
    """Yield the rows of one order; one without lines gets a row without a SKU, for the import to refuse."""
    number, customer = order["order_id"], source.customers[order["customer_id"]]
    person = customer["customer_unique_id"]
    told = story(order, report)
    lines: list[dict[str, object]] = lines_of(source.items.get(number, []), source, report)
    if not lines:
        report.without_lines[str(told["end_state"])] += 1
    carrier, length = CARRIERS[int(digits(number, 4)) % len(CARRIERS)]
    head: dict[str, object] = {
        "order_ref": number,
        "lines": max(1, len(lines)),
        "member_ref": person,
        "member_name": f"会员{person[:6]}",
        "member_phone": f"1{digits(person, 15)}",
        "recipient": f"会员{person[:6]}",
        "phone": f"1{digits(customer['customer_id'], 10)}",
        "region_code": source.counties.of(customer["customer_state"], customer["customer_zip_code_prefix"]),
        "address": f"{customer['customer_city']} {customer['customer_zip_code_prefix']}",
    }
    if "shipped_at" in told:
        head |= {"carrier": carrier, "waybill": f"{carrier}{digits(f'waybill {number}', length)}"}
    report.written[order["order_status"], str(told["end_state"])] += 1
    for line in lines or [{}]:
        yield head | {key: _written(value) for key, value in told.items()} | line


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def convert(out: Path, *, limit: int | None = None) -> Report:
    """Write the history file and return what was done; the orders stand by the moment they were placed."""
    source, report = Source.load(), Report()
    orders = sorted(
        rows_of("olist_orders_dataset"), key=lambda row: (row["order_purchase_timestamp"], row["order_id"])
    )
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for order in orders[:limit]:
            report.read[order["order_status"]] += 1
            for record in records(order, source, report):
                writer.writerow(record)
                report.rows += 1
    return report


def main() -> None:
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description="Write the Olist orders as a history file.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, help="only the first so many orders, by the moment of purchase")
    options = parser.parse_args()
    if not SOURCE.is_dir():
        sys.exit("The Olist files are not there: ../shared/data/olist")
    report = convert(options.out, limit=options.limit)
    print(
        f"{sum(report.read.values())} orders, {report.rows} rows, {report.merged_rows} rows merged into quantities"
    )
    for (status, end_state), count in sorted(report.written.items()):
        print(f"  {status:<12} → {end_state:<12} {count:>6}")
    for kind, count in sorted(report.mended.items()):
        print(f"  {kind:<42} {count:>6}")
    for end_state, count in sorted(report.without_lines.items()):
        print(f"  {f'without lines, to be refused: {end_state}':<42} {count:>6}")


if __name__ == "__main__":
    main()
