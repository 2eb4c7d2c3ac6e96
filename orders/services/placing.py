"""Placing orders: lock what a batch consumes, decide in plain Python, write set-based. A click is a batch of one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.sql import Statement
from inventory import services as inventory
from members import services as members
from orders.models import Order
from orders.rules.placement import (
    Draft,
    IdempotencyMismatch,
    NotStored,
    Past,
    PlacementRequest,
    World,
    decide,
    order_memory,
    signed_in,
)
from orders.services.policy import current_policy, fresh_policy
from orders.services.writing import write

logger = logging.getLogger(__name__)

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
            "placed_at": self.placed_at.isoformat().replace("+00:00", "Z"),
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
    except (IntegrityError, DataError):
        if connection.in_atomic_block:
            raise
        if len(requests) == 1:
            logger.exception("the database refused an order")
            return [NotStored()]
        return [outcome for request in requests for outcome in place_orders([request])]


@transaction.atomic
def _place(requests: Sequence[PlacementRequest]) -> list[Placed | Refusal]:
    world = World(
        wallets=members.lock_wallets((request.member_id, request.address_id) for request in requests),
        shelves={},
        policy=current_policy(),
    )
    pasts = _read_past(requests, world)
    _count_redeemed(requests, world, _gifts)
    # The last of the locks: a stock that everybody wants is held from here until the commit is on disk.
    world.shelves = inventory.lock_shelves(line.sku for request in requests for line in request.lines)
    _gifts.update({code: (shelf.gift_id, shelf.category_id) for code, shelf in world.shelves.items()})
    _count_redeemed(requests, world, _gifts)
    drafts: dict[tuple[str, str], Draft] = {}
    by_external_ref: dict[tuple[str, str], Draft] = {}
    outcomes: list[Draft | str | Refusal] = []
    for request, past in zip(requests, pasts, strict=True):
        key = (request.requested_by, request.request_id)
        external = (request.channel, request.external_ref or "")
        twin = drafts.get(key) or by_external_ref.get(external)
        try:
            signed_in(request, world)
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
    write(list(drafts.values()))
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


# --- What the database remembers

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


_gifts: dict[str, tuple[int, int]] = {}
"""The gift and category that each SKU was of when this process last locked it: which limits to count beforehand."""


def _read_past(requests: Sequence[PlacementRequest], world: World) -> list[Past]:
    """Read, under the locks, what earlier orders mean for each request; take newer rules when there are some."""
    rows = _past_rows(requests, world)
    version = rows[0][5] or 0
    if version != world.policy.version:
        world.policy = fresh_policy()
        rows = _past_rows(requests, world)
    return [Past(*row[:5]) for row in rows]


def _count_redeemed(
    requests: Sequence[PlacementRequest], world: World, gifts: Mapping[str, tuple[int, int]]
) -> None:
    """Count what members had of gifts within the periods of the limits in force, where that is not known yet."""
    keys = sorted(
        {
            (request.member_id, gift, since)
            for request in requests
            if not request.is_history
            for line in request.lines
            if line.sku in gifts
            for gift, category in (gifts[line.sku],)
            for limit in world.policy.limits_of(gift, category)
            if (since := limit.counts_since(request.at))
            and since not in world.redeemed.get((request.member_id, gift), ())
        }
    )
    if keys:
        counts = _REDEEMED.rows(*map(list, zip(*keys, strict=True)))
        for (member, gift, since), (count,) in zip(keys, counts, strict=True):
            world.redeemed.setdefault((member, gift), {})[since] = count


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
