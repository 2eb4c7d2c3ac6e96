"""One order of the past as a history file tells it, and the checks that make it believable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from desk.history import cells
from desk.history.cells import BadCell
from orders.models.order import Status
from orders.rules.placement import MAX_LINES, MAX_QUANTITY

MOST_POINTS = 10**12
MOST_GRAMS = 10**7

LIFE = (
    "placed_at",
    "approved_at",
    "picking_at",
    "packed_at",
    "shipped_at",
    "delivered_at",
    "signed_at",
    "closed_at",
)
"""The moments of an order's life, in life order."""

ENDS = ("rejected_at", "cancelled_at", "expired_at")
MOMENTS = (*LIFE, *ENDS, "refunded_at")


@dataclass(frozen=True, slots=True)
class EndState:
    """Which moments an order that ended in a state must have and which it may have; it has no others."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


END_STATES: Mapping[str, EndState] = {
    Status.UNDER_REVIEW: EndState(),
    Status.AWAITING_PAYMENT: EndState(),
    Status.READY: EndState((), ("approved_at",)),
    Status.PICKING: EndState(("picking_at",), ("approved_at",)),
    Status.PACKED: EndState(("packed_at",), ("approved_at", "picking_at")),
    Status.SHIPPED: EndState(("shipped_at",), ("approved_at", "picking_at", "packed_at")),
    Status.DELIVERED: EndState(
        ("shipped_at", "delivered_at"), ("approved_at", "picking_at", "packed_at", "refunded_at")
    ),
    Status.SIGNED: EndState(
        ("shipped_at", "signed_at"), ("approved_at", "picking_at", "packed_at", "delivered_at", "refunded_at")
    ),
    Status.CLOSED: EndState(
        ("shipped_at", "signed_at", "closed_at"),
        ("approved_at", "picking_at", "packed_at", "delivered_at", "refunded_at"),
    ),
    Status.REJECTED: EndState(("rejected_at",)),
    Status.CANCELLED: EndState(("cancelled_at",), ("approved_at", "picking_at", "packed_at")),
    Status.EXPIRED: EndState(("expired_at",)),
}


@dataclass(frozen=True, slots=True)
class PastLine:
    """So many of one SKU for so many points each, as they were named and weighed (grams) then."""

    sku: str
    name: str
    specification: str
    unit_points: int
    quantity: int
    weight_g: int


@dataclass(frozen=True)
class PastOrder:
    """An order of the past. Moments are UTC; one that is not known is not in `moments`."""

    ref: str
    line_count: int
    member_ref: str
    member_number: str
    member_name: str
    member_phone: str
    end_state: str
    moments: Mapping[str, datetime]
    reason: str
    recipient: str
    phone: str
    region_code: str
    address: str
    carrier: str
    waybill: str
    lines: tuple[PastLine, ...] = ()

    @property
    def placed_at(self) -> datetime:
        """When the member asked for it."""
        return self.moments["placed_at"]

    @property
    def points(self) -> int:
        """What it cost."""
        return sum(line.unit_points * line.quantity for line in self.lines)

    @property
    def first_status(self) -> str:
        """Where it went from “created”."""
        if "approved_at" in self.moments or self.end_state in {Status.UNDER_REVIEW, Status.REJECTED}:
            return Status.UNDER_REVIEW
        if self.end_state in {Status.AWAITING_PAYMENT, Status.EXPIRED}:
            return Status.AWAITING_PAYMENT
        return Status.READY

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what was ordered, by whom and when; what happened to it later does not count."""
        asked = (
            self.ref,
            self.member_ref,
            self.placed_at,
            self.recipient,
            self.phone,
            self.region_code,
            self.address,
        )
        return hashlib.sha256(repr((asked, self.lines)).encode()).hexdigest()

    def at(self, *steps: str) -> datetime | None:
        """Return the first of these moments that is known."""
        return next((self.moments[step] for step in steps if step in self.moments), None)


OPTIONAL = (
    "member_number",
    "member_name",
    "member_phone",
    *(step for step in MOMENTS if step != "placed_at"),
    "reason",
    "carrier",
    "waybill",
    "specification",
)
"""Columns that a file may leave out; they are then empty in every row."""

LINE_COLUMNS = ("sku", "sku_name", "specification", "unit_points", "quantity", "weight_g")
ORDER_COLUMNS = (
    "order_ref",
    "lines",
    "member_ref",
    "member_number",
    "member_name",
    "member_phone",
    "end_state",
    *MOMENTS,
    "reason",
    "recipient",
    "phone",
    "region_code",
    "address",
    "carrier",
    "waybill",
)
"""Columns that say the same in every row of an order."""

COLUMNS = (*ORDER_COLUMNS, *LINE_COLUMNS)

Row = Mapping[str, str]
"""One row of a file by column; every column of COLUMNS is there."""


def read_order(row: Row) -> PastOrder:
    """Read what a row says of its whole order, the lines left out.

    :raises BadCell: the first cell that cannot be read
    """
    moments = {step: at for step in MOMENTS if (at := cells.moment(step, row[step])) is not None}
    return PastOrder(
        ref=cells.needed("order_ref", row["order_ref"], 57),
        line_count=cells.number("lines", row["lines"], 1, MAX_LINES),
        member_ref=cells.needed("member_ref", row["member_ref"], 40),
        member_number=cells.text("member_number", row["member_number"], 20),
        member_name=cells.text("member_name", row["member_name"], 60),
        member_phone=cells.phone("member_phone", row["member_phone"] or row["phone"]),
        end_state=_end_state("end_state", row["end_state"]),
        moments=moments,
        reason=cells.text("reason", row["reason"], 200),
        recipient=cells.needed("recipient", row["recipient"], 60),
        phone=cells.phone("phone", row["phone"]),
        region_code=cells.region("region_code", row["region_code"]),
        address=cells.needed("address", row["address"], 200),
        carrier=cells.text("carrier", row["carrier"], 20),
        waybill=cells.text("waybill", row["waybill"], 40),
    )


def read_line(row: Row) -> PastLine:
    """Read what a row says of its order line.

    :raises BadCell: the first cell that cannot be read
    """
    return PastLine(
        sku=cells.needed("sku", row["sku"], 40),
        name=cells.needed("sku_name", row["sku_name"], 120),
        specification=cells.text("specification", row["specification"], 120),
        unit_points=cells.number("unit_points", row["unit_points"], 1, MOST_POINTS),
        quantity=cells.number("quantity", row["quantity"], 1, MAX_QUANTITY),
        weight_g=cells.number("weight_g", row["weight_g"], 0, MOST_GRAMS),
    )


def _end_state(column: str, value: str) -> str:
    value = value.strip()
    if value not in END_STATES:
        raise BadCell(
            "bad_end_state",
            _("“%(column)s” must be one of: %(states)s."),
            column=column,
            states=", ".join(END_STATES),
        )
    return value


def whole_order(order: PastOrder, lines: Sequence[PastLine], *, as_of: datetime) -> PastOrder:
    """Put an order and its lines together and check that it could have happened.

    :raises BadCell: lines missing or named twice, or a story that does not hold together
    """
    if len(lines) != order.line_count:
        raise BadCell(
            "lines_missing",
            _("The order has %(wanted)s lines, but %(found)s rows of it stand together here."),
            wanted=order.line_count,
            found=len(lines),
        )
    if len({line.sku for line in lines}) < len(lines):
        raise BadCell("sku_twice", _("The same SKU stands in two rows; put its pieces into one."))
    order = replace(order, lines=tuple(lines))
    _check_steps(order)
    _check_order_of_time(order, as_of)
    return order


def _check_steps(order: PastOrder) -> None:
    state = END_STATES[order.end_state]
    for step in ("placed_at", *state.needs):
        if step not in order.moments:
            raise BadCell(
                "step_missing",
                _("An order that ended as “%(state)s” needs “%(step)s”."),
                state=order.end_state,
                step=step,
            )
    for step in order.moments:
        if step not in {"placed_at", *state.needs, *state.may}:
            raise BadCell(
                "step_too_many",
                _("An order that ended as “%(state)s” cannot have “%(step)s”."),
                state=order.end_state,
                step=step,
            )
    if "shipped_at" in order.moments and not (order.carrier and order.waybill):
        raise BadCell("no_waybill", _("An order that was shipped needs its carrier and its waybill number."))
    if ("refunded_at" in order.moments or order.end_state == Status.REJECTED) and not order.reason:
        raise BadCell("no_reason", _("An order that was rejected or refunded needs the reason."))
    if "refunded_at" in order.moments and "delivered_at" not in order.moments:
        raise BadCell(
            "step_missing",
            _("An order that ended as “%(state)s” needs “%(step)s”."),
            state="refunded",
            step="delivered_at",
        )


def _check_order_of_time(order: PastOrder, as_of: datetime) -> None:
    end = next((step for step in ENDS if step in order.moments), None)
    steps = [step for step in (*LIFE, end) if step in order.moments]
    refund = [step for step in ("delivered_at", "refunded_at", "closed_at") if step in order.moments]
    for path in (steps, refund if "refunded_at" in order.moments else []):
        for before, after in pairwise(path):
            if order.moments[str(after)] < order.moments[str(before)]:
                raise BadCell(
                    "steps_out_of_order",
                    _("“%(after)s” lies before “%(before)s”."),
                    after=after,
                    before=before,
                )
    for step, at in order.moments.items():
        if at > as_of:
            raise BadCell("in_the_future", _("“%(step)s” has not happened yet."), step=step)
