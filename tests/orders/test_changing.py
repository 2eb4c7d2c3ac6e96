"""Single units taken out of an order, and orders sent elsewhere: what moves, what is refused, what stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from foundation.refusals import InvalidInput, NotFound
from inventory.models import Reservation
from logistics import services as logistics
from members import services as people
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import ExceptionCase, Order, OrderLine, ReviewRule, ReviewTask
from orders.rules.placement import AddressUnknown
from tests.worlds import (
    AT,
    address,
    delivered,
    member,
    move,
    packed,
    pick_task,
    picking,
    placed,
    points_of,
    region,
    shipped,
    sku,
    stock_of,
    under_review,
)

pytestmark = pytest.mark.django_db


def cancel(order: Order, *units: int, key: str = "click") -> Order:
    """Cancel so many units of each line."""
    lines = list(order.lines.order_by("position"))
    wanted = [
        orders.LineCancel(line.pk, quantity) for line, quantity in zip(lines, units, strict=False) if quantity
    ]
    return orders.cancel_units(move(order, by=f"member:{order.member.number}"), wanted, key=key)


def units_of(order: Order) -> list[tuple[int, int, int]]:
    return list(
        OrderLine.objects.filter(order=order)
        .order_by("position")
        .values_list("quantity", "cancelled", "points_refunded")
    )


# --- Part cancels


def test_cancel_units_gives_their_points_and_stock_back_and_the_rest_goes_on() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = placed(somebody, (mug, 3), (tea, 2))
    cancel(order, 1, 2)
    order.refresh_from_db()
    assert (order.status, order.points_refunded, order.points_cancelled) == ("ready", 200, 200)
    assert units_of(order) == [(3, 1, 100), (2, 2, 100)]
    assert points_of(somebody) == (800, 0)
    assert (stock_of(mug), stock_of(tea)) == ((9, 2), (9, 0))
    assert list(
        Reservation.objects.order_by("reference").values_list("quantity", "given_back", "outcome")
    ) == [(2, 1, ""), (2, 0, "released")]
    event = order.events.last()
    assert event is not None
    assert (event.kind, event.data["units"], event.data["points"]) == (
        "order.units_cancelled",
        {"1": 1, "2": 2},
        200,
    )


def test_the_same_click_cancels_once() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = placed(somebody, (mug, 3))
    cancel(order, 1)
    cancel(order, 1)
    assert units_of(order) == [(3, 1, 100)]
    cancel(order, 1, key="another")
    assert units_of(order) == [(3, 2, 200)]
    cancel(order, 1, key="last")
    order.refresh_from_db()
    assert (order.status, units_of(order)) == ("cancelled", [(3, 3, 300)])
    cancel(order, 1, key="last")
    assert (points_of(somebody), stock_of(mug)) == ((1_000, 0), (9, 0))


def test_the_last_unit_cancels_the_order() -> None:
    somebody, mug = member(points=300), sku(stock=3, price=100)
    order = placed(somebody, (mug, 3))
    cancel(order, 3)
    order.refresh_from_db()
    assert (order.status, order.points_cancelled, points_of(somebody)) == ("cancelled", 300, (300, 0))


def test_cancelling_whole_after_a_part_takes_the_fee_of_what_is_left() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    order = placed(somebody, (mug, 4))
    cancel(order, 1)
    logistics.start_picking([logistics.TaskMove(pick_task(order).pk, AT, "operator:wang")])
    orders.cancel_orders([move(order)])
    order.refresh_from_db()
    assert (order.status, order.points_refunded, points_of(somebody)) == ("cancelled", 385, (985, 0))
    assert (units_of(order), stock_of(mug)) == ([(4, 4, 385)], (9, 0))


def test_only_what_is_left_is_picked_and_sent() -> None:
    somebody, mug, tea = member(points=1_000), sku(stock=9, price=100), sku(stock=9, price=50)
    order = placed(somebody, (mug, 3), (tea, 1))
    task = pick_task(order)
    cancel(order, 1, 1)
    logistics.start_picking(
        [logistics.TaskMove(task.pk, AT, "operator:wang")]
    )  # before the fact was delivered
    assert list(task.lines.values_list("quantity", flat=True)) == [2]
    while events.deliver_waiting(at=AT):
        pass
    assert list(task.lines.values_list("quantity", flat=True)) == [2]
    logistics.pick_all([logistics.TaskMove(task.pk, AT, "operator:wang")])


def test_a_task_opened_later_and_one_told_of_it_need_only_what_is_left() -> None:
    somebody, mug = member(points=1_000), sku(stock=9, price=100)
    early, late = placed(somebody, (mug, 3)), placed(somebody, (mug, 3))
    tasks = [pick_task(early)]
    cancel(early, 1)
    cancel(late, 2)
    tasks.append(pick_task(late))
    while events.deliver_waiting(at=AT):
        pass
    assert [task.lines.get().quantity for task in tasks] == [2, 1]


@pytest.mark.parametrize("make", [shipped, delivered])
def test_cancel_units_is_refused_once_the_order_is_sent(make: Callable[..., Order]) -> None:
    order = make(member(points=1_000), (sku(stock=9), 3))
    with pytest.raises(orders.TransitionRefused):
        cancel(order, 1)
    assert units_of(order) == [(3, 0, 0)]


def test_cancel_units_refuses_what_is_not_there() -> None:
    order = placed(member(points=1_000), (sku(stock=9), 3))
    line = order.lines.get()
    foreign = placed(member(points=1_000), (sku(stock=9), 1)).lines.get()
    for wanted, refusal in (
        ([], InvalidInput),
        ([orders.LineCancel(line.pk, 0)], InvalidInput),
        ([orders.LineCancel(line.pk, 4)], InvalidInput),
        ([orders.LineCancel(line.pk, 1)] * 2, InvalidInput),
        ([orders.LineCancel(foreign.pk, 1)], NotFound),
    ):
        with pytest.raises(refusal):
            orders.cancel_units(move(order), wanted, key="x")
    assert units_of(order) == [(3, 0, 0)]


# --- Another address


def elsewhere(of: Member, code: str = "310104") -> int:
    return people.add_address(
        of.pk,
        recipient="王五",
        phone="13900000000",
        region_code=code,
        detail="新街 2 号",
        is_default=False,
        at=AT,
    ).pk


def change(order: Order, address_id: int) -> Order:
    return orders.change_address(move(order, by=f"member:{order.member.number}"), address_id)


def test_change_address_takes_a_snapshot_and_records_the_way_once() -> None:
    somebody = member(points=1_000)
    order = placed(somebody, (sku(stock=9), 1))
    new = elsewhere(somebody)
    for _ in range(2):
        change(order, new)
    order.refresh_from_db()
    assert (order.address_id, order.recipient, order.recipient_phone, order.address_detail) == (
        new,
        "王五",
        "13900000000",
        "新街 2 号",
    )
    (event,) = order.events.filter(kind="order.address_changed")
    assert (event.by, event.data["region"]) == (f"member:{somebody.number}", region().code)
    assert (event.from_status, event.to_status) == ("ready", "ready")


def test_change_address_takes_only_addresses_of_the_member_that_are_served() -> None:
    somebody = member(points=1_000)
    order = placed(somebody, (sku(stock=9), 1))
    gone = address(somebody)
    people.retire_address(somebody.pk, gone.pk, at=AT)
    for pk in (address(member()).pk, gone.pk, 0):
        with pytest.raises(AddressUnknown):
            change(order, pk)
    served = elsewhere(somebody)
    region().__class__.objects.update(is_served=False)
    with pytest.raises(AddressUnknown):
        change(order, served)
    assert not order.events.filter(kind="order.address_changed").exists()


def test_change_address_is_refused_once_a_carrier_knows_it() -> None:
    somebody = member(points=1_000)
    order = packed(somebody, (sku(stock=9), 1))
    with pytest.raises(orders.AddressFinal):
        change(order, elsewhere(somebody))
    with pytest.raises(orders.TransitionRefused):
        change(shipped(somebody, (sku(stock=9), 1)), elsewhere(somebody))


def test_a_new_address_stops_a_ready_order_until_somebody_looked() -> None:
    somebody = member(points=1_000)
    order = placed(somebody, (sku(stock=9), 1))
    task = pick_task(order)
    ReviewRule.objects.create(kind="first_to_address")
    change(order, elsewhere(somebody))
    with pytest.raises(orders.OnHold):
        logistics.start_picking([logistics.TaskMove(task.pk, AT, "operator:wang")])
    case = ExceptionCase.objects.get(kind="new_address")
    orders.resolve_case(case.pk, note="called them", at=AT, by="operator:lin")
    logistics.start_picking([logistics.TaskMove(task.pk, AT, "operator:wang")])


def test_back_to_a_known_address_lets_a_stopped_order_go_on() -> None:
    somebody = member(points=1_000)
    order = placed(somebody, (sku(stock=9), 1))
    known = elsewhere(somebody)
    placed(somebody, (sku(stock=9), 1), address_id=known)
    ReviewRule.objects.create(kind="first_to_address")
    change(order, elsewhere(somebody))
    change(order, known)
    order.refresh_from_db()
    assert (order.on_hold_reason, ExceptionCase.objects.get().resolved_by) == (
        "",
        f"member:{somebody.number}",
    )


def test_a_reviewer_sees_that_the_address_became_a_new_one() -> None:
    somebody = member(points=1_000)
    order = under_review(somebody, (sku(stock=9), 1))
    ReviewRule.objects.create(kind="first_to_address")
    change(order, elsewhere(somebody))
    assert ReviewTask.objects.get().hits == ["high_value", "first_to_address"]


def test_a_new_address_is_refused_while_the_gift_is_picked() -> None:
    somebody = member(points=1_000)
    order = picking(somebody, (sku(stock=9), 1))
    ReviewRule.objects.create(kind="first_to_address")
    with pytest.raises(orders.AddressUnchecked):
        change(order, elsewhere(somebody))
