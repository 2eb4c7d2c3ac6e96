"""Two workers hand out codes: each unit its own, each order once; each guard of them taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

import pytest
from django.db import models

from foundation.sql import update_rows
from inventory.models import VirtualCode
from inventory.services import codes
from orders.models import Order
from orders.services import virtual
from orders.services.moving import Move
from tests.orders.test_virtual import voucher
from tests.races.racing import Guard, Guards, Meeting, each_alone, race, row_locks, tally, trigger
from tests.races.test_moves import EDGES, SEQUENCE
from tests.worlds import AT, member, placed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def two_workers(patch: pytest.MonkeyPatch, orders: Sequence[Order]) -> Counter[str]:
    """Two workers take codes for an order each, and meet when both have chosen and none has written."""
    meeting = Meeting(2)

    def written(rows: Iterable[models.Model], fields: Sequence[str]) -> None:
        meeting.wait()
        update_rows(rows, fields)

    patch.setattr(codes, "update_rows", written)
    works = [partial(virtual._issue, Move(order.pk, AT, "worker")) for order in orders]
    outcomes = race(*works, meeting=meeting)
    return tally(outcomes) if len(set(orders)) > 1 else Counter(str(outcome) for outcome in outcomes)


def two_orders() -> list[Order]:
    sku = voucher(2)
    return [placed(member(points=100), (sku, 1), address_id=None) for _ in range(2)]


def test_two_workers_give_two_codes(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = two_orders()
    assert two_workers(monkeypatch, orders) == Counter(done=2)
    given = set(VirtualCode.objects.values_list("reference", flat=True))
    assert given == {f"{order.number}/1/1" for order in orders}


def test_without_locks_a_code_is_still_given_once(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    guards.off(row_locks)
    orders = two_orders()
    assert two_workers(monkeypatch, orders) == Counter(done=1, InternalError=1)
    assert VirtualCode.objects.exclude(reference="").count() == 1
    assert sorted(Order.objects.values_list("status", flat=True)) == ["delivered", "ready"]


def test_without_locks_and_trigger_a_code_is_given_twice(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, trigger(VirtualCode, "given_once"))
    assert two_workers(monkeypatch, two_orders()) == Counter(done=2)
    assert VirtualCode.objects.exclude(reference="").count() == 1  # the one who was first has none any more


# --- One order, two workers


def handed_out(patch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Let two workers hand out one order; return how many did, and how many facts say so."""
    order = placed(member(points=100), (voucher(2), 1), address_id=None)
    outcomes = two_workers(patch, [order, order])
    return outcomes["True"], order.events.filter(kind="order.issued").count()


@pytest.mark.parametrize("off", each_alone(row_locks, EDGES, SEQUENCE))
def test_two_workers_hand_an_order_out_once(
    guards: Guards, off: tuple[Guard, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(*off)
    assert handed_out(monkeypatch) == (1, 1)
    assert VirtualCode.objects.exclude(reference="").count() == 1


def test_two_workers_hand_an_order_out_twice_without_guards(
    guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks, EDGES, SEQUENCE)
    assert handed_out(monkeypatch) == (2, 2)
