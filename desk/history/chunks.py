"""A chunk of orders in one transaction: new ones are placed and lived again, known ones go on or are left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Max
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from desk.history.living import CHANNEL, Life, RefusedInPart, live, place
from desk.history.past import ENDS, PastOrder
from desk.history.reading import Trouble
from desk.history.settling import House, what_hinders
from foundation.refusals import Busy, Refusal
from foundation.retrying import with_retries
from foundation.sql import as_one_transaction
from orders.models import Order, OrderEvent
from orders.models.order import ENDED_EARLY, Status

PATIENCE = "60s"
"""How long a chunk waits for rows that others have locked: longer than a click, since nobody looks on."""


@dataclass(slots=True)
class Outcome:
    """What came of orders. `states` counts them by end state in the file and state now, `troubles` by reference."""

    imported: int = 0
    continued: int = 0
    already_there: int = 0
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Count another outcome in."""
        self.imported += other.imported
        self.continued += other.continued
        self.already_there += other.already_there
        self.states.update(other.states)
        self.troubles.update(other.troubles)


def import_orders(past: Sequence[PastOrder], *, house: House, as_of: datetime) -> Outcome:
    """Import orders together; one that cannot be imported is found by halves and refused alone.

    :raises Busy: rows stayed locked by others; nothing of the chunk has been written
    """
    outcome, left = Outcome(), list(past)
    while left:
        try:
            outcome.add(with_retries(partial(_import, left, house=house, as_of=as_of)))
        except RefusedInPart as partly:
            outcome.troubles |= {ref: Trouble(no.code, str(no)) for ref, no in partly.refusals.items()}
            left = [order for order in left if order.ref not in partly.refusals]
            continue
        except Busy:
            raise
        except (Refusal, IntegrityError, DataError, TransactionManagementError) as failure:
            if len(left) == 1:
                outcome.troubles[left[0].ref] = _trouble(failure)
            else:
                for half in (left[: len(left) // 2], left[len(left) // 2 :]):
                    outcome.add(import_orders(half, house=house, as_of=as_of))
        break
    return outcome


def _trouble(failure: Exception) -> Trouble:
    if isinstance(failure, Refusal):
        return Trouble(failure.code, str(failure))
    return Trouble("database_refused", str(failure).splitlines()[0])


def _import(past: Sequence[PastOrder], *, house: House, as_of: datetime) -> Outcome:
    with transaction.atomic(), as_one_transaction():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        known = _known(past)
        latest = _latest_facts(known.values())
        troubles = {}
        for order in past:
            standing = known.get(order.ref)
            if standing and (trouble := _contradiction(order, standing, latest[standing.pk])):
                troubles[order.ref] = trouble
        troubles |= what_hinders([order for order in past if order.ref not in known])
        good = [order for order in past if order.ref not in troubles]
        fresh = [order for order in good if order.ref not in known]
        placed = place(fresh, house) if fresh else []
        older = [Life(o, known[o.ref].pk, known[o.ref].status) for o in good if o.ref in known]
        going_on = [life for life in older if _next_step(life.past, life.status)]
        live([*going_on, *placed], as_of=as_of)
    return Outcome(
        imported=len(placed),
        continued=len(going_on),
        already_there=len(older) - len(going_on),
        states=Counter((life.past.end_state, str(life.status)) for life in [*placed, *older]),
        troubles=troubles,
    )


def _known(past: Sequence[PastOrder]) -> dict[str, Order]:
    """Lock the orders that came with an earlier run and return them by reference."""
    rows = Order.objects.filter(channel=CHANNEL, external_ref__any=[order.ref for order in past])
    return {str(row.external_ref): row for row in rows.order_by("pk").select_for_update(of=("self",))}


def _latest_facts(standing: Iterable[Order]) -> dict[int, datetime]:
    """Return when the last thing happened to orders."""
    facts = OrderEvent.objects.filter(order__any=[order.pk for order in standing]).order_by()
    return dict(facts.values_list("order").annotate(Max("occurred_at")))


_STEPS = {
    Status.READY: ("approved_at",),
    Status.PICKING: ("picking_at",),
    Status.PACKED: ("packed_at",),
    Status.SHIPPED: ("shipped_at",),
    Status.DELIVERED: ("delivered_at",),
    Status.SIGNED: ("signed_at",),
    Status.CLOSED: ("closed_at",),
}
"""The moment at which an order entered each state of its life."""


def _next_step(past: PastOrder, status: str) -> datetime | None:
    """Return when a file says that an order left the state it stands in; None when it did not."""
    if status in {*ENDED_EARLY, Status.CLOSED}:
        return None
    states = list(_STEPS)
    later = states[states.index(Status(status)) + 1 :] if status in _STEPS else states
    return past.at(*(step for state in later for step in _STEPS[state]), *ENDS)


def _contradiction(past: PastOrder, standing: Order, latest: datetime) -> Trouble | None:
    """Tell why a file cannot speak of an order that stands in the mall already."""
    if past.digest != standing.request_digest:
        return Trouble(
            "order_differs", _("An order with this reference was imported before with other content.")
        )
    following = _next_step(past, standing.status)
    if standing.status in ENDED_EARLY:
        parted = max(past.moments.values()) > standing.entered_at
    else:
        parted = past.end_state in ENDED_EARLY and not _can_end(past, standing)
    if parted or (following is not None and following < latest):
        return Trouble(
            "moved_on",
            _("The order has moved on in the mall since it was imported; it is “%(status)s” now.")
            % {"status": standing.get_status_display()},
        )
    return None


def _can_end(past: PastOrder, standing: Order) -> bool:
    moves = {
        Status.REJECTED: standing.reject,
        Status.CANCELLED: standing.cancel,
        Status.EXPIRED: standing.expire,
    }
    return bool(can_proceed(moves[Status(past.end_state)]))
