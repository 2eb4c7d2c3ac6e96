"""What happens to stock outside placement: received, adjusted, released, shipped, returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.sql import update_rows
from inventory.models import Reservation, Stock, StockMovement
from inventory.services.movements import Movement, move

Kind = StockMovement.Kind


class OutOfStock(Refusal):
    """Fewer units are free than somebody wants."""

    code = "out_of_stock"
    message = _("“%(name)s” is out of stock. Choose another variant or fewer pieces.")


class ReasonNeeded(Refusal):
    """Stock is never changed by hand without saying why."""

    code = "reason_required"
    status = 400
    message = _("Say why the stock changes.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that came into a warehouse; the same reference arrives once."""

    sku_code: str
    warehouse: str
    quantity: int
    reference: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Departure:
    """What was reserved under a reference ("order number/position") is given up or sent."""

    reference: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PartRelease:
    """Some of the units reserved under a reference go back to the shelf; `key` makes it happen once."""

    reference: str
    quantity: int
    key: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Return:
    """Units of a shipped line that came back; restocked, or only written off in the books."""

    line_reference: str
    quantity: int
    reference: str
    at: datetime
    by: str


def _lock_stocks(ids: set[int]) -> None:
    """Lock stock rows in the order of their ids."""
    list(Stock.objects.filter(pk__any=ids).order_by("pk").select_for_update().values_list("pk"))


@transaction.atomic
def receive_stock(arrivals: Sequence[Arrival]) -> int:
    """Put units on hand, once per reference, and return how many arrivals were new.

    :raises InvalidInput: nothing, or less, arrived
    :raises NotFound: no such SKU or warehouse
    """
    if any(arrival.quantity <= 0 for arrival in arrivals):
        raise InvalidInput(field="quantity")
    stocks = {
        (code, warehouse): pk
        for pk, code, warehouse in Stock.objects.filter(sku__code__any={a.sku_code for a in arrivals})
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", "sku__code", "warehouse__code")
    }
    if any((arrival.sku_code, arrival.warehouse) not in stocks for arrival in arrivals):
        raise NotFound
    known = set(
        StockMovement.objects.filter(
            kind=Kind.RECEIVED, reference__any=[arrival.reference for arrival in arrivals]
        ).values_list("reference", "stock_id")
    )
    fresh = [
        Movement(stocks[a.sku_code, a.warehouse], Kind.RECEIVED, a.quantity, 0, a.reference, a.at, a.by)
        for a in arrivals
        if (a.reference, stocks[a.sku_code, a.warehouse]) not in known
    ]
    move(fresh)
    return len(fresh)


@transaction.atomic
def adjust_stock(stock_id: int, *, change: int, reason: str, reference: str, at: datetime, by: str) -> Stock:
    """Correct what is on hand by so many units, with a reason.

    :raises ReasonNeeded: no reason given
    :raises InvalidInput: a change of nothing
    :raises OutOfStock: units that are promised to orders cannot be adjusted away
    """
    if not reason.strip():
        raise ReasonNeeded
    if change == 0:
        raise InvalidInput(field="change")
    stock = Stock.objects.select_for_update(of=("self",)).select_related("sku__gift").get(pk=stock_id)
    if stock.on_hand + change < stock.reserved:
        raise OutOfStock(name=stock.sku.gift.label)
    move([Movement(stock.pk, Kind.ADJUSTED, change, 0, reference, at, by, reason)])
    stock.refresh_from_db()
    return stock


def release(departures: Sequence[Departure]) -> None:
    """Give reserved units back to the shelf; what was released or shipped before stays as it is."""
    _end(departures, Reservation.Outcome.RELEASED, Kind.RELEASED)


@transaction.atomic
def release_units(parts: Sequence[PartRelease]) -> None:
    """Give some reserved units back to the shelf while the rest of their reservation stands; all of them end it.

    :raises InvalidInput: nothing, or more than is reserved
    """
    by_reference = {part.reference: part for part in parts}
    active = Reservation.objects.filter(reference__any=by_reference, ended_at=None)
    _lock_stocks(set(active.values_list("stock_id", flat=True)))
    reservations = {held.reference: held for held in active.order_by("pk").select_for_update()}
    whole, shrinking, moved = [], [], []
    for reference, part in by_reference.items():
        held = reservations.get(reference)
        if held is None or not 0 < part.quantity <= held.quantity:
            raise InvalidInput(field="quantity")
        if part.quantity == held.quantity:
            whole.append(Departure(reference, part.at, part.by))
            continue
        held.quantity -= part.quantity
        held.given_back += part.quantity
        shrinking.append(held)
        name = f"{reference}#{part.key}"
        moved.append(Movement(held.stock_id, Kind.RELEASED, 0, -part.quantity, name, part.at, part.by))
    update_rows(shrinking, ["quantity", "given_back"])
    move(moved)
    release(whole)


def ship_out(departures: Sequence[Departure]) -> None:
    """Take reserved units out of the house: on hand and reserved go down together."""
    _end(departures, Reservation.Outcome.SHIPPED, Kind.SHIPPED)


@transaction.atomic
def _end(departures: Sequence[Departure], outcome: Reservation.Outcome, kind: Kind) -> None:
    by_reference = {departure.reference: departure for departure in departures}
    active = Reservation.objects.filter(reference__any=by_reference, ended_at=None)
    _lock_stocks(set(active.values_list("stock_id", flat=True)))
    ending = list(active.order_by("pk").select_for_update())
    for reservation in ending:
        reservation.ended_at, reservation.outcome = by_reference[reservation.reference].at, outcome
    update_rows(ending, ["ended_at", "outcome"])
    move(
        [
            Movement(
                reservation.stock_id,
                kind,
                -reservation.quantity if kind == Kind.SHIPPED else 0,
                -reservation.quantity,
                reservation.reference,
                by_reference[reservation.reference].at,
                by_reference[reservation.reference].by,
            )
            for reservation in ending
        ]
    )


@transaction.atomic
def take_back(returns: Sequence[Return]) -> None:
    """Put returned units back on hand where they were shipped from, once per reference (law 5).

    :raises NotFound: a line that never shipped
    """
    stocks = dict(
        Reservation.objects.filter(
            reference__in=[back.line_reference for back in returns], outcome=Reservation.Outcome.SHIPPED
        ).values_list("reference", "stock_id")
    )
    if any(back.line_reference not in stocks for back in returns):
        raise NotFound
    _lock_stocks(set(stocks.values()))
    move(
        [
            Movement(
                stocks[back.line_reference], Kind.RETURNED, back.quantity, 0, back.reference, back.at, back.by
            )
            for back in returns
        ]
    )
