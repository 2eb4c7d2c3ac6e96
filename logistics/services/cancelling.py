"""Telling carriers that parcels will not come: the waybill's row is the job, a worker makes the call (law 9)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from logistics.gateways import kdniao
from logistics.models import Waybill
from logistics.services.carriers import MAX_ATTEMPTS, provider
from logistics.terms import CarrierRefused, CarrierUnavailable

logger = logging.getLogger(__name__)

State = Waybill.State
BY = "worker:waybills"
ANSWER_TIME = timedelta(seconds=30)
"""Twice the time a carrier has to answer: a waybill that is being asked for is not taken back before it is there."""
_OVER = (State.VOID, State.CANCELLING, State.STUCK)


def give_back(waybills: QuerySet[Waybill], *, at: datetime) -> None:
    """Void waybills whose parcels will not leave; those that a carrier was asked for are cancelled there by a worker.

    Call it under the locks of their orders, so that no worker begins to ask meanwhile. Numbers that parcels of the
    past brought along were never asked for here, and nobody cancels them.
    """
    standing = waybills.exclude(state__in=_OVER)
    standing.filter(asked_at=None).update(state=State.VOID, next_poll_at=None)
    standing.update(
        state=State.CANCELLING, attempts=0, next_attempt_at=at + ANSWER_TIME, next_poll_at=None, last_error=""
    )


def cancel_waybills(*, at: datetime, limit: int = 20) -> int:
    """Tell carriers of the waybills that nobody needs any more; return how many they were told of."""
    due = Waybill.objects.filter(state=State.CANCELLING, next_attempt_at__lte=at).order_by("next_attempt_at")
    told = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        answered = _cancel(pk, at=at)
        told += answered is not None
        if answered is False:
            break  # a provider that is down costs one time-out at each wake-up
    return told


def _cancel(pk: int, *, at: datetime) -> bool | None:
    """Count the attempt and commit, then call: a waybill that is cancelled already is cancelled once more for nothing.

    :returns: whether the provider answered; None when another worker has it
    """
    with transaction.atomic():
        rows = Waybill.objects.select_for_update(skip_locked=True, of=("self",))
        rows = rows.select_related("parcel", "carrier")
        waybill = rows.filter(pk=pk, state=State.CANCELLING, next_attempt_at__lte=at).first()
        if waybill is None:
            return None
        if waybill.attempts >= MAX_ATTEMPTS:  # the last try took its worker along and left no verdict
            _note_failure(waybill, waybill.last_error, is_final=True)
            return True
        waybill.attempts += 1
        waybill.next_attempt_at = at + timedelta(seconds=min(3600, 15 * 2**waybill.attempts))
        waybill.save(update_fields=["attempts", "next_attempt_at"])
    try:
        kdniao.cancel_waybill(
            waybill.carrier.code, waybill.number, reference=waybill.parcel.number, settings=provider()
        )
    except CarrierUnavailable as failure:
        _note_failure(waybill, failure.reason, is_final=waybill.attempts >= MAX_ATTEMPTS)
        return False
    except CarrierRefused as refusal:
        _note_failure(waybill, refusal.reason, is_final=True)
        return True
    # A number that came meanwhile after all is another one to cancel.
    asked = Waybill.objects.filter(pk=pk, state=State.CANCELLING, number=waybill.number)
    asked.update(state=State.VOID, cancelled_at=at, cancelled_by=BY, last_error="")
    return True


def _note_failure(waybill: Waybill, reason: str, *, is_final: bool) -> None:
    logger.warning("waybill %s not cancelled: %s", waybill.pk, "given up" if is_final else "later")
    changes: dict[str, object] = {"last_error": reason[:300]}
    if is_final:
        changes["state"] = State.STUCK
    Waybill.objects.filter(pk=waybill.pk, state=State.CANCELLING).update(**changes)


def note_cancelled(waybill_id: int, *, at: datetime, by: str) -> None:
    """Note that somebody settled with the carrier, by telephone, what it would not cancel when asked by us."""
    stuck = Waybill.objects.filter(pk=waybill_id, state=State.STUCK)
    stuck.update(state=State.VOID, cancelled_at=at, cancelled_by=by)
