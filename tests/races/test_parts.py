"""Members take single gifts out of orders while a reviewer, a picker, a packer or a carrier works on them.

Each race ends in books that balance whoever comes first; and each guard taken away.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import models

from desk import services as desk
from inventory import services as inventory
from logistics import services as logistics
from logistics.models import Parcel, PickLine, PickTask
from logistics.services import trimming
from members.models import PointsAccount, PointsLot
from members.services import points
from members.services.ledger import HELD
from orders import events
from orders import services as orders
from orders.models import Order, OrderEvent, OrderLine
from orders.services import moving
from tests.races.racing import (
    Guard,
    Guards,
    Meeting,
    Work,
    constraints,
    each_alone,
    race,
    row_locks,
    tally,
    trigger,
)
from tests.worlds import (
    AT,
    carrier_service,
    member,
    move,
    packed,
    pick_task,
    picking,
    placed,
    points_of,
    sku,
    under_review,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

CLERK = "operator:wang"
EDGES = trigger(Order, "status_moves_along_edges")
SEQUENCE = constraints((OrderEvent, "events_are_numbered_per_order"))
HELD_CHECK = constraints(
    (PointsAccount, "held_points_are_not_negative"), (PointsLot, "lot_held_within_remaining_within_issued")
)
PICKED_CHECK = constraints((PickLine, "picked_within_quantity"))
UNITS_CHECK = constraints((OrderLine, "shipped_and_cancelled_within_quantity"))


def cancelling(order: Order, quantity: int = 1, *, fee: int | None = None) -> Work:
    wanted = [orders.LineCancel(order.lines.get().pk, quantity)]
    data = {} if fee is None else {"fee": fee}
    return partial(
        orders.cancel_units, orders.Move(order.pk, AT, "operator:lin", data=data), wanted, key="click"
    )


def task_move(order: Order) -> logistics.TaskMove:
    return logistics.TaskMove(PickTask.objects.get(order=order).pk, AT, CLERK)


def together(patch: pytest.MonkeyPatch, *works: Work) -> Counter[str]:
    """Run them at once; each has decided before any of them writes."""
    meeting = Meeting(len(works))
    meeting.before(patch, moving._SAVE, "change")
    return tally(race(*works, meeting=meeting))


def broken() -> set[str]:
    """The laws that are broken once everybody heard of what happened, apart from guards that a test took away."""
    while events.deliver_waiting(at=AT):
        pass
    findings = desk.read_laws(at=AT)
    codes = {finding.law.code for finding in findings if finding.violations}
    return {code for code in codes if not code.endswith((".constraints", ".triggers"))}


def ended_holds(guards: Guards) -> None:
    """The ledger's memory of which holds have ended: as if their end had another kind."""

    def forgetful(refunds: Any) -> None:
        held = {
            origin: [list(part) for part in reversed(parts)]
            for origin, parts in points._held_parts([refund.origin for refund in refunds]).items()
        }
        points._give_back(points.Kind.RELEASE, refunds, held, source=(None, HELD))

    guards.patch.setattr("members.services.release_part", forgetful)


# --- While a reviewer approves


def cancelled_while_it_is_approved(
    patch: pytest.MonkeyPatch,
) -> tuple[Counter[str], tuple[int, int], int, set[str]]:
    somebody = member(points=1_000)
    order = under_review(somebody, (sku(stock=9, price=100), 3))
    outcomes = together(patch, cancelling(order), partial(orders.approve, [move(order)]))
    order.refresh_from_db()
    return outcomes, points_of(somebody), order.points_refunded, broken()


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_what_is_approved_is_what_is_left(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_it_is_approved(monkeypatch) == (Counter(done=2), (800, 0), 100, set())


def test_points_are_taken_that_went_back_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, EDGES, HELD_CHECK, ended_holds)
    outcomes, _points, _refunded, laws = cancelled_while_it_is_approved(monkeypatch)
    assert outcomes == Counter(done=2)
    assert laws & {
        "orders.refunds",
        "members.one_end",
    }  # by who came last: forgotten by the order, or by the hold


# --- While somebody begins to pick


def cancelled_while_picking_starts(patch: pytest.MonkeyPatch) -> tuple[Counter[str], int, int, set[str]]:
    """What became of both, what came back, and what there is to pick; the member was shown that it is free."""
    order = placed(member(points=300), (sku(stock=3, price=100), 3))
    pick_task(order)
    start = partial(logistics.start_picking, [task_move(order)])
    outcomes = together(patch, cancelling(order, fee=0), start)
    order.refresh_from_db()
    laws = broken()
    return outcomes, order.points_refunded, PickLine.objects.get().quantity, laws


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_a_fee_that_was_not_shown_is_not_taken_when_picking_starts(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_picking_starts(monkeypatch) in (
        (Counter(done=2), 100, 2, set()),
        (Counter(done=1, fee_changed=1), 0, 3, set()),
    )


def test_a_picked_order_is_cancelled_for_free_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, SEQUENCE, EDGES)
    outcomes, _refunded, _quantity, laws = cancelled_while_picking_starts(monkeypatch)
    assert outcomes == Counter(done=2)
    assert laws & {"orders.refunds", "orders.event_path", "orders.event_end"}


# --- While a piece is scanned


def cancelled_while_a_piece_is_scanned(patch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """What is to pick, what lies in the trolley, and pieces that were scanned and are forgotten."""
    mug = sku(stock=3, price=100)
    order = picking(member(points=300), (mug, 3))
    task = task_move(order).task_id
    scan = partial(logistics.scan, task, barcode=mug.barcode, at=AT, by=CLERK)
    scan()
    scan()

    def cancel_and_tell() -> None:
        cancelling(order)()
        logistics.trim_tasks(move(order))

    meeting = Meeting(2)
    meeting.before(patch, trimming, "update_rows")
    saved = PickLine.save

    def save(line: PickLine, *args: Any, **kwargs: Any) -> None:
        meeting.wait()
        saved(line, *args, **kwargs)

    patch.setattr(PickLine, "save", save)
    outcomes = race(scan, cancel_and_tell, meeting=meeting)
    line = PickLine.objects.get()
    scanned = 2 + isinstance(outcomes[0], models.Model)
    return line.quantity, line.picked, scanned - line.picked - line.to_put_back


@pytest.mark.parametrize("off", [(), (PICKED_CHECK,)])
def test_a_piece_scanned_at_the_last_moment_is_put_back(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_a_piece_is_scanned(monkeypatch) == (2, 2, 0)


def test_a_piece_stays_in_the_trolley_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, PICKED_CHECK)
    # Whoever writes last: the piece is forgotten, or there is more in the trolley than there is to pick.
    assert cancelled_while_a_piece_is_scanned(monkeypatch) in ((2, 2, 1), (2, 3, 0))


# --- While it is packed


def cancelled_while_it_is_packed(patch: pytest.MonkeyPatch) -> tuple[Counter[str], list[str], set[str]]:
    """What became of both, the parcels that still stand, and the laws."""
    carrier_service()
    order = picking(member(points=300), (sku(stock=3, price=100), 3))
    task = task_move(order)
    logistics.pick_all([task])
    pack = partial(logistics.pack, [logistics.Packing(task.task_id, (logistics.Box(500),), AT, CLERK)])
    outcomes = together(patch, cancelling(order), pack)
    laws = broken()
    return outcomes, list(Parcel.objects.exclude(state="stopped").values_list("state", flat=True)), laws


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_no_parcel_keeps_what_was_cancelled(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_it_is_packed(monkeypatch) in (
        (Counter(done=2), [], set()),  # packed first, and opened again when the warehouse heard of it
        (Counter(done=1, put_back_first=1), [], set()),
    )


def test_the_books_break_when_packing_has_no_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, SEQUENCE, EDGES)
    outcomes, _parcels, laws = cancelled_while_it_is_packed(monkeypatch)
    assert outcomes == Counter(done=2)
    assert laws & {"orders.refunds", "orders.event_path", "orders.event_end"}


# --- While it is handed to the carrier


def cancelled_while_it_ships(patch: pytest.MonkeyPatch) -> tuple[Counter[str], str, int, set[str]]:
    order = packed(member(points=300), (sku(stock=3, price=100), 3))
    outcomes = together(patch, cancelling(order), partial(logistics.ship, [move(order)]))
    order.refresh_from_db()
    return outcomes, order.status, order.points_refunded, broken()


@pytest.mark.parametrize("off", each_alone(row_locks, SEQUENCE))
def test_nothing_is_sent_that_was_cancelled(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert cancelled_while_it_ships(monkeypatch) in (
        (Counter(done=1, pack_again=1), "packed", 95, set()),
        (Counter(done=1, transition_not_allowed=1), "shipped", 0, set()),
    )


def test_what_was_cancelled_is_sent_without_guards(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks, SEQUENCE, EDGES, UNITS_CHECK)
    # What is reserved would still say no to a cancel that comes later.
    monkeypatch.setattr(inventory, "release_units", lambda parts: None)
    outcomes, _status, _refunded, laws = cancelled_while_it_ships(monkeypatch)
    assert outcomes == Counter(done=2)
    assert laws & {"orders.line_states", "orders.refunds", "logistics.parcel_units"}
