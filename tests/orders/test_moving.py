"""Every verb of an order after it was placed: what it changes, what it records, and when it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.refusals import InvalidInput, NotFound, Refusal
from inventory.models import Reservation
from orders import services as orders
from orders.models import ExceptionCase, Order, OrderEvent, OrderLine, Refund, ReviewRule, ReviewTask
from orders.rules.deadlines import deadline
from orders.services import clock
from orders.services.cancelling import FeeChanged
from tests.worlds import (
    AT,
    delivered,
    grant,
    member,
    move,
    packed,
    picking,
    placed,
    points_of,
    shipped,
    signed,
    sku,
    stock_of,
    under_review,
)

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = AT + HOUR

Maker = Callable[..., Order]


def awaiting_payment(*words: object) -> Order:
    return placed(*words, is_history=True, past_status="awaiting_payment")  # type: ignore[arg-type]


def closed(*words: object) -> Order:
    order = signed(*words)  # type: ignore[arg-type]
    orders.close_orders([move(order)])
    return fresh(order)


def cancelled(*words: object) -> Order:
    order = placed(*words)  # type: ignore[arg-type]
    orders.cancel_orders([move(order)])
    return fresh(order)


def rejected(*words: object) -> Order:
    order = under_review(*words)  # type: ignore[arg-type]
    orders.reject([move(order, reason="strange")])
    return fresh(order)


def expired(*words: object) -> Order:
    order = awaiting_payment(*words)
    orders.expire_orders([move(order)])
    return fresh(order)


MAKERS: dict[str, Maker] = {
    "under_review": under_review,
    "awaiting_payment": awaiting_payment,
    "ready": placed,
    "picking": picking,
    "packed": packed,
    "shipped": shipped,
    "delivered": delivered,
    "signed": signed,
    "closed": closed,
    "rejected": rejected,
    "cancelled": cancelled,
    "expired": expired,
}


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def everything_of(order: Order) -> tuple[object, ...]:
    """All that is written of an order, to compare before and after."""
    return (
        Order.objects.filter(pk=order.pk).values_list().get(),
        list(order.lines.values_list()),
        list(order.events.values_list()),
        list(Reservation.objects.filter(reference__startswith=order.number).values_list()),
        points_of(order.member),
        Refund.objects.count(),
    )


def last_event(order: Order) -> tuple[object, ...]:
    return (
        order.events.order_by("seq")
        .values_list("seq", "kind", "from_status", "to_status", "by", "remark__words")
        .last()
    )  # type: ignore[return-value]


# --- Which verb moves which state where


VERBS: dict[str, tuple[Callable[[list[orders.Move]], object], dict[str, str]]] = {
    "approve": (orders.approve, {"under_review": "ready"}),
    "reject": (orders.reject, {"under_review": "rejected"}),
    "expire": (orders.expire_orders, {"awaiting_payment": "expired"}),
    "mark_picking": (orders.mark_picking, {"ready": "picking"}),
    "mark_packed": (orders.mark_packed, {"picking": "packed"}),
    "mark_shipped": (orders.mark_shipped, {"packed": "shipped"}),
    "confirm": (orders.confirm_receipt, {"shipped": "signed", "delivered": "signed"}),
    "close": (orders.close_orders, {"signed": "closed"}),
    "cancel": (
        orders.cancel_orders,
        dict.fromkeys(("under_review", "awaiting_payment", "ready", "picking", "packed"), "cancelled"),
    ),
}


@pytest.mark.parametrize("status", MAKERS)
def test_each_verb_moves_the_states_it_may_and_refuses_the_others(status: str) -> None:
    somebody, mug = member(points=1000), sku(stock=50)
    order = MAKERS[status](somebody, (mug, 1))
    assert order.status == status
    before = everything_of(order)
    for name, (verb, moves) in VERBS.items():
        with rolled_back():
            if status in moves:
                verb([orders.Move(order.pk, LATER, "operator:wang", "why")])
                moved = fresh(order)
                assert (moved.status, moved.entered_at, moved.deadline_at) == (
                    moves[status],
                    LATER,
                    deadline(moves[status], LATER),
                ), name
                assert last_event(order)[2:] == (status, moves[status], "operator:wang", "why"), name
                assert moved.last_seq == order.last_seq + 1 == last_event(order)[0], name
            else:
                with pytest.raises(orders.TransitionRefused) as refused:
                    verb([orders.Move(order.pk, LATER, "operator:wang", "why")])
                assert refused.value.detail == {"status": order.get_status_display()}, name
                assert everything_of(order) == before, name


@contextmanager
def rolled_back() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", VERBS)
def test_each_verb_moves_the_whole_batch_or_nothing(name: str) -> None:
    verb, moves = VERBS[name]
    source = next(iter(moves))
    somebody, mug = member(points=1000), sku(stock=50)
    able = MAKERS[source](somebody, (mug, 1))
    ReviewRule.objects.all().delete()
    unable = closed(somebody, (mug, 1))
    before = everything_of(able), everything_of(unable)
    with pytest.raises(orders.TransitionRefused):
        verb([move(able, reason="why"), move(unable, reason="why")])
    with pytest.raises(NotFound):
        verb([move(able, reason="why"), orders.Move(0, AT, "operator:lin", "why")])
    assert (everything_of(able), everything_of(unable)) == before


@pytest.mark.parametrize("name", VERBS)
def test_each_verb_asks_the_database_as_often_for_many_as_for_one(name: str) -> None:
    verb, moves = VERBS[name]
    source = next(iter(moves))
    mug = sku(stock=50)
    sizes = []
    for size in (1, 4):
        made = [MAKERS[source](member(points=1000), (mug, 1)) for _ in range(size)]
        with CaptureQueriesContext(connection) as asked:
            verb([move(order, reason="why") for order in made])
        sizes.append(len([query for query in asked.captured_queries if "PREPARE" not in query["sql"]]))
    assert sizes[0] == sizes[1]


def test_history_is_recorded_and_nobody_acts_on_it() -> None:
    order = placed(member(points=100), (sku(stock=5), 1))
    orders.mark_picking([orders.Move(order.pk, LATER, "import", is_history=True)])
    assert order.events.get(seq=3).delivered_at == LATER


# --- Review


def test_approve_captures_the_points_and_notes_who_decided() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 1))
    orders.approve([move(order, at=LATER, reason="known customer")])
    task = ReviewTask.objects.get()
    assert (points_of(somebody), stock_of(mug), fresh(order).ready_at) == ((800, 0), (5, 1), LATER)
    assert (task.decision, task.decided_by, task.decided_at, task.reason) == (
        "approved",
        "operator:lin",
        LATER,
        "known customer",
    )


def test_reject_gives_everything_back_and_tells_why() -> None:
    somebody, mug = member(points=1000), sku(stock=5, price=200)
    order = under_review(somebody, (mug, 2))
    orders.reject([move(order, at=LATER, reason="strange")])
    assert (points_of(somebody), stock_of(mug), fresh(order).ended_at) == ((1000, 0), (5, 0), LATER)
    assert last_event(order)[1:] == ("order.rejected", "under_review", "rejected", "operator:lin", "strange")
    assert (order.lines.get().cancelled, ReviewTask.objects.get().decision) == (2, "rejected")


@pytest.mark.parametrize("reason", ["", "  "])
def test_reject_needs_a_reason(reason: str) -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1))
    before = everything_of(order)
    with pytest.raises(orders.ReasonRequired):
        orders.reject([move(order, reason=reason)])
    assert everything_of(order) == before


@pytest.mark.parametrize("verb", [orders.approve, orders.reject])
def test_nobody_reviews_an_order_of_their_own(verb: Callable[[list[orders.Move]], object]) -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1), requested_by="operator:lin")
    before = everything_of(order)
    with pytest.raises(orders.OwnOrder):
        verb([move(order, by="operator:lin", reason="mine")])
    assert everything_of(order) == before


def test_approve_is_no_way_around_a_payment() -> None:
    order = awaiting_payment(member(points=1000), (sku(stock=5), 1))
    before = everything_of(order)
    with pytest.raises(orders.TransitionRefused):
        orders.approve([move(order)])
    assert everything_of(order) == before


# --- Cancelled and expired


@pytest.mark.parametrize(
    ("status", "back"),
    [("under_review", 199), ("awaiting_payment", 199), ("ready", 199), ("picking", 190), ("packed", 190)],
)
def test_cancel_gives_points_back_less_the_fee_and_stock_to_its_shelf(status: str, back: int) -> None:
    somebody, mug = member(points=199), sku(stock=5, price=199)
    order = MAKERS[status](somebody, (mug, 1))
    orders.cancel_orders([move(order, at=LATER, reason="changed my mind")])
    assert (points_of(somebody), stock_of(mug)) == ((back, 0), (5, 0))
    moved = fresh(order)
    assert (moved.ended_at, order.lines.get().cancelled, order.lines.get().shipped) == (LATER, 1, 0)
    assert order.events.get(kind="order.cancelled").data["points"] == back
    captured = status in ("ready", "picking", "packed")
    assert order.events.get(kind="order.cancelled").reason == "changed my mind"
    assert list(Refund.objects.values_list("reference", "points")) == (
        [(f"{order.number}/cancel", back)] if captured else []
    )
    assert moved.points_refunded == (back if captured else 0)


def test_cancel_splits_what_goes_back_over_the_lines() -> None:
    somebody = member(points=1000)
    order = picking(
        somebody, (sku(stock=5, price=33), 1), (sku(stock=5, price=33), 1), (sku(stock=5, price=34), 1)
    )
    orders.cancel_orders([move(order)])
    parts = list(order.lines.order_by("position").values_list("points_refunded", flat=True))
    assert (parts, sum(parts), fresh(order).points_refunded) == ([32, 31, 32], 95, 95)
    assert (
        list(Refund.objects.get().lines.order_by("line__position").values_list("points", flat=True)) == parts
    )


def test_cancel_gives_points_back_to_their_lots() -> None:
    somebody, mug = member(), sku(stock=5, price=150)
    grant(somebody, 100, days=5, reference="early")
    grant(somebody, 100, days=10, reference="late")
    order = placed(somebody, (mug, 1))
    orders.cancel_orders([move(order)])
    lots = somebody.account.lots.values_list("reference", "remaining", "held")
    assert list(lots) == [("early", 100, 0), ("late", 100, 0)]


def test_cancel_takes_an_order_off_the_reviewers_list() -> None:
    order = under_review(member(points=1000), (sku(stock=5), 1))
    orders.cancel_orders([move(order, at=LATER, by="member:1")])
    task = ReviewTask.objects.get()
    assert (task.decision, task.decided_by, task.decided_at) == ("withdrawn", "member:1", LATER)


@pytest.mark.parametrize(("shown", "is_refused"), [(None, False), (9, False), (0, True), (10, True)])
def test_cancel_refuses_a_fee_that_was_not_shown(shown: int | None, is_refused: bool) -> None:
    order = picking(member(points=1000), (sku(stock=5, price=199), 1))
    before = everything_of(order)
    asked = orders.Move(order.pk, AT, "member:1", data={} if shown is None else {"fee": shown})
    if is_refused:
        with pytest.raises(FeeChanged) as refused:
            orders.cancel_orders([asked])
        assert (refused.value.detail, everything_of(order)) == ({"fee": 9}, before)
    else:
        orders.cancel_orders([asked])
        assert fresh(order).status == "cancelled"


def test_cancel_of_a_mixed_batch_gives_each_order_its_own() -> None:
    mug = sku(stock=9, price=100)
    one, two, three = (member(points=100) for _ in range(3))
    batch = [placed(one, (mug, 1)), picking(two, (mug, 1)), under_review(three, (mug, 1))]
    orders.cancel_orders([move(order) for order in reversed(batch)])
    assert [points_of(each) for each in (one, two, three)] == [(100, 0), (95, 0), (100, 0)]
    assert stock_of(mug) == (9, 0)


def test_expire_gives_everything_back() -> None:
    somebody, mug = member(points=100), sku(stock=5)
    order = awaiting_payment(somebody, (mug, 1))
    orders.expire_orders([move(order, at=LATER)])
    assert (points_of(somebody), stock_of(mug), fresh(order).ended_at) == ((100, 0), (5, 0), LATER)
    assert order.events.get(kind="order.expired").data == {"points": 100}


# --- Sent, received, closed


def test_mark_shipped_takes_the_units_out_of_the_house() -> None:
    somebody, mug = member(points=1000), sku(stock=5)
    order = packed(somebody, (mug, 3))
    parcels = {"parcels": [{"number": "1", "waybill": "SF1"}]}
    orders.mark_shipped([orders.Move(order.pk, LATER, "operator:wang", data=parcels)])
    assert (stock_of(mug), order.lines.get().shipped, fresh(order).shipped_at) == ((2, 0), 3, LATER)
    assert order.events.get(kind="order.shipped").data == parcels


def test_mark_delivered_leaves_an_order_that_its_member_confirmed_signed() -> None:
    order, other = (shipped(member(points=100), (sku(stock=1), 1)) for _ in range(2))
    orders.confirm_receipt([move(order, by="member:1")])
    before = everything_of(order)
    moved = orders.mark_delivered([move(order, at=LATER), move(other, at=LATER)])
    assert ([each.pk for each in moved], everything_of(order)) == ([other.pk], before)
    assert (fresh(other).status, fresh(other).delivered_at) == ("delivered", LATER)
    assert orders.mark_delivered([move(order), move(other)]) == []


def test_an_open_case_keeps_an_order_from_closing() -> None:
    order = signed(member(points=100), (sku(stock=1), 1))
    orders.open_case(move(order))
    before = everything_of(order)
    with pytest.raises(orders.CaseOpen):
        orders.close_orders([move(order)])
    assert everything_of(order) == before
    orders.end_case(move(order))
    orders.close_orders([move(order)])
    assert list(order.events.order_by("seq").values_list("kind", flat=True))[-3:] == [
        "order.case_opened",
        "order.case_ended",
        "order.closed",
    ]


@pytest.mark.parametrize("status", MAKERS)
def test_a_case_opens_once_something_has_arrived_and_until_the_order_is_closed(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    before = everything_of(order)
    if status in ("delivered", "signed"):
        assert orders.open_case(move(order)).open_cases == 1
        assert last_event(order)[1:4] == ("order.case_opened", status, status)
        return
    with pytest.raises(orders.TransitionRefused):
        orders.open_case(move(order))
    assert everything_of(order) == before


# --- Refunded per line


def refund(order: Order, *wanted: tuple[OrderLine, int], reference: str = "R1") -> Refund:
    returns = [orders.LineReturn(line.pk, quantity) for line, quantity in wanted]
    return orders.refund_lines(
        order.pk, returns, reference=reference, reason="broken", at=LATER, by="operator:lin"
    )


def test_refund_lines_gives_back_the_points_of_each_unit() -> None:
    somebody = member(points=1000)
    order = delivered(somebody, (sku(stock=5, price=100), 3), (sku(stock=5, price=30), 1))
    three, one = order.lines.order_by("position")
    given = refund(order, (three, 2), (one, 1))
    assert (given.points, points_of(somebody), fresh(order).points_refunded) == (230, (900, 0), 230)
    assert list(order.lines.order_by("position").values_list("returned", "points_refunded")) == [
        (2, 200),
        (1, 30),
    ]
    assert list(given.lines.order_by("pk").values_list("line", "quantity", "points")) == [
        (three.pk, 2, 200),
        (one.pk, 1, 30),
    ]
    event = order.events.get(kind="order.refunded")
    assert (event.data, event.from_status, event.to_status) == (
        {"points": 230, "refund": "R1"},
        "delivered",
        "delivered",
    )


def test_refund_lines_happens_once_for_each_reference() -> None:
    order = delivered(member(points=1000), (sku(stock=5, price=100), 3))
    line = order.lines.get()
    first = refund(order, (line, 1))
    before = everything_of(order)
    assert (refund(order, (line, 2)), everything_of(order)) == (first, before)


def test_refund_lines_refuses_more_than_was_sent_and_has_not_come_back() -> None:
    order = delivered(member(points=1000), (sku(stock=5, price=100), 3))
    foreign = delivered(member(points=1000), (sku(stock=5, price=100), 3)).lines.get()
    line = order.lines.get()
    refund(order, (line, 1))
    before = everything_of(order)
    wrong: list[tuple[type[Refusal], list[tuple[OrderLine, int]]]] = [
        (InvalidInput, [(line, 3)]),
        (InvalidInput, [(line, 0)]),
        (InvalidInput, [(line, -1)]),
        (InvalidInput, [(line, 1), (line, 2)]),
        (NotFound, []),
        (NotFound, [(line, 1), (foreign, 1)]),
    ]
    for refusal, wanted in wrong:
        with pytest.raises(refusal):
            refund(order, *wanted, reference="R2")
        assert everything_of(order) == before


@pytest.mark.parametrize("status", ["ready", "packed", "cancelled"])
def test_refund_lines_refuses_what_was_never_sent(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    before = everything_of(order)
    with pytest.raises(InvalidInput):
        refund(order, (order.lines.get(), 1))
    assert everything_of(order) == before


# --- The clock


@pytest.mark.parametrize(
    ("status", "after"), [("delivered", "signed"), ("signed", "closed"), ("awaiting_payment", "expired")]
)
def test_run_deadlines_does_what_time_does(status: str, after: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    assert orders.run_deadlines(at=order.deadline_at - timedelta(microseconds=1)) == 0
    assert orders.run_deadlines(at=order.deadline_at) == 1
    assert (fresh(order).status, last_event(order)[4]) == (after, "clock")


@pytest.mark.parametrize("status", ["under_review", "ready", "picking", "packed", "shipped"])
def test_run_deadlines_calls_a_person_where_only_a_person_can_help(status: str) -> None:
    order = MAKERS[status](member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    for _ in range(2):
        orders.run_deadlines(at=order.deadline_at)
    (case,) = ExceptionCase.objects.all()
    assert (case.kind, case.status_then, case.opened_at, fresh(order).status) == (
        "overdue",
        status,
        order.deadline_at,
        status,
    )
    assert last_event(order)[1:5] == ("order.overdue", status, status, "clock")


def test_a_case_about_lateness_ends_when_the_order_moves_on() -> None:
    order = placed(member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    orders.run_deadlines(at=order.deadline_at)
    orders.cancel_orders([move(order, at=order.deadline_at + HOUR)])
    case = ExceptionCase.objects.get()
    assert (case.resolved_at, case.resolved_by) == (order.deadline_at + HOUR, "clock")


def test_resolve_case_gives_a_late_order_a_day_more() -> None:
    order = placed(member(points=100), (sku(stock=1), 1))
    assert order.deadline_at is not None
    late = order.deadline_at + HOUR
    orders.run_deadlines(at=late)
    case = ExceptionCase.objects.get()
    orders.resolve_case(case.pk, note="the lift is repaired", at=late, by="operator:lin")
    case.refresh_from_db()
    assert (case.resolved_at, case.resolved_by, case.note) == (late, "operator:lin", "the lift is repaired")
    assert fresh(order).deadline_at == late + DAY
    assert orders.run_deadlines(at=late + DAY) == 1
    assert ExceptionCase.objects.filter(resolved_at=None).count() == 1


def test_run_deadlines_lets_an_order_that_cannot_move_delay_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = (signed(member(points=100), (sku(stock=1), 1)) for _ in range(2))
    close = clock._ACTS[Order.Status.SIGNED]

    def close_or_break(moves: Sequence[orders.Move]) -> list[Order]:
        if moves[0].order_id == stuck.pk:
            raise IntegrityError
        return close(moves)

    monkeypatch.setitem(clock._ACTS, Order.Status.SIGNED, close_or_break)
    assert orders.run_deadlines(at=AT + 99 * DAY) == 2
    assert [fresh(stuck).status, fresh(other).status] == ["signed", "closed"]


def test_run_deadlines_leaves_an_order_with_an_open_case_alone() -> None:
    order = signed(member(points=100), (sku(stock=1), 1))
    orders.open_case(move(order))
    assert orders.run_deadlines(at=AT + 99 * DAY) == 0
    assert fresh(order).status == "signed"


def test_run_deadlines_lets_one_order_in_the_way_delay_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, free = (signed(member(points=100), (sku(stock=1), 1)) for _ in range(2))

    def close(moves: list[orders.Move]) -> list[Order]:
        if moves[0].order_id == stuck.pk:
            raise orders.CaseOpen
        return orders.close_orders(moves)

    monkeypatch.setitem(clock._ACTS, "signed", close)
    assert orders.run_deadlines(at=AT + 99 * DAY) == 2
    assert [fresh(stuck).status, fresh(free).status] == ["signed", "closed"]


def test_events_are_numbered_without_a_gap_over_a_whole_life() -> None:
    order = closed(member(points=100), (sku(stock=1), 1))
    steps = list(
        OrderEvent.objects.filter(order=order).order_by("seq").values_list("seq", "from_status", "to_status")
    )
    path = ["", "created", "ready", "picking", "packed", "shipped", "delivered", "signed", "closed"]
    assert steps == [(seq, *step) for seq, step in enumerate(pairwise(path), start=1)]
