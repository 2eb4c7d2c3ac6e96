"""How every order moves: lock, re-read, check, transition, save, effects below, record the fact.

All verbs take a batch; a click is a batch of one. Either the whole batch moves or nothing does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed, can_proceed

from foundation.refusals import NotFound, Refusal
from foundation.sql import Statement
from orders.models import Order, OrderEvent
from orders.rules.deadlines import deadline
from orders.services.writing import EVENT_COLUMNS, event_row

Kind = OrderEvent.Kind


class TransitionRefused(Refusal):
    """The order's state does not allow the move, or no longer does."""

    code = "transition_not_allowed"
    message = _("This cannot be done now: the order is “%(status)s”.")


@dataclass(frozen=True, slots=True)
class Move:
    """Why, when and by whom one order moves. History is recorded but nobody acts on it any more."""

    order_id: int
    at: datetime
    by: str
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    is_history: bool = False


def lock_orders(moves: Sequence[Move]) -> list[Order]:
    """Lock the orders of a batch in the order of their ids and return them in the order of the moves.

    :raises NotFound: one of them does not exist
    """
    locked = {
        order.pk: order
        for order in Order.objects.filter(pk__any={move.order_id for move in moves})
        .order_by("pk")
        .select_for_update(of=("self",))
    }
    if any(move.order_id not in locked for move in moves):
        raise NotFound
    return [locked[move.order_id] for move in moves]


def advance(
    orders: Sequence[Order],
    moves: Sequence[Move],
    transition: Callable[[Order], Callable[..., object]],
    kind: str,
) -> list[dict[str, object]]:
    """Move locked orders through a transition and return the facts to be recorded; nothing is written yet.

    :raises TransitionRefused: the first order whose state does not allow it
    """
    facts = []
    for order, move in zip(orders, moves, strict=True):
        method, before = transition(order), order.status
        if not can_proceed(method):
            raise TransitionRefused(status=order.get_status_display())
        try:
            method(at=move.at)
        except TransitionNotAllowed as refused:
            raise TransitionRefused(status=order.get_status_display()) from refused
        order.deadline_at = deadline(order.status, move.at)
        facts.append(fact(order, kind, move, before=before))
    return facts


def fact(order: Order, kind: str, move: Move, *, before: str | None = None) -> dict[str, object]:
    """Number the next fact of an order and return its row; without `before` the order stays where it is."""
    order.last_seq += 1
    path = (order.status if before is None else before, order.status)
    return event_row(
        order.pk,
        order.last_seq,
        kind,
        path,
        at=move.at,
        by=move.by,
        is_history=move.is_history,
        data=move.data,
    ) | {"words": move.reason}


_MOVING = (
    "status",
    "on_hold_reason",
    "entered_at",
    "deadline_at",
    "ready_at",
    "shipped_at",
    "delivered_at",
    "signed_at",
    "closed_at",
    "ended_at",
    "points_refunded",
    "points_cancelled",
    "open_cases",
    "last_seq",
)
_SAVE = Statement(
    "orders_save",
    "jsonb, jsonb",
    f"""
    WITH moved AS (
        UPDATE orders_order o SET {", ".join(f"{column} = r.{column}" for column in _MOVING)}
        FROM jsonb_populate_recordset(NULL::orders_order, $1) r WHERE o.id = r.id
    ), facts AS (
        SELECT {EVENT_COLUMNS} FROM jsonb_populate_recordset(NULL::orders_orderevent, $2)
    ), recorded AS (
        INSERT INTO orders_orderevent ({EVENT_COLUMNS}) SELECT {EVENT_COLUMNS} FROM facts
        RETURNING id, order_id, seq
    ), in_time_again AS (
        UPDATE orders_exceptioncase c SET resolved_at = f.occurred_at, resolved_by = 'clock'
        FROM facts f
        WHERE c.order_id = f.order_id AND c.kind = 'overdue' AND c.resolved_at IS NULL AND f.from_status <> f.to_status
    )
    INSERT INTO orders_remark (event_id, words)
    SELECT e.id, said.words
    FROM recorded e JOIN jsonb_to_recordset($2) said(order_id bigint, seq bigint, words text) USING (order_id, seq)
    WHERE said.words <> ''
    """,  # noqa: S608  (column names of our own)
)


def save(orders: Sequence[Order], facts: Sequence[dict[str, object]]) -> None:
    """Write what moved and the facts about it in one statement; a case about being late ends with the lateness."""
    rows = [
        {"id": order.pk} | {column: _plain(getattr(order, column)) for column in _MOVING} for order in orders
    ]
    _SAVE.change(json.dumps(rows), json.dumps(facts))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
