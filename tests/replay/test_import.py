"""The import of history, held to small files of our own: every end state, every kind of bad row, crashes, repeats."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import translation

from aftersales.models import ReturnRequest
from desk import history
from desk.history import crew
from desk.history.past import COLUMNS
from desk.history.reading import HistoryFile
from desk.history.settling import House
from desk.services import read_laws
from inventory.models import Gift, Sku, Stock, StockMovement
from logistics.models import PickTask, TrackingEvent, Waybill
from members.models import Member, Message, PointsAccount, PointsTransaction
from orders.models import ExceptionCase, Order, OrderEvent
from tests import worlds
from tests.replay.files import AS_OF, END_STATES, PLACED, SHIPPED, Record, record, refused, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _county() -> None:
    worlds.region()


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


# --- Every end state


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    """An order for each end state, placed so lately that nothing is late yet."""
    records = []
    for state, steps in END_STATES.items():
        placed = AS_OF - timedelta(days=len(steps), minutes=5)
        records.append(record(state, end_state=state, placed=placed))
    return write(tmp_path / "recent.csv", records)


def test_import_ends_each_order_in_the_state_its_file_tells(recent: Path) -> None:
    tally = history.import_file(recent, as_of=AS_OF)

    assert {state: status_of(state) for state in END_STATES} == {state: state for state in END_STATES}
    assert (tally.orders, tally.outcome.imported, tally.refused) == (len(END_STATES), len(END_STATES), 0)
    assert tally.outcome.states == Counter({(state, state): 1 for state in END_STATES})
    assert broken_laws() == []


def test_import_tells_nobody_of_the_past(recent: Path) -> None:
    history.import_file(recent, as_of=AS_OF)

    assert not Message.objects.exists()
    assert not OrderEvent.objects.filter(delivered_at=None).exists()


def test_import_records_each_step_at_its_moment_with_its_actor(tmp_path: Path) -> None:
    imported(tmp_path / "one.csv", record("A1", member_number="20260001"))

    day = timedelta(days=1)
    order = Order.objects.get(external_ref="A1")
    assert list(order.events.values_list("kind", "by", "occurred_at")) == [
        ("order.placed", "member:20260001", PLACED),
        ("order.sent_to_review", "member:20260001", PLACED),
        ("order.approved", "import", PLACED + day),
        ("order.picking_started", "import", PLACED + 2 * day),
        ("order.packed", "import", PLACED + 3 * day),
        ("order.shipped", "import", PLACED + 4 * day),
        ("order.delivered", "import", PLACED + 5 * day),
        ("order.signed", "import", PLACED + 6 * day),
        ("order.closed", "import", PLACED + 7 * day),
    ]
    assert order.points_total == 1000
    assert list(Waybill.objects.values_list("carrier__code", "number")) == [("SF", "SFA1")]


def test_import_leaves_the_balance_and_the_stock_of_a_closed_order_as_they_were(tmp_path: Path) -> None:
    imported(tmp_path / "one.csv", record("A1"))

    account = PointsAccount.objects.get(member__bank_reference="BANK-A1")
    assert (account.available, account.held) == (0, 0)
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(0, 0)]
    grant = PointsTransaction.objects.earliest("pk")
    assert (grant.kind, grant.reference) == ("grant", "import/A1")
    assert not Sku.objects.get().gift.is_listed


def test_import_takes_steps_whose_moment_is_not_known_with_the_next_known_one(tmp_path: Path) -> None:
    imported(tmp_path / "one.csv", record("A1", approved_at="", picking_at="", packed_at=""))

    events = Order.objects.get(external_ref="A1").events.values_list("kind", "occurred_at")
    shipped = PLACED + timedelta(days=4)
    assert list(events)[1:5] == [
        ("order.confirmed", PLACED),
        ("order.picking_started", shipped),
        ("order.packed", shipped),
        ("order.shipped", shipped),
    ]


def test_import_refunds_a_delivered_order_and_the_points_expire_after_their_grace_days(
    tmp_path: Path,
) -> None:
    refunded = (PLACED + timedelta(days=6, hours=1)).isoformat()
    imported(tmp_path / "one.csv", record("A1", refunded_at=refunded, reason="broken"))

    order = Order.objects.get(external_ref="A1")
    assert (order.status, order.points_refunded) == ("closed", 1000)
    assert list(ReturnRequest.objects.values_list("status", "reason")) == [("refunded", "broken")]
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(2, 0)]
    kinds = PointsTransaction.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["grant", "hold", "capture", "refund", "expire"]
    assert broken_laws() == []


def test_import_stops_the_work_on_an_order_cancelled_while_it_was_picked(tmp_path: Path) -> None:
    cancelled = record("A1", end_state="cancelled", picking_at=(PLACED + timedelta(days=1)).isoformat())
    imported(tmp_path / "one.csv", cancelled)

    assert list(PickTask.objects.values_list("state", flat=True)) == ["dropped"]
    assert status_of("A1") == "cancelled"
    assert broken_laws() == []


def test_import_lets_the_clock_catch_up_with_a_mall_that_stood_still(tmp_path: Path) -> None:
    tally = imported(tmp_path / "old.csv", *(record(state, end_state=state) for state in END_STATES))

    assert {state: now for state, now in tally.outcome.states if state != now} == {
        "awaiting_payment": "expired",
        "delivered": "closed",
        "signed": "closed",
    }
    late = {"under_review", "ready", "picking", "packed", "shipped"}
    cases = ExceptionCase.objects.values_list("order__external_ref", "status_then", "opened_at")
    assert set(cases) == {(state, state, AS_OF) for state in late}
    closed = Order.objects.get(external_ref="delivered")
    assert (closed.signed_at, closed.closed_at) == (
        PLACED + timedelta(days=5 + 7),
        PLACED + timedelta(days=5 + 7 + 7),
    )
    assert broken_laws() == []


# --- Bad files


def test_import_takes_a_file_with_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    tally = imported(tmp_path / "bom.csv", record("A1"), record("A2"), encoding="utf-8-sig", end="\r\n")

    assert (tally.outcome.imported, tally.refused) == (2, 0)


def test_import_takes_a_file_that_leaves_out_what_is_optional(tmp_path: Path) -> None:
    header = [name for name in COLUMNS if name not in {"member_name", "specification", "expired_at"}]
    path = write(tmp_path / "short.csv", [record("A1")], header=header)

    assert history.import_file(path, as_of=AS_OF).outcome.imported == 1


UNUSABLE = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "one endless line": b"x" * 3_000_000,
    "unknown column": (",".join([*COLUMNS, "colour"]) + "\n").encode(),
    "missing column": (",".join(name for name in COLUMNS if name != "sku") + "\n").encode(),
    "column named twice": (",".join([*COLUMNS, "sku"]) + "\n").encode(),
    "UTF-16": ",".join(COLUMNS).encode("utf-16"),
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_import_refuses_a_file_that_is_no_history_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    before = everything()

    with pytest.raises(CommandError):
        call_command("import_history", path, verbosity=0)

    assert everything() == before


def test_import_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_history", tmp_path / "nothing.csv", verbosity=0)


def test_import_takes_a_file_without_rows(tmp_path: Path) -> None:
    tally = imported(tmp_path / "none.csv")

    assert (tally.orders, tally.refused) == (0, 0)


# --- Bad rows

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


def two_lines(ref: str, **second: str) -> list[Record]:
    row = record(ref, lines="2")
    return [row, row | {"sku": "PEN", "sku_name": "钢笔", "unit_points": "200", "quantity": "1"} | second]


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


# --- Again, and after a crash


def test_import_of_the_same_file_again_changes_nothing(recent: Path, tmp_path: Path) -> None:
    old = write(tmp_path / "old.csv", [record(f"old-{state}", end_state=state) for state in END_STATES])
    for path in (recent, old):
        history.import_file(path, as_of=AS_OF)
    before = everything()

    again = [history.import_file(path, as_of=AS_OF + timedelta(days=1)) for path in (recent, old)]

    assert everything() == before
    assert [
        (tally.outcome.imported, tally.outcome.continued, tally.outcome.already_there, tally.refused)
        for tally in again
    ] == [(0, 0, len(END_STATES), 0)] * 2


def test_import_of_a_later_file_goes_on_where_the_earlier_one_ended(tmp_path: Path) -> None:
    march = write(
        tmp_path / "march.csv", [record("A1", end_state="ready"), record("A2", end_state="picking")]
    )
    history.import_file(march, as_of=PLACED + timedelta(days=2, hours=1))

    tally = imported(tmp_path / "april.csv", record("A1"), record("A2"))

    assert (tally.outcome.imported, tally.outcome.continued, tally.outcome.already_there) == (0, 2, 0)
    assert {status_of("A1"), status_of("A2")} == {"closed"}
    assert broken_laws() == []


def test_import_does_not_tell_of_steps_before_a_case_was_opened(tmp_path: Path) -> None:
    imported(tmp_path / "march.csv", record("A1", end_state="ready"))
    path = tmp_path / "april.csv"

    imported(path, record("A1"))

    assert refused(path) == [(2, "moved_on")]
    assert (status_of("A1"), broken_laws()) == ("ready", [])


def test_import_refuses_a_story_that_the_mall_has_not_seen(tmp_path: Path) -> None:
    imported(tmp_path / "march.csv", record("A1", end_state="shipped"), record("A2", end_state="cancelled"))
    path = tmp_path / "april.csv"

    imported(path, record("A1", end_state="cancelled"), record("A2"))

    assert refused(path) == [(2, "moved_on"), (3, "moved_on")]
    assert (status_of("A1"), status_of("A2")) == ("shipped", "cancelled")


class Crash(Exception):
    """The power goes."""


def test_import_goes_on_after_a_crash_between_two_chunks(tmp_path: Path) -> None:
    path = write(tmp_path / "ten.csv", [record(f"A{n}") for n in range(10)])

    def crash(_position: int, tally: history.Tally) -> None:
        if tally.outcome.imported == 6:
            raise Crash

    with pytest.raises(Crash):
        history.import_file(path, as_of=AS_OF, chunk=3, progress=crash)
    tally = history.import_file(path, as_of=AS_OF, chunk=3)

    assert (tally.outcome.already_there, tally.outcome.imported, Order.objects.count()) == (6, 4, 10)
    assert broken_laws() == []


@pytest.mark.django_db(transaction=True)
def test_import_killed_in_the_middle_ends_in_the_same_state_when_it_is_run_again(tmp_path: Path) -> None:
    records = [record(f"A{n:03d}", end_state=state) for n, state in enumerate([*END_STATES] * 25)]
    path = write(tmp_path / "killed.csv", records)
    running = subprocess.Popen(
        [sys.executable, "manage.py", "import_history", str(path), "--chunk", "5"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": _url_of_the_test_database()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while Order.objects.count() < 40 and running.poll() is None and time.monotonic() < deadline:
        pass
    running.send_signal(signal.SIGKILL)
    running.wait()
    while _others_at_work() and time.monotonic() < deadline:  # the server finishes what its client had begun
        pass
    survived = Order.objects.count()

    tally = history.import_file(path, as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the auditor's statements need to know how many rows there are

    # What the killed one had given to its processes is finished by them, so that more may have survived by now.
    assert 40 <= survived <= tally.outcome.already_there < len(records)
    assert tally.outcome.already_there + tally.outcome.imported == len(records)
    late = {"awaiting_payment": "expired", "delivered": "closed", "signed": "closed"}
    assert tally.outcome.states == Counter({(state, late.get(state, state)): 25 for state in END_STATES})
    assert broken_laws() == []


@pytest.mark.django_db(transaction=True)
def test_import_in_several_processes_ends_as_in_one(tmp_path: Path) -> None:
    states = [state for state in END_STATES for _time in range(5)]
    records = [record(f"A{n:03d}", end_state=state, sku=f"S{n % 7}") for n, state in enumerate(states)]
    records[3:3] = two_lines("B1", sku="S5")
    records.append(record("BAD", quantity="-1"))
    records.append(record("A001", quantity="9", sku="S1"))
    path = write(tmp_path / "several.csv", records)

    tally = history.import_file(path, as_of=AS_OF, chunk=4, workers=3)

    assert (tally.outcome.imported, tally.refused) == (len(states) + 1, 2)
    assert [code for _line, code in refused(path)] == ["bad_number", "order_differs"]
    again = history.import_file(path, as_of=AS_OF, chunk=4, workers=2)
    assert (again.outcome.imported, again.outcome.already_there) == (0, len(states) + 1)
    assert broken_laws() == []


@pytest.fixture
def beside_a_loop(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An open connection, then an event loop in this thread, which has connections of its own (a browser's does)."""
    connection.ensure_connection()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    loop = asyncio.new_event_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
        connections.close_all()
    finally:
        asyncio._set_running_loop(None)
        loop.close()


def test_import_in_several_processes_shares_no_connection(beside_a_loop: None, tmp_path: Path) -> None:
    records = [record(f"A{n:03d}", sku=f"S{n % 7}") for n in range(24)]
    tally = history.import_file(write(tmp_path / "loop.csv", records), as_of=AS_OF, chunk=4, workers=3)
    assert (tally.outcome.imported, tally.refused) == (24, 0)


@pytest.mark.django_db(transaction=True)
def test_import_stops_with_the_reason_when_a_process_cannot_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("no more room")

    monkeypatch.setattr(crew, "import_orders", fail)
    path = write(tmp_path / "stop.csv", [record("A1")])
    hands = crew._Processes(2, House("standard", "main", 1), AS_OF)
    file = HistoryFile.open(path)
    groups = list(file.orders(as_of=AS_OF))
    file.close()

    try:
        with pytest.raises(history.Unusable, match="no more room"):
            assert [*hands.give(0, groups), *hands.finish()] == []
    finally:
        hands.dismiss()


def _others_at_work() -> int:
    """How many other clients the test database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _url_of_the_test_database() -> str:
    values = connection.settings_dict
    who = f"{values['USER']}:{values['PASSWORD']}"
    return f"postgresql://{who}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def test_import_history_prints_what_it_did(recent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("en"):
        call_command("import_history", recent, as_of=AS_OF, workers=1, verbosity=2)

    told = capsys.readouterr().out
    assert f"{len(END_STATES)} orders read: {len(END_STATES)} imported" in told
    assert "100 %" in told


def test_shipped_orders_name_the_carrier_of_their_file_even_when_nobody_sends_with_it_now(
    tmp_path: Path,
) -> None:
    assert SHIPPED[-1] == "shipped_at"
    imported(tmp_path / "one.csv", record("A1", end_state="shipped", carrier="GONE"))

    waybill = Waybill.objects.select_related("carrier", "parcel__service").get()
    assert (waybill.carrier.code, waybill.carrier.is_active) == ("GONE", False)
    assert (waybill.parcel.service.code, waybill.parcel.service.is_active) == ("past-gone", False)
