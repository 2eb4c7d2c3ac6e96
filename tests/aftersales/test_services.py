"""Refunds of what arrived: asked for, decided, paid back; and their refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from aftersales import services as aftersales
from aftersales.models import ReturnLine, ReturnRequest
from foundation.refusals import InvalidInput, NotFound
from inventory.models import StockMovement
from members.models import Message
from orders import services as orders
from orders.models import Order, Refund
from tests.worlds import AT, delivered, member, move, placed, points_of, shipped, signed, sku, stock_of

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)


@pytest.fixture
def order() -> Order:
    """A delivered order of three mugs and a lamp, by somebody with 1000 points."""
    return delivered(member(points=1000), (sku(stock=5, price=100), 3), (sku(stock=5, price=40), 1))


def asked(order: Order, *wanted: tuple[int, int], reason: str = "broken", by: str = "") -> ReturnRequest:
    """Ask for units by line position, or for everything."""
    lines = {line.position: line.pk for line in order.lines.all()}
    units = [aftersales.Wanted(lines.get(position, 0), quantity) for position, quantity in wanted] or None
    return aftersales.request_refund(
        order.pk, units, reason=reason, at=AT, by=by or f"member:{order.member.number}"
    )


def approve(
    request: ReturnRequest,
    dispositions: dict[int, str] | None = None,
    *,
    note: str = "",
    by: str = "operator:lin",
) -> ReturnRequest:
    return aftersales.approve_refund(request.pk, dispositions or {}, note=note, at=LATER, by=by)


def everything() -> tuple[object, ...]:
    models = (ReturnRequest, ReturnLine, Order, Refund, StockMovement, Message)
    return tuple(list(model._default_manager.order_by("pk").values_list()) for model in models)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


# --- Asked for


def test_request_refund_of_everything_names_each_unit_that_arrived(order: Order) -> None:
    request = asked(order)
    assert (request.number, request.status, request.reason, request.requested_at, request.due_at) == (
        f"{order.number}-R1",
        "requested",
        "broken",
        AT,
        AT + aftersales.ANSWER_WITHIN,
    )
    assert list(request.lines.order_by("pk").values_list("order_line__position", "quantity")) == [
        (1, 3),
        (2, 1),
    ]
    assert (fresh(order).open_cases, order.events.get(kind="order.case_opened").data) == (
        1,
        {"request": request.number},
    )
    assert points_of(order.member) == (660, 0)


def test_request_refund_per_line_until_nothing_is_left(order: Order) -> None:
    for number, units in enumerate(([(1, 2)], [(1, 1), (2, 1)]), start=1):
        request = asked(order, *units)
        assert request.number == f"{order.number}-R{number}"
        approve(request)
    before = everything()
    with pytest.raises(InvalidInput) as refused:
        asked(order)
    assert (refused.value.detail, everything()) == ({"field": "lines"}, before)


@pytest.mark.parametrize(
    ("refusal", "units", "reason"),
    [
        (InvalidInput, [(1, 0)], "broken"),
        (InvalidInput, [(1, -1)], "broken"),
        (InvalidInput, [(1, 4)], "broken"),
        (InvalidInput, [(1, 1), (1, 1)], "broken"),
        (InvalidInput, [(1, 1)], "  "),
        (NotFound, [(1, 1), (9, 1)], "broken"),
    ],
)
def test_request_refund_refuses_what_cannot_come_back(
    order: Order, refusal: type[Exception], units: list[tuple[int, int]], reason: str
) -> None:
    before = everything()
    with pytest.raises(refusal):
        asked(order, *units, reason=reason)
    assert everything() == before


def test_request_refund_refuses_a_foreign_line(order: Order) -> None:
    foreign = delivered(member(points=100), (sku(stock=1), 1)).lines.get()
    before = everything()
    with pytest.raises(NotFound):
        aftersales.request_refund(
            order.pk, [aftersales.Wanted(foreign.pk, 1)], reason="broken", at=AT, by="member:1"
        )
    assert everything() == before


def closed(*words: object) -> Order:
    order = signed(*words)  # type: ignore[arg-type]
    orders.close_orders([move(order)])
    return fresh(order)


@pytest.mark.parametrize("make", [placed, shipped, closed])
def test_request_refund_needs_something_that_arrived(make: Callable[..., Order]) -> None:
    order = make(member(points=100), (sku(stock=1), 1))
    before = everything()
    with pytest.raises(aftersales.NotDelivered):
        asked(order)
    assert everything() == before


def test_request_refund_takes_one_request_at_a_time(order: Order) -> None:
    asked(order, (1, 1))
    before = everything()
    with pytest.raises(aftersales.RequestOpen):
        asked(order, (2, 1))
    assert everything() == before


def test_a_signed_order_can_still_be_refunded() -> None:
    somebody = member(points=100)
    order = signed(somebody, (sku(stock=1), 1))
    approve(asked(order))
    assert (fresh(order).status, points_of(somebody)) == ("signed", (100, 0))


# --- Approved


def test_approve_refund_gives_points_back_and_restocks_what_it_is_told(order: Order) -> None:
    request = asked(order, (1, 2), (2, 1))
    _first, second = request.lines.order_by("order_line__position")
    approve(request, {second.pk: "write_off"}, note="sorry")
    request.refresh_from_db()
    assert (request.status, request.decided_by, request.decided_at, request.decision_note) == (
        "refunded",
        "operator:lin",
        LATER,
        "sorry",
    )
    mug, lamp = (line.sku for line in order.lines.order_by("position"))
    assert (points_of(order.member), stock_of(mug), stock_of(lamp)) == ((900, 0), (4, 0), (4, 0))
    assert list(ReturnLine.objects.order_by("pk").values_list("disposition", flat=True)) == [
        "restock",
        "write_off",
    ]
    now = fresh(order)
    assert (now.points_refunded, now.open_cases, now.status) == (240, 0, "delivered")
    assert list(now.events.order_by("seq").values_list("kind", flat=True))[-3:] == [
        "order.case_opened",
        "order.refunded",
        "order.case_ended",
    ]
    assert list(order.lines.order_by("position").values_list("returned", "points_refunded")) == [
        (2, 200),
        (1, 40),
    ]


def test_approve_refund_lets_the_order_close_afterwards(order: Order) -> None:
    request = asked(order)
    orders.confirm_receipt([move(order)])
    with pytest.raises(orders.CaseOpen):
        orders.close_orders([move(order)])
    approve(request)
    orders.close_orders([move(order)])
    assert fresh(order).status == "closed"


def test_approve_refund_is_not_for_whoever_asked(order: Order) -> None:
    request = asked(order, by="operator:lin")
    before = everything()
    with pytest.raises(orders.OwnOrder):
        approve(request)
    assert everything() == before


def test_approve_refund_refuses_a_fate_that_does_not_exist(order: Order) -> None:
    request = asked(order, (1, 1))
    before = everything()
    with pytest.raises(InvalidInput):
        approve(request, {request.lines.get().pk: "eat"})
    assert everything() == before


# --- Rejected, withdrawn


def test_reject_refund_tells_the_member_why(order: Order) -> None:
    request = asked(order)
    aftersales.reject_refund(request.pk, note="looks used", at=LATER, by="operator:lin")
    request.refresh_from_db()
    assert (request.status, request.decision_note, fresh(order).open_cases) == ("rejected", "looks used", 0)
    assert points_of(order.member) == (660, 0)
    told = Message.objects.get(channel="inbox", template="refund.rejected")
    assert (told.member, told.context) == (order.member, {"number": order.number, "reason": "looks used"})


def test_reject_refund_needs_an_answer(order: Order) -> None:
    request = asked(order)
    before = everything()
    with pytest.raises(orders.ReasonRequired):
        aftersales.reject_refund(request.pk, note=" ", at=LATER, by="operator:lin")
    assert everything() == before


def test_withdraw_refund_ends_the_case_and_another_may_follow(order: Order) -> None:
    request = asked(order)
    aftersales.withdraw_refund(request.pk, at=LATER, by=request.requested_by)
    request.refresh_from_db()
    assert (request.status, fresh(order).open_cases, points_of(order.member)) == ("withdrawn", 0, (660, 0))
    assert asked(order).number == f"{order.number}-R2"


DECISIONS: dict[str, Callable[[ReturnRequest], object]] = {
    "refunded": approve,
    "rejected": lambda it: aftersales.reject_refund(it.pk, note="no", at=LATER, by="operator:wang"),
    "withdrawn": lambda it: aftersales.withdraw_refund(it.pk, at=LATER, by="member:1"),
}


@pytest.mark.parametrize("first", DECISIONS)
@pytest.mark.parametrize("second", DECISIONS)
def test_a_request_is_decided_once(order: Order, first: str, second: str) -> None:
    request = asked(order)
    DECISIONS[first](request)
    request.refresh_from_db()
    assert request.status == first
    before = everything()
    with pytest.raises(aftersales.RequestDecided):
        DECISIONS[second](request)
    assert everything() == before


def test_a_request_that_does_not_exist_is_not_found() -> None:
    for decide in DECISIONS.values():
        with pytest.raises(NotFound):
            decide(ReturnRequest(pk=0))


# --- What the tables promise


@pytest.mark.parametrize(
    "changes", [{"status": "rejected"}, {"status": "refunded", "decided_by": "operator:lin"}]
)
def test_a_decided_request_has_its_author_and_moment(order: Order, changes: dict[str, str]) -> None:
    asked(order)
    with pytest.raises(IntegrityError, match="a_decided_request_has_its_author"), transaction.atomic():
        ReturnRequest.objects.update(**changes)


def test_the_machine_of_a_request() -> None:
    moves = {
        (transition.source, transition.target)
        for transition in ReturnRequest._meta.get_field("status").get_all_transitions(ReturnRequest)
    }
    assert moves == {
        ("requested", "approved"),
        ("approved", "refunded"),
        ("requested", "rejected"),
        ("requested", "withdrawn"),
    }
    with pytest.raises(TransitionNotAllowed):
        ReturnRequest(status="refunded").withdraw()


# --- Late


def test_a_request_that_nobody_answers_calls_somebody_once(order: Order) -> None:
    request = asked(order)
    due = request.due_at
    assert aftersales.run_deadlines(at=due - timedelta(seconds=1)) == 0
    assert aftersales.run_deadlines(at=due) == 1
    assert aftersales.run_deadlines(at=due + timedelta(hours=1)) == 0
    request.refresh_from_db()
    assert (request.escalated_at, request.status) == (due, "requested")
    aftersales.approve_refund(
        request.pk, {}, at=due + timedelta(hours=2), by="operator:lin"
    )  # still possible
    assert fresh(order).open_cases == 0


def test_a_request_that_is_answered_calls_nobody(order: Order) -> None:
    approve(request := asked(order))
    assert aftersales.run_deadlines(at=request.due_at + timedelta(days=9)) == 0
