"""Placing orders: lock what a batch consumes, decide in plain Python, write set-based. A click is a batch of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.sql import Statement
from inventory import services as inventory
from members import services as members
from orders.models import Order, OrderEvent
from orders.models.order import Status
from orders.rules.deadlines import deadline
from orders.rules.placement import (
    Draft,
    IdempotencyMismatch,
    Past,
    PlacementRequest,
    World,
    decide,
    order_memory,
)
from orders.services.policy import current_policy, fresh_policy

BATCH = 200
"""Requests that share one transaction at most; more wait for the next."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line as the receipt names it."""

    sku: str
    name: str
    quantity: int
    unit_points: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An accepted order, as it stood when it was placed; the same for a retry as for the first call."""

    order_id: int
    number: str
    status: str
    placed_at: datetime
    points: int
    lines: tuple[PlacedLine, ...]
    is_replay: bool = False

    def receipt(self) -> dict[str, object]:
        """Return the answer to whoever placed the order."""
        return {
            "number": self.number,
            "status": self.status,
            "placed_at": self.placed_at.isoformat(),
            "points_total": self.points,
            "cash_total": 0,
            "lines": [
                {
                    "sku": line.sku,
                    "name": line.name,
                    "quantity": line.quantity,
                    "unit_points": line.unit_points,
                }
                for line in self.lines
            ],
        }


def place_orders(requests: Sequence[PlacementRequest]) -> list[Placed | Refusal]:
    """Place a batch of orders in one transaction and return each one's outcome, in their order.

    Each request is accepted or refused on its own. One that the database itself refuses takes only itself down:
    the others are placed one by one. The same `requested_by` and `request_id` again returns the first outcome.

    :raises Busy: the rows stayed locked by others; nothing has been changed
    """
    try:
        return with_retries(lambda: _place(requests))
    except IntegrityError:
        if len(requests) == 1 or connection.in_atomic_block:
            raise
        return [outcome for request in requests for outcome in place_orders([request])]


@transaction.atomic
def _place(requests: Sequence[PlacementRequest]) -> list[Placed | Refusal]:
    world = World(
        wallets=members.lock_wallets((request.member_id, request.address_id) for request in requests),
        shelves=inventory.lock_shelves(line.sku for request in requests for line in request.lines),
        policy=current_policy(),
    )
    pasts = _read_past(requests, world)
    drafts: dict[tuple[str, str], Draft] = {}
    by_external_ref: dict[tuple[str, str], Draft] = {}
    outcomes: list[Draft | str | Refusal] = []
    for request, past in zip(requests, pasts, strict=True):
        key = (request.requested_by, request.request_id)
        external = (request.channel, request.external_ref or "")
        twin = drafts.get(key) or by_external_ref.get(external)
        try:
            if twin or past.replay_of:
                if request.digest != (twin.request.digest if twin else past.replay_digest):
                    raise IdempotencyMismatch
                outcomes.append(twin or past.replay_of or "")
                continue
            draft = decide(request, past, world)
        except Refusal as refusal:
            outcomes.append(refusal)
            continue
        drafts[key] = draft
        if request.external_ref:
            by_external_ref[external] = draft
        outcomes.append(draft)
    _write(list(drafts.values()))
    return _answers(outcomes)


def _answers(outcomes: list[Draft | str | Refusal]) -> list[Placed | Refusal]:
    answers: list[Placed | Refusal] = []
    seen: set[int] = set()
    for outcome in outcomes:
        match outcome:
            case Refusal():
                answers.append(outcome)
            case Draft():
                answers.append(_placed(outcome, is_replay=outcome.order_id in seen))
                seen.add(outcome.order_id)
            case str():
                answers.append(stored_outcome(outcome))
    return answers


def _placed(draft: Draft, *, is_replay: bool) -> Placed:
    lines = tuple(
        PlacedLine(line.shelf.sku_code, line.shelf.name, line.quantity, line.unit_points)
        for line in draft.lines
    )
    return Placed(
        draft.order_id, draft.number, draft.status, draft.request.at, draft.points, lines, is_replay=is_replay
    )


def stored_outcome(number: str) -> Placed:
    """Return what placing an order answered then, read from what never changes: its lines and its first events."""
    order = Order.objects.prefetch_related("lines").get(number=number)
    status = order.events.get(seq=2).to_status
    lines = tuple(PlacedLine(x.sku_code, x.name, x.quantity, x.unit_points) for x in order.lines.all())
    return Placed(order.pk, number, status, order.placed_at, order.points_total, lines, is_replay=True)


# --- What the database remembers ---------------------------------------------------------------------------------------

_PAST = Statement(
    "orders_past",
    "text[], text[], bigint[], bigint[], text[], text[], timestamptz[]",
    """
    SELECT nextval('orders_order_id_seq'),
        coalesce(k.number, x.number), coalesce(k.request_digest, x.request_digest),
        NOT EXISTS (SELECT FROM orders_order a WHERE a.address_id = w.address_id AND a.status <> 'rejected'),
        ARRAY(
            SELECT l.placed_at FROM orders_order l
            WHERE l.member_id = w.member_id AND l.placed_at > w.since ORDER BY l.placed_at DESC LIMIT 50
        ),
        (SELECT version FROM orders_ruleversion)
    FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY
        AS w(requested_by, request_id, member_id, address_id, channel, external_ref, since, i)
    LEFT JOIN orders_order k ON k.requested_by = w.requested_by AND k.request_id = w.request_id
    LEFT JOIN orders_order x ON x.channel = w.channel AND x.external_ref = w.external_ref
    ORDER BY w.i
    """,
)
_REDEEMED = Statement(
    "orders_redeemed",
    "bigint[], bigint[], timestamptz[]",
    """
    SELECT (
        SELECT coalesce(sum(l.quantity - l.cancelled), 0)::bigint
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.member_id = w.member_id AND l.gift_id = w.gift_id AND o.placed_at >= w.since
            AND o.status NOT IN ('rejected', 'cancelled', 'expired')
    )
    FROM unnest($1, $2, $3) WITH ORDINALITY AS w(member_id, gift_id, since, i) ORDER BY w.i
    """,
)


def _read_past(requests: Sequence[PlacementRequest], world: World) -> list[Past]:
    """Read, under the locks, what earlier orders mean for each request; take newer rules when there are some."""
    rows = _past_rows(requests, world)
    version = rows[0][5] or 0
    if version != world.policy.version:
        world.policy = fresh_policy()
        rows = _past_rows(requests, world)
    keys = sorted(
        {
            (request.member_id, shelf.gift_id, since)
            for request in requests
            if not request.is_history
            for line in request.lines
            if (shelf := world.shelves.get(line.sku))
            for limit in world.policy.limits_of(shelf.gift_id, shelf.category_id)
            if (since := limit.counts_since(request.at))
        }
    )
    if keys:
        counts = _REDEEMED.rows(*map(list, zip(*keys, strict=True)))
        world.redeemed = {key: count for key, (count,) in zip(keys, counts, strict=True)}
    return [Past(*row[:5]) for row in rows]


def _past_rows(requests: Sequence[PlacementRequest], world: World) -> list[tuple[Any, ...]]:
    memory = world.policy.memory
    return _PAST.rows(
        [request.requested_by for request in requests],
        [request.request_id for request in requests],
        [request.member_id for request in requests],
        [request.address_id for request in requests],
        [request.channel for request in requests],
        [request.external_ref for request in requests],
        [order_memory(request.at, memory) for request in requests],
    )


# --- Writing ------------------------------------------------------------------------------------------------------------

_ORDER_COLUMNS = (
    "id, number, member_id, status, on_hold_reason, channel, external_ref, requested_by, request_id, request_digest, "
    "points_total, cash_total, points_refunded, address_id, recipient, recipient_phone, region_code, region_name, "
    "address_detail, note, placed_at, entered_at, deadline_at, ready_at, open_cases, last_seq"
)
_LINE_COLUMNS = (
    "order_id, position, member_id, gift_id, sku_id, sku_code, name, name_en, specification, specification_en, "
    "picture, weight_g, quantity, unit_points, unit_cash, shipped, cancelled, returned, points_refunded"
)
EVENT_COLUMNS = (
    "order_id, seq, kind, from_status, to_status, by, reason, data, occurred_at, delivered_at, attempts, "
    "next_attempt_at, last_error"
)
_TASK_COLUMNS = "order_id, hits, opened_at, due_at, decision, decided_by, reason"
_WRITE = Statement(
    "orders_write",
    "jsonb, jsonb, jsonb, jsonb",
    f"""
    WITH placed AS (
        INSERT INTO orders_order ({_ORDER_COLUMNS})
        SELECT {_ORDER_COLUMNS} FROM jsonb_populate_recordset(NULL::orders_order, $1)
    ), lines AS (
        INSERT INTO orders_orderline ({_LINE_COLUMNS})
        SELECT {_LINE_COLUMNS} FROM jsonb_populate_recordset(NULL::orders_orderline, $2)
    ), tasks AS (
        INSERT INTO orders_reviewtask ({_TASK_COLUMNS})
        SELECT {_TASK_COLUMNS} FROM jsonb_populate_recordset(NULL::orders_reviewtask, $4)
    )
    INSERT INTO orders_orderevent ({EVENT_COLUMNS})
    SELECT {EVENT_COLUMNS} FROM jsonb_populate_recordset(NULL::orders_orderevent, $3)
    """,  # noqa: S608  (column names of our own)
)


def _write(drafts: list[Draft]) -> None:
    """Write what was decided: points, stock, orders with their lines, events and review tasks."""
    if not drafts:
        return
    members.hold_points(
        [
            members.Hold(
                reference=draft.number,
                account_id=draft.wallet.account_id,
                parts=draft.parts,
                at=draft.request.at,
                by=draft.request.by,
                is_captured=draft.status == Status.READY,
            )
            for draft in drafts
        ]
    )
    inventory.reserve(
        [
            inventory.Promise(
                line.stock_id, line.quantity, f"{draft.number}/{position}", draft.request.at, draft.request.by
            )
            for draft in drafts
            for position, line in enumerate(draft.lines, start=1)
        ]
    )
    _WRITE.change(
        json.dumps([_order_row(draft) for draft in drafts]),
        json.dumps([row for draft in drafts for row in _line_rows(draft)]),
        json.dumps([row for draft in drafts for row in _event_rows(draft)]),
        json.dumps([_task_row(draft) for draft in drafts if draft.status == Status.UNDER_REVIEW]),
    )


def _order_row(draft: Draft) -> dict[str, object]:
    request, place = draft.request, draft.wallet.addresses[draft.request.address_id]
    at = request.at.isoformat()
    due = deadline(draft.status, request.at)
    return {
        "id": draft.order_id,
        "number": draft.number,
        "member_id": request.member_id,
        "status": draft.status,
        "on_hold_reason": "",
        "channel": request.channel,
        "external_ref": request.external_ref,
        "requested_by": request.requested_by,
        "request_id": request.request_id,
        "request_digest": request.digest,
        "points_total": draft.points,
        "cash_total": 0,
        "points_refunded": 0,
        "address_id": place.id,
        "recipient": place.recipient,
        "recipient_phone": place.phone,
        "region_code": place.region_code,
        "region_name": place.region_name,
        "address_detail": place.detail,
        "note": request.note,
        "placed_at": at,
        "entered_at": at,
        "deadline_at": due.isoformat() if due else None,
        "ready_at": at if draft.status == Status.READY else None,
        "open_cases": 0,
        "last_seq": 2,
    }


def _line_rows(draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "order_id": draft.order_id,
            "position": position,
            "member_id": draft.request.member_id,
            "gift_id": line.shelf.gift_id,
            "sku_id": line.shelf.sku_id,
            "sku_code": line.shelf.sku_code,
            "name": line.shelf.name,
            "name_en": line.shelf.name_en,
            "specification": line.shelf.specification,
            "specification_en": line.shelf.specification_en,
            "picture": line.shelf.picture,
            "weight_g": line.shelf.weight_g,
            "quantity": line.quantity,
            "unit_points": line.unit_points,
            "unit_cash": 0,
            "shipped": 0,
            "cancelled": 0,
            "returned": 0,
            "points_refunded": 0,
        }
        for position, line in enumerate(draft.lines, start=1)
    ]


def _event_rows(draft: Draft) -> list[dict[str, object]]:
    kinds = OrderEvent.Kind
    second = {Status.UNDER_REVIEW: kinds.SENT_TO_REVIEW, Status.AWAITING_PAYMENT: kinds.PAYMENT_ASKED}.get(
        Status(draft.status), kinds.CONFIRMED
    )
    return [
        event_row(draft.order_id, 1, kinds.PLACED, "", Status.CREATED, draft.request),
        event_row(
            draft.order_id, 2, second, Status.CREATED, draft.status, draft.request, data={"hits": draft.hits}
        ),
    ]


def event_row(
    order_id: int,
    seq: int,
    kind: str,
    from_status: str,
    to_status: str,
    cause: PlacementRequest,
    *,
    data: dict[str, object] | None = None,
) -> dict[str, object]:
    """Return an order event as it will be written; history is delivered already, so that nobody acts on it."""
    at = cause.at.isoformat()
    return {
        "order_id": order_id,
        "seq": seq,
        "kind": kind,
        "from_status": from_status,
        "to_status": to_status,
        "by": cause.by,
        "reason": "",
        "data": data or {},
        "occurred_at": at,
        "delivered_at": at if cause.is_history else None,
        "attempts": 0,
        "next_attempt_at": at,
        "last_error": "",
    }


def _task_row(draft: Draft) -> dict[str, object]:
    due = deadline(Status.UNDER_REVIEW, draft.request.at)
    return {
        "order_id": draft.order_id,
        "hits": draft.hits,
        "opened_at": draft.request.at.isoformat(),
        "due_at": due.isoformat() if due else None,
        "decision": "",
        "decided_by": "",
        "reason": "",
    }
