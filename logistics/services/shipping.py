"""Handing parcels to their carriers: stock leaves the house and the member is told the waybills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from foundation.sql import update_rows
from logistics.models import Parcel, ParcelLine, Waybill
from logistics.services.trimming import changed_since_packing
from orders import services as orders


class NoWaybill(Refusal):
    code = "no_waybill"
    message = _("A parcel of order %(number)s has no waybill yet. Wait for the carrier's answer, then ship.")


class PackAgain(Refusal):
    """Some of what lies in the parcels was cancelled."""

    code = "pack_again"
    message = _("The member has cancelled some of order %(number)s. Open its parcels and pack it again.")


def ship(moves: Sequence[orders.Move]) -> list[Parcel]:
    """Send packed orders out with all their parcels.

    :raises PackAgain: a parcel holds what was cancelled, or is open because of it
    :raises NoWaybill: a parcel waits for its waybill
    :raises TransitionRefused: not packed, or cancelled meanwhile
    """
    return with_retries(lambda: _ship(moves))


@transaction.atomic
def _ship(moves: Sequence[orders.Move]) -> list[Parcel]:
    held = {order.pk: order for order in orders.lock_orders(moves)}
    parcels = list(
        Parcel.objects.filter(order__any=held, waybill__isnull=False)
        .exclude(state=Parcel.State.STOPPED)
        .select_related("waybill__carrier")
        .order_by("pk")
        .select_for_update(of=("self", "waybill"))
    )
    told = _told(parcels)
    orders.mark_shipped(
        [replace(move, data={"parcels": told[move.order_id]}) for move in moves],
        locked=[held[move.order_id] for move in moves],
    )
    changed = changed_since_packing(held.values())
    if changed is not None:
        raise PackAgain(number=held[changed].number)
    causes = {move.order_id: move for move in moves}
    for parcel in parcels:
        if parcel.waybill.state != Waybill.State.ISSUED:
            raise NoWaybill(number=held[parcel.order_id].number)
        cause = causes[parcel.order_id]
        parcel.state, parcel.handed_over_at = Parcel.State.HANDED_OVER, cause.at
        parcel.waybill.next_poll_at = None if cause.is_history else cause.at
    update_rows(parcels, ["state", "handed_over_at"])
    update_rows([parcel.waybill for parcel in parcels], ["next_poll_at"])
    return parcels


def _told(parcels: Sequence[Parcel]) -> dict[int, list[dict[str, object]]]:
    """Return what orders are told of their parcels: number, carrier, waybill, and units by line position."""
    items: dict[int, dict[str, int]] = defaultdict(dict)
    rows = ParcelLine.objects.filter(parcel__any=[parcel.pk for parcel in parcels]).values_list(
        "parcel", "order_line__position", "quantity"
    )
    for parcel_id, position, quantity in rows:
        items[parcel_id][str(position)] = quantity
    told: dict[int, list[dict[str, object]]] = defaultdict(list)
    for parcel in parcels:
        carrier = parcel.waybill.carrier
        told[parcel.order_id].append(
            {
                "number": parcel.number,
                "carrier": carrier.name,
                "carrier_en": carrier.name_en,
                "waybill": parcel.waybill.number,
                "items": items[parcel.pk],
            }
        )
    return told
