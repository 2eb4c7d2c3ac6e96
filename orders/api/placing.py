"""How a placement is read out of a request. This is the hot path: no serializer, and for members no statement."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.json_bodies import Fields, canonical, read_json
from foundation.refusals import InvalidInput, Refusal, Unauthenticated
from members import queries as members
from members.api.callers import UnknownMember, caller_behind
from orders import services
from orders.rules.placement import MAX_LINES, MAX_NOTE, MAX_QUANTITY

_KEY = re.compile(r"[\x20-\x7e]{1,64}")
_FIELDS = frozenset({"lines", "address_id", "note", "expected_points"})
_CHANNEL_FIELDS = _FIELDS | {"member", "external_ref"}
_LINE_FIELDS = frozenset({"sku", "quantity"})


class IdempotencyKeyRequired(Refusal):
    """Nothing says which retries of this request mean the same order."""

    code = "idempotency_key_required"
    status = 400
    message = _("Send a header Idempotency-Key with a new value for each order.")


def placement(request: HttpRequest, *, at: datetime) -> services.PlacementRequest:
    """Read a placement out of a request; for a member this asks the database nothing."""
    caller = caller_behind(request.META.get("HTTP_AUTHORIZATION", ""), at=at)
    if caller is None:
        raise Unauthenticated
    caller.demand("orders:write")
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if not key:
        raise IdempotencyKeyRequired
    if not _KEY.fullmatch(key):
        raise InvalidInput(field="Idempotency-Key")
    body = read_json(request)
    fields = Fields(body, _FIELDS if caller.token else _CHANNEL_FIELDS)
    lines = tuple(_line(line, f"lines[{i}]") for i, line in enumerate(fields.items("lines", most=MAX_LINES)))
    note = fields.text_or_none("note", longest=MAX_NOTE) or ""
    expected = fields.integer_or_none("expected_points", low=0)
    if caller.token is not None:
        member_id, address_id, external_ref = (
            caller.token.member_id,
            fields.integer_or_none("address_id", low=1),
            None,
        )
    else:
        external_ref = fields.text_or_none("external_ref", longest=64)
        member_id, address_id = _member_and_address(fields)
    return services.PlacementRequest(
        member_id=member_id,
        lines=lines,
        address_id=address_id,
        requested_by=caller.by,
        request_id=key,
        digest=hashlib.sha256(canonical(body)).hexdigest(),
        channel=caller.channel,
        by=caller.by,
        at=at,
        external_ref=external_ref,
        note=note,
        expected_points=expected,
        token_epoch=caller.token.epoch if caller.token else None,
    )


def _line(value: object, path: str) -> services.LineWish:
    fields = Fields(value, _LINE_FIELDS, path=path)
    return services.LineWish(
        fields.text("sku", longest=40), fields.integer("quantity", low=1, high=MAX_QUANTITY)
    )


def _member_and_address(fields: Fields) -> tuple[int, int | None]:
    """Return the member an integrator orders for, and the address it names or else the default one, if any."""
    number = fields.text("member", longest=20)
    address_id = fields.integer_or_none("address_id", low=1)
    found = members.member_and_address(number)
    if found is None:
        raise UnknownMember(member=number)
    return found[0], address_id or found[1]
