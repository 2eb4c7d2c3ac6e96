"""Every kind of bad row: refused with its reason, while its neighbours are taken."""

from __future__ import annotations

import csv
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from desk import history
from desk.history.past import COLUMNS
from inventory.models import Gift, Sku
from members.models import Member, PointsTransaction
from orders.models import Order
from tests import worlds
from tests.replay.files import AS_OF, PLACED, record, refused, write
from tests.replay.test_import.importing import broken_laws, imported, two_lines

pytestmark = pytest.mark.django_db


LATER, EARLIER = (PLACED + timedelta(days=9)).isoformat(), (PLACED - timedelta(days=1)).isoformat()

BAD_ROWS: dict[str, tuple[dict[str, str], str]] = {
    "no reference": ({"order_ref": ""}, "missing"),
    "reference too long": ({"order_ref": "R" * 58}, "too_long"),
    "bad date": ({"placed_at": "2026-02-30T10:00:00Z"}, "bad_moment"),
    "date alone": ({"placed_at": "2026-02-20"}, "bad_moment"),
    "date in words": ({"placed_at": "yesterday"}, "bad_moment"),
    "date of another age": ({"placed_at": "0001-01-01T00:00:00Z"}, "bad_moment"),
    "in the future": ({"closed_at": "2999-01-01T00:00:00Z"}, "in_the_future"),
    "no date": ({"placed_at": ""}, "step_missing"),
    "quantity negative": ({"quantity": "-1"}, "bad_number"),
    "quantity nothing": ({"quantity": "0"}, "bad_number"),
    "quantity in parts": ({"quantity": "1.5"}, "bad_number"),
    "quantity with exponent": ({"quantity": "1e3"}, "bad_number"),
    "quantity in other digits": ({"quantity": "٣"}, "bad_number"),
    "quantity beyond bounds": ({"quantity": str(2**63)}, "bad_number"),
    "price nothing": ({"unit_points": "0"}, "bad_number"),
    "weight negative": ({"weight_g": "-5"}, "bad_number"),
    "end state unknown": ({"end_state": "lost"}, "bad_end_state"),
    "steps out of order": ({"shipped_at": EARLIER}, "steps_out_of_order"),
    "delivered before shipped": ({"delivered_at": EARLIER}, "steps_out_of_order"),
    "refunded before delivered": ({"refunded_at": EARLIER, "reason": "x"}, "steps_out_of_order"),
    "refunded without reason": ({"refunded_at": (PLACED + timedelta(days=6)).isoformat()}, "no_reason"),
    "step missing": ({"shipped_at": ""}, "step_missing"),
    "step too many": ({"cancelled_at": LATER}, "step_too_many"),
    "no waybill": ({"waybill": ""}, "no_waybill"),
    "NUL": ({"recipient": "林\0小满"}, "not_text"),
    "line break": ({"address": "first\nsecond"}, "not_text"),
    "10,000 characters": ({"sku_name": "杯" * 10_000}, "too_long"),
    "200,000 characters": ({"sku_name": "杯" * 200_000}, "unreadable"),
    "phone in words": ({"phone": "call me"}, "bad_phone"),
    "region in words": ({"region_code": "Xuhui"}, "bad_region"),
    "region unknown": ({"region_code": "999999"}, "unknown_region"),
    "region a province": ({"region_code": "310000"}, "unknown_region"),
    "lines missing": ({"lines": "2"}, "lines_missing"),
}


@pytest.mark.parametrize(("cells", "code"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_import_refuses_a_bad_row_and_takes_its_neighbours(
    tmp_path: Path, cells: dict[str, str], code: str
) -> None:
    path = tmp_path / "bad.csv"

    tally = imported(path, record("A1"), record("BAD") | cells, record("A2"))

    assert set(Order.objects.values_list("external_ref", flat=True)) == {"A1", "A2"}
    assert Member.objects.count() == 2
    assert (tally.outcome.imported, tally.refused, tally.refused_rows) == (2, 1, 1)
    assert refused(path) == [(3, code)]


def test_import_refuses_a_row_with_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = write(tmp_path / "latin.csv", [record("A1"), record("BAD", recipient="Jos@"), record("A2")])
    path.write_bytes(path.read_bytes().replace(b"Jos@", b"Jos\xe9"))

    tally = history.import_file(path, as_of=AS_OF)

    assert (tally.outcome.imported, refused(path)) == (2, [(3, "not_utf8")])
    assert b"Jos\xe9" in path.with_name("latin.csv.rejected.csv").read_bytes()


def test_import_refuses_rows_with_cells_too_few_or_too_many(tmp_path: Path) -> None:
    path = write(tmp_path / "cells.csv", [record("A1"), record("A2")])
    first, second, third = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first, f"{second},more", third, "A3,1"]) + "\n", encoding="utf-8")

    tally = history.import_file(path, as_of=AS_OF)

    assert tally.outcome.imported == 1
    assert refused(path) == [(2, "wrong_number_of_cells"), (4, "wrong_number_of_cells")]


def test_import_goes_on_after_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = write(tmp_path / "quote.csv", [record("A1")])
    with path.open("a", encoding="utf-8") as stream:
        stream.write('A2,1,"never closed\n')

    assert (history.import_file(path, as_of=AS_OF).outcome.imported, refused(path)) == (
        1,
        [(3, "unreadable")],
    )


def test_import_takes_the_rows_of_an_order_together(tmp_path: Path) -> None:
    imported(tmp_path / "two.csv", *two_lines("A1"))

    order = Order.objects.get()
    assert order.points_total == 1200
    assert list(order.lines.values_list("sku_code", "quantity", "shipped")) == [("MUG", 2, 2), ("PEN", 1, 1)]


def test_import_refuses_the_whole_order_for_one_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"

    imported(path, *two_lines("A1", quantity="-1"), record("A2"))

    assert list(Order.objects.values_list("external_ref", flat=True)) == ["A2"]
    assert refused(path) == [(2, "order_refused"), (3, "bad_number")]


def test_import_refuses_rows_that_contradict_each_other(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"

    imported(path, *two_lines("A1", address="somewhere else"), *two_lines("A2", sku="MUG"))

    assert not Order.objects.exists()
    assert refused(path) == [(2, "order_refused"), (3, "rows_differ"), (4, "sku_twice"), (5, "order_refused")]


def test_import_refuses_an_order_whose_rows_do_not_stand_together(tmp_path: Path) -> None:
    path, (first, second) = tmp_path / "apart.csv", two_lines("A1")

    imported(path, first, record("A2"), second)

    assert list(Order.objects.values_list("external_ref", flat=True)) == ["A2"]
    assert refused(path) == [(2, "lines_missing"), (4, "lines_missing")]


def test_import_refuses_rows_without_end_of_the_same_order(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"

    tally = imported(path, *(record("A1", lines="100", sku=f"S{n}") for n in range(301)))

    assert not Order.objects.exists()
    assert tally.refused_rows == 301


def test_import_refuses_a_reference_that_comes_again_with_other_content(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"

    tally = imported(path, record("A1"), record("A2"), record("A1", quantity="3"), record("A3"), record("A1"))

    assert (tally.outcome.imported, tally.outcome.already_there, refused(path)) == (
        3,
        1,
        [(4, "order_differs")],
    )


def test_import_refuses_what_belongs_to_somebody_else(tmp_path: Path) -> None:
    path, taken = tmp_path / "taken.csv", record("A1", member_number="20260001")

    imported(
        path,
        taken,
        record("A2", member_number="20260001"),
        record("A3", phone=taken["phone"]),
        record("A4", waybill=taken["waybill"]),
    )

    assert list(Order.objects.values_list("external_ref", flat=True)) == ["A1"]
    assert refused(path) == [(3, "member_number_taken"), (4, "phone_taken"), (5, "waybill_taken")]


def test_import_refuses_a_sku_that_is_handed_out_as_codes(tmp_path: Path) -> None:
    path, card = tmp_path / "codes.csv", worlds.sku()
    Gift.objects.filter(pk=card.gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)

    imported(path, record("A1", sku=card.code), record("A2"))

    assert list(Order.objects.values_list("external_ref", flat=True)) == ["A2"]
    assert refused(path) == [(2, "sku_virtual")]
    assert worlds.stock_of(card) == (0, 0)


def test_import_refuses_an_order_that_a_service_refuses_and_takes_its_neighbours(tmp_path: Path) -> None:
    member = worlds.member()
    Member.objects.filter(pk=member.pk).update(status=Member.Status.FROZEN)
    path = tmp_path / "frozen.csv"

    tally = imported(path, record("A1"), record("A2", member_ref=member.bank_reference), record("A3"))

    assert (tally.outcome.imported, refused(path)) == (2, [(3, "member_not_active")])
    assert not PointsTransaction.objects.filter(reference="import/A2").exists()
    assert broken_laws() == []


def test_import_refuses_alone_what_only_the_database_refuses(tmp_path: Path) -> None:
    digits = int(hashlib.sha256(b"PEN").hexdigest(), 16) % 10**18
    taken = worlds.sku()
    Sku.objects.filter(pk=taken.pk).update(
        barcode=f"29{digits:018d}"
    )  # what the import gives to the SKU "PEN"
    path = tmp_path / "barcode.csv"

    tally = imported(path, record("A1"), record("A2", sku="PEN"), record("A3"), record("A4"))

    assert (tally.outcome.imported, refused(path)) == (3, [(3, "database_refused")])
    assert broken_laws() == []


def test_the_file_of_refused_rows_says_why_in_the_users_language_and_can_be_imported_when_mended(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bad.csv"
    with translation.override("en"):
        imported(path, record("A1"), record("A2", quantity="-1"))

    rejected = path.with_name("bad.csv.rejected.csv")
    with rejected.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["refused_reason"] == "“quantity” must be a whole number from 1 to 9999."
    assert {name: row[name] for name in COLUMNS} == dict.fromkeys(COLUMNS, "") | record("A2", quantity="-1")
    rejected.write_text(rejected.read_text(encoding="utf-8").replace(",-1,", ",4,"), encoding="utf-8")

    assert history.import_file(rejected, as_of=AS_OF).outcome.imported == 1
    assert Order.objects.get(external_ref="A2").points_total == 2000


def test_a_run_without_refused_rows_takes_the_file_of_an_earlier_one_away(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    imported(path, record("A1", quantity="-1"))

    imported(path, record("A1"))

    assert not path.with_name("file.csv.rejected.csv").exists()
