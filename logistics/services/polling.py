"""Asking carriers where parcels are: from the day they leave until they arrive, or are given up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from foundation.sql import update_rows
from logistics import rules
from logistics.gateways import kdniao
from logistics.models import Waybill
from logistics.services.carriers import provider
from logistics.services.tracking import Report, record_tracking
from logistics.terms import CarrierRefused, CarrierUnavailable

logger = logging.getLogger(__name__)


def follow_parcels(order_ids: Sequence[int], *, at: datetime) -> None:
    """Begin to ask about parcels of the past that are still on their way.

    The first questions are spread over the time between two of them, so that a mall that moves in does not ask about
    all its parcels in one minute.
    """
    issued = Waybill.objects.filter(
        parcel__order__any=order_ids, state=Waybill.State.ISSUED, next_poll_at=None, refused_polls=0
    )
    begun = [w for w in issued.select_related("parcel__order") if rules.is_followed(w.parcel, at=at)]
    for waybill in begun:
        seconds = waybill.pk % int(rules.POLL_EVERY.total_seconds())
        waybill.next_poll_at = at + timedelta(seconds=seconds)
    update_rows(begun, ["next_poll_at"])


def poll_tracking(*, at: datetime, limit: int = 20) -> int:
    """Ask about parcels nobody pushed news of for a while; return how many were looked at."""
    due = Waybill.objects.filter(next_poll_at__lte=at).order_by("next_poll_at")
    asked = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            waybill = (
                Waybill.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("parcel__order", "carrier")
                .filter(pk=pk, next_poll_at__lte=at)
                .first()
            )
            if waybill is None:
                continue
            is_followed = rules.is_followed(waybill.parcel, at=at)
            waybill.next_poll_at = at + rules.POLL_EVERY if is_followed else None
            waybill.save(update_fields=["next_poll_at"])
        asked += 1
        if not is_followed:
            continue
        if not _poll(waybill, at=at):
            break  # the provider is away: the rest can wait for the next wake-up, each would cost a time-out
    return asked


def _poll(waybill: Waybill, *, at: datetime) -> bool:
    """Have news pushed to us the first time, ask ourselves after that; False when the provider does not answer."""
    phone, reference = waybill.parcel.order.recipient_phone[-4:], waybill.parcel.number
    carrier = waybill.carrier.code
    try:
        if waybill.subscribed_at is None:
            kdniao.subscribe(
                carrier, waybill.number, phone_last4=phone, reference=reference, settings=provider()
            )
            Waybill.objects.filter(pk=waybill.pk).update(subscribed_at=at, refused_polls=0)
            return True
        points = kdniao.query_tracking(
            carrier, waybill.number, phone_last4=phone, reference=reference, at=at, settings=provider()
        )
    except CarrierUnavailable:
        logger.warning("no track for waybill %s: later", waybill.pk)
        return False
    except CarrierRefused as refusal:
        _note_refusal(waybill, refusal.reason)
        return True
    Waybill.objects.filter(pk=waybill.pk, refused_polls__gt=0).update(refused_polls=0)
    record_tracking([Report(waybill.pk, tuple(points), at, f"carrier:{carrier}")])
    return True


def _note_refusal(waybill: Waybill, reason: str) -> None:
    """Count a no; after several in a row nobody asks any more, and the order's deadline calls a person."""
    logger.warning("no track for waybill %s: refused", waybill.pk)
    rows = Waybill.objects.filter(pk=waybill.pk)
    rows.update(refused_polls=F("refused_polls") + 1, last_error=reason[:300])
    rows.filter(refused_polls__gte=rules.MOST_REFUSALS).update(next_poll_at=None)
