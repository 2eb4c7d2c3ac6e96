"""One timeline out of what the order, its money, its parcels and its after-sale went through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Order, OrderEvent
from orders.models.order import Status

Kind = OrderEvent.Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, in a member's words.

    `text` is said by whom it concerns: by us, or by the carrier in Chinese (`is_carriers`). What belongs to one
    parcel names it; only its milestones stand in the order's own timeline, the rest with the parcel.
    """

    at: datetime
    title: str | Promise
    text: str = ""
    money: str = ""
    parcel: str = ""
    is_carriers: bool = False
    is_milestone: bool = True


_TITLES: dict[str, str | Promise] = dict(Kind.choices)
"""What each kind is called; `get_kind_display` makes this anew at each call."""

_SILENT = (Kind.OVERDUE,)
_BACK = (Kind.CANCELLED, Kind.UNITS_CANCELLED, Kind.REFUNDED, Kind.EXPIRED, Kind.REJECTED)


def entries_of(order: Order) -> list[Entry]:
    """Return what an order read in full went through itself, oldest first."""
    return [
        Entry(
            event.occurred_at, _TITLES.get(event.kind, event.kind), _text(order, event), _money(order, event)
        )
        for event in order.events.all()
        if event.kind not in _SILENT
    ]


def merged(*timelines: Iterable[Entry]) -> list[Entry]:
    """Return several timelines as one, newest first; what happened at the same moment keeps its order.

    What the carrier says and we only repeat, as that it has arrived, is said once: in the carrier's words.
    """
    entries = [entry for timeline in timelines for entry in timeline if entry.is_milestone]
    carriers = {(entry.at, str(entry.title).casefold()) for entry in entries if entry.is_carriers}
    entries = [
        entry
        for entry in entries
        if entry.is_carriers or (entry.at, str(entry.title).casefold()) not in carriers
    ]
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _text(order: Order, event: OrderEvent) -> str:
    if event.kind == Kind.ADDRESS_CHANGED:
        return _("From %(from)s to %(to)s") % {"from": event.data["from"], "to": event.data["to"]}
    if event.kind == Kind.UNITS_CANCELLED:
        lines = {str(line.position): line.label for line in order.lines.all()}
        return _(", ").join(f"{lines[at]} × {units}" for at, units in event.data["units"].items())
    return event.reason


def _money(order: Order, event: OrderEvent) -> str:
    """Say what a fact did to the member's points."""
    if event.kind == Kind.PLACED:
        return _points(
            ngettext("%(points)s point held", "%(points)s points held", order.points_total),
            order.points_total,
        )
    points = event.data.get("points", order.points_total)
    if event.to_status == Status.READY and event.from_status != Status.READY:
        return _points(ngettext("%(points)s point taken", "%(points)s points taken", points), points)
    if event.kind in _BACK:
        back = _points(ngettext("%(points)s point came back", "%(points)s points came back", points), points)
        fee = event.data.get("fee", 0)
        return _("%(back)s, fee %(fee)s") % {"back": back, "fee": f"{fee:,}"} if fee else back
    return ""


def _points(words: str, points: int) -> str:
    return words % {"points": f"{points:,}"}
