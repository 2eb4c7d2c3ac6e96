"""What an order's tables promise by themselves: edges, moments, sums, and rows that stay as they were written."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, models, transaction
from django_fsm import TransitionNotAllowed

from aftersales import services as aftersales
from orders.models import Order, OrderEvent, OrderLine, RedemptionRule, ReviewRule, ReviewTask
from orders.models.order import CAPTURED, EDGES, ENDED_EARLY, SENT, Status
from tests.worlds import AT, delivered, member, placed, sku, under_review

MOMENTS = {
    "ready_at": AT,
    "shipped_at": AT,
    "delivered_at": AT,
    "signed_at": AT,
    "closed_at": AT,
    "ended_at": AT,
}


@pytest.fixture
def order(db: None) -> Order:
    return placed(member(points=1000), (sku(stock=5), 2))


def put(order: Order, status: str, **moments: datetime | None) -> None:
    """Set a state as nobody may: past the service, the machine and the trigger."""
    with pgtrigger.ignore("orders.Order:status_moves_along_edges"):
        Order.objects.filter(pk=order.pk).update(status=status, **moments)


# --- The machine and its edges


def test_edges_are_those_of_the_machine() -> None:
    declared = {
        (transition.source, transition.target)
        for transition in Order._meta.get_field("status").get_all_transitions(Order)
    }
    assert sorted(declared) == sorted(EDGES)
    assert len(set(EDGES)) == len(EDGES)


def test_every_state_can_be_reached_and_left_unless_it_is_an_end() -> None:
    reached, left = {target for _source, target in EDGES}, {source for source, _target in EDGES}
    assert (set(Status) - reached, set(Status) - left) == ({"created"}, {*ENDED_EARLY, "closed"})


def test_groups_of_states_follow_from_the_edges() -> None:
    def after(*seeds: str) -> set[str]:
        found, before = set(seeds), set[str]()
        while found != before:
            before = set(found)
            found |= {target for source, target in EDGES if source in found}
        return found

    assert set(CAPTURED) == after("ready") - {"cancelled"}
    assert set(SENT) == after("shipped")


@pytest.mark.parametrize("source", Status)
def test_the_database_lets_a_status_move_along_edges_only(order: Order, source: Status) -> None:
    put(order, source, **MOMENTS)
    allowed = []
    for target in Status:
        try:
            with transaction.atomic():
                Order.objects.filter(pk=order.pk).update(status=target)
                allowed.append(str(target))
                transaction.set_rollback(True)
        except IntegrityError as refused:
            assert "cannot move from" in str(refused)  # noqa: PT017
    assert sorted(allowed) == sorted([str(source), *(target for start, target in EDGES if start == source)])


@pytest.mark.django_db
def test_the_machine_refuses_what_is_no_edge() -> None:
    names = [
        *("send_to_review", "ask_payment", "make_ready", "reject", "expire", "start_picking", "pack", "ship"),
        *("deliver", "sign", "close", "cancel", "issue"),
    ]
    done = set()
    for source, name in product(Status, names):
        order = Order(status=source)
        try:
            getattr(order, name)(at=AT)
        except TransitionNotAllowed:
            continue
        done.add((str(source), str(order.status)))
        assert order.entered_at == AT
    assert done == set(EDGES)


def test_a_status_is_not_set_by_hand(order: Order) -> None:
    with pytest.raises(AttributeError):
        order.status = "closed"


# --- Moments, sums and limits


@pytest.mark.parametrize(
    ("status", "missing", "constraint"),
    [
        *((status, "ready_at", "a_ready_order_was_captured") for status in CAPTURED),
        *((status, "shipped_at", "shipped_has_its_moment") for status in SENT),
        ("delivered", "delivered_at", "delivered_has_its_moment"),
        ("signed", "signed_at", "signed_has_its_moment"),
        ("closed", "signed_at", "signed_has_its_moment"),
        ("closed", "closed_at", "closed_has_its_moment"),
        *((status, "ended_at", "ended_has_its_moment") for status in ENDED_EARLY),
    ],
)
def test_a_state_has_the_moments_it_promises(
    order: Order, status: str, missing: str, constraint: str
) -> None:
    put(order, status, **MOMENTS)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**{missing: None})


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (Order, {"points_total": 0}, "an_order_costs_points"),
        (Order, {"cash_total": -1}, "an_order_costs_points"),
        (Order, {"points_refunded": -1}, "refunds_within_the_order"),
        (Order, {"points_refunded": 201}, "refunds_within_the_order"),
        (Order, {"open_cases": -1}, "open_cases"),
        (OrderLine, {"quantity": 0}, "a_line_orders_something"),
        (OrderLine, {"shipped": 2, "cancelled": 1}, "shipped_and_cancelled_within_quantity"),
        (OrderLine, {"shipped": 1, "returned": 2}, "returned_within_shipped"),
        (OrderLine, {"points_refunded": 201}, "line_refunds_within_the_line"),
    ],
)
def test_the_database_refuses_sums_that_cannot_be(
    order: Order, model: type[Order | OrderLine], changes: dict[str, int], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.all().update(**changes)


@pytest.mark.parametrize("copied", [{"requested_by", "request_id"}, {"number"}, {"channel", "external_ref"}])
def test_the_database_refuses_a_second_order_of_one_click(order: Order, copied: set[str]) -> None:
    first = placed(order.member, (sku(stock=1), 1), external_ref="B-1")
    fields = {field.attname: getattr(first, field.attname) for field in Order._meta.fields}
    other = {"id": None, "number": "1" * 18, "request_id": "other", "external_ref": "B-2"}
    with pytest.raises(IntegrityError, match=r"unique|one_order_per"), transaction.atomic():
        Order.objects.create(**fields | {name: value for name, value in other.items() if name not in copied})
    with transaction.atomic():
        Order.objects.create(**fields | other)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (RedemptionRule, {"kind": "tier_at_least"}),
        (RedemptionRule, {"kind": "max_per_order"}),
        (RedemptionRule, {"kind": "max_per_member"}),
        (RedemptionRule, {"kind": "max_per_period", "quantity": 1}),
        (RedemptionRule, {"kind": "max_per_period", "period": "day"}),
        (ReviewRule, {"kind": "new_member"}),
        (ReviewRule, {"kind": "many_orders", "orders": 1}),
        (ReviewRule, {"kind": "many_orders", "minutes": 1}),
    ],
)
def test_a_rule_names_what_it_needs(model: type[models.Model], fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="names"), transaction.atomic():
        model._default_manager.create(**fields)


@pytest.mark.django_db
def test_a_rule_concerns_a_gift_or_a_category_not_both() -> None:
    gift = sku().gift
    with pytest.raises(IntegrityError, match="a_rule_has_one_scope"), transaction.atomic():
        RedemptionRule.objects.create(kind="window", gift=gift, category=gift.category)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"decision": "approved"},
        {"decision": "approved", "decided_by": "operator:lin"},
        {"decision": "rejected", "decided_by": "operator:lin", "decided_at": AT},
    ],
)
def test_a_decision_has_its_author_moment_and_reason(changes: dict[str, object]) -> None:
    under_review(member(points=100), (sku(stock=1), 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewTask.objects.update(**changes)


def test_an_event_has_an_actor_and_a_number_of_its_own(order: Order) -> None:
    event = OrderEvent.objects.get(order=order, seq=2)
    fields = {field.attname: getattr(event, field.attname) for field in OrderEvent._meta.fields}
    for changes in ({"by": "", "seq": 3}, {"seq": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderEvent.objects.create(**fields | {"id": None} | changes)


# --- Rows that are written once


WRITTEN_ONCE = {
    "inventory.StockMovement",
    "logistics.TrackingEvent",
    "members.PointsPosting",
    "members.PointsTransaction",
    "orders.OrderEvent",
    "orders.Refund",
    "orders.RefundLine",
}


def test_these_tables_are_written_once() -> None:
    protected = {
        model._meta.label
        for model in apps.get_models()
        if "append_only" in {trigger.name for trigger in getattr(model._meta, "triggers", [])}
    }
    assert protected >= WRITTEN_ONCE


@pytest.fixture
def lived_in(db: None) -> None:
    """A row in every one of these tables."""
    order = delivered(member(points=100), (sku(stock=1), 1))
    request = aftersales.request_refund(order.pk, None, reason="broken", at=AT, by="member:1")
    aftersales.approve_refund(request.pk, {}, at=AT, by="operator:lin")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or what waits for the commit is in TRUNCATE's way


def test_a_table_that_is_written_once_refuses_update_delete_and_truncate(lived_in: None) -> None:
    changed = {
        "amount": "amount + 1",
        "points": "points + 1",
        "text": "'other'",
        "by": "'other'",
    }
    for label in sorted(WRITTEN_ONCE):
        model = apps.get_model(label)
        table, columns = model._meta.db_table, {field.column for field in model._meta.fields}
        column = next(name for name in changed if name in columns)
        before = list(model._default_manager.order_by("pk").values_list())
        for statement in (
            f"UPDATE {table} SET {column} = {changed[column]}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            refused = pytest.raises(
                (InternalError, IntegrityError), match=r"Cannot update|Cannot delete|never removed"
            )
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert list(model._default_manager.order_by("pk").values_list()) == before != []


def test_an_event_lets_only_its_delivery_marks_change(order: Order) -> None:
    marks = {"delivered_at": AT, "attempts": 1, "next_attempt_at": AT, "last_error": "x", "dead_at": AT}
    assert OrderEvent.objects.filter(order=order).update(**marks) == 2
    for name in {field.name for field in OrderEvent._meta.fields} - {"id", "order"} - marks.keys():
        value: object = {"seq": 9, "data": {"x": 1}, "occurred_at": AT.replace(year=2000)}.get(name, "other")
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            OrderEvent.objects.filter(order=order, seq=1).update(**{name: value})


def test_an_order_is_never_deleted(order: Order) -> None:
    with (
        pytest.raises(InternalError, match="Cannot delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM orders_order")
