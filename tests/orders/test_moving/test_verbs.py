"""Which verb moves which state where, for one order and for a batch, and what it records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.refusals import NotFound
from orders import services as orders
from orders.models import OrderEvent, ReviewRule
from orders.rules.deadlines import deadline
from tests.orders.test_moving.states import LATER, MAKERS, closed, everything_of, fresh, last_event
from tests.worlds import AT, member, move, placed, sku

pytestmark = pytest.mark.django_db


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


def test_events_are_numbered_without_a_gap_over_a_whole_life() -> None:
    order = closed(member(points=100), (sku(stock=1), 1))
    steps = list(
        OrderEvent.objects.filter(order=order).order_by("seq").values_list("seq", "from_status", "to_status")
    )
    path = ["", "created", "ready", "picking", "packed", "shipped", "delivered", "signed", "closed"]
    assert steps == [(seq, *step) for seq, step in enumerate(pairwise(path), start=1)]
