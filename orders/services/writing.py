"""What was decided, written: points, stock, orders with their lines, first facts and review tasks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from foundation.sql import Statement, in_one_trip
from inventory import services as inventory
from members import services as members
from orders.models import OrderEvent
from orders.models.order import Status
from orders.rules.deadlines import deadline
from orders.rules.placement import Draft

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
    "order_id, seq, kind, from_status, to_status, by, data, occurred_at, delivered_at, attempts, "
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


def write(drafts: list[Draft]) -> None:
    """Write what was decided: points, stock, orders with their lines, events and review tasks."""
    if not drafts:
        return
    with in_one_trip():
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
                    line.stock_id,
                    line.quantity,
                    f"{draft.number}/{position}",
                    draft.request.at,
                    draft.request.by,
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
    request, place = draft.request, draft.place
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
        "address_id": place.id if place else None,
        "recipient": place.recipient if place else "",
        "recipient_phone": place.phone if place else "",
        "region_code": place.region_code if place else "",
        "region_name": place.region_name if place else "",
        "address_detail": place.detail if place else "",
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


_SECOND = {
    Status.UNDER_REVIEW: OrderEvent.Kind.SENT_TO_REVIEW,
    Status.AWAITING_PAYMENT: OrderEvent.Kind.PAYMENT_ASKED,
}
"""The fact that follows the placing, where the order is not ready at once."""


def _event_rows(draft: Draft) -> list[dict[str, object]]:
    kinds, request = OrderEvent.Kind, draft.request
    second = _SECOND.get(Status(draft.status), kinds.CONFIRMED)
    cause: Any = {"at": request.at, "by": request.by, "is_history": request.is_history}
    return [
        event_row(draft.order_id, 1, kinds.PLACED, ("", Status.CREATED), **cause),
        event_row(
            draft.order_id, 2, second, (Status.CREATED, draft.status), data={"hits": draft.hits}, **cause
        ),
    ]


def event_row(
    order_id: int,
    seq: int,
    kind: str,
    path: tuple[str, str],
    *,
    at: datetime,
    by: str,
    is_history: bool,
    data: dict[str, Any] | None = None,
) -> dict[str, object]:
    """Return an order event as it will be written; history is delivered already, so that nobody acts on it."""
    moment = at.isoformat()
    return {
        "order_id": order_id,
        "seq": seq,
        "kind": kind,
        "from_status": path[0],
        "to_status": path[1],
        "by": by,
        "data": data or {},
        "occurred_at": moment,
        "delivered_at": moment if is_history else None,
        "attempts": 0,
        "next_attempt_at": moment,
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
