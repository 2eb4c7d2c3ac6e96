"""Real orders: a slice of the Olist set goes through the services a click uses, and the books balance afterwards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from desk import history
from desk.services import read_laws
from members import services as members
from orders.models import Order, OrderEvent
from tests.replay import olist

SLICE = 2000

pytestmark = pytest.mark.skipif(
    not olist.SOURCE.is_dir(), reason="the Olist files are not there: ../shared/data/olist"
)


@pytest.mark.django_db
def test_replay_of_a_slice_ends_as_the_source_says_and_breaks_no_law(tmp_path: Path) -> None:
    members.load_regions()
    path, now = tmp_path / "olist.csv", timezone.now()
    report = olist.convert(path, limit=SLICE)

    tally = history.import_file(path, as_of=now)

    refused = report.without_lines.total()
    assert refused > 0
    assert (tally.orders, tally.refused, tally.reasons) == (SLICE, refused, {"missing": refused})
    told: Counter[str] = Counter()
    for (_status, end_state), count in report.written.items():
        told[end_state] += count
    assert Counter(Order.objects.values_list("status", flat=True)) == told - report.without_lines
    assert not OrderEvent.objects.filter(delivered_at=None).exists()
    assert [(f.law.code, f.offenders) for f in read_laws(at=now) if f.violations] == []


def test_converter_mends_what_is_dirty_in_the_stated_way() -> None:
    row = {
        "order_status": "delivered",
        "order_purchase_timestamp": "2018-01-02 10:00:00",
        "order_approved_at": "2018-01-03 10:00:00",
        "order_delivered_carrier_date": "2018-01-02 12:00:00",
        "order_delivered_customer_date": "2018-01-02 11:00:00",
    }
    report = olist.Report()

    told = olist.story(row, report)

    approved = olist.moment("2018-01-03 10:00:00")
    assert (told["shipped_at"], told["delivered_at"], told["end_state"]) == (approved, approved, "closed")
    assert report.mended == {
        "delivered before hand-over": 1,
        "handed over before approval": 1,
        "delivered before approval": 1,
    }


@pytest.mark.parametrize(
    ("status", "shipped", "delivered", "end_state"),
    [
        ("delivered", "", "", "closed"),
        ("shipped", "2018-01-04 10:00:00", "", "shipped"),
        ("canceled", "", "", "cancelled"),
        ("canceled", "2018-01-04 10:00:00", "", "shipped"),
        ("canceled", "2018-01-04 10:00:00", "2018-01-05 10:00:00", "closed"),
        ("unavailable", "", "", "cancelled"),
        ("invoiced", "", "", "ready"),
        ("approved", "", "", "ready"),
        ("processing", "", "", "picking"),
        ("created", "", "", "under_review"),
    ],
)
def test_converter_maps_each_status_of_the_source(
    status: str, shipped: str, delivered: str, end_state: str
) -> None:
    row = {
        "order_status": status,
        "order_purchase_timestamp": "2018-01-02 10:00:00",
        "order_approved_at": "2018-01-03 10:00:00",
        "order_delivered_carrier_date": shipped,
        "order_delivered_customer_date": delivered,
    }

    assert olist.story(row, olist.Report())["end_state"] == end_state


@pytest.mark.parametrize(
    ("price", "expected"), [("58.90", 589), ("0.85", 8), ("0.01", 1), ("6735.00", 67_350)]
)
def test_converter_turns_a_price_into_whole_points(price: str, expected: int) -> None:
    assert olist.points(price) == expected
