"""Orders that end as their file tells: each step at its moment, and nobody told of the past."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from aftersales.models import ReturnRequest
from desk import history
from inventory.models import Sku, Stock
from logistics.models import PickTask, Waybill
from members.models import Message, PointsAccount, PointsTransaction
from orders.models import ExceptionCase, Order, OrderEvent
from tests.replay.files import AS_OF, END_STATES, PLACED, SHIPPED, record
from tests.replay.test_import.importing import broken_laws, imported, status_of

pytestmark = pytest.mark.django_db


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
