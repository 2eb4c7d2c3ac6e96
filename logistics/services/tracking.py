"""What carriers tell us, by push and by poll: stored once, applied by rank, told to orders when all has arrived."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from foundation.retrying import with_retries
from foundation.sql import update_rows
from logistics import rules
from logistics.gateways import kdniao
from logistics.models import CarrierPush, Parcel, TrackingEvent, Waybill
from logistics.terms import TrackPoint, TrackReport
from orders import services as orders

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Report:
    """What became known of one waybill."""

    waybill_id: int
    points: tuple[TrackPoint, ...]
    at: datetime
    by: str
    is_history: bool = False


def record_tracking(reports: Sequence[Report]) -> int:
    """Store carrier events, let parcels follow them, and tell orders whose parcels have all arrived.

    :returns: how many events were new
    """
    return with_retries(lambda: _record_tracking(reports))


@transaction.atomic
def _record_tracking(reports: Sequence[Report]) -> int:
    parcels = _lock_parcels(reports)
    before = TrackingEvent.objects.filter(waybill__in=parcels).count() if len(parcels) == 1 else 0
    TrackingEvent.objects.bulk_create(
        [
            _event(report, point)
            for report in reports
            if report.waybill_id in parcels
            for point in report.points
        ],
        ignore_conflicts=True,
    )
    arrived: dict[int, orders.Move] = {}
    for report in reports:
        parcel = parcels.get(report.waybill_id)
        if parcel is None or parcel.handed_over_at is None or not report.points:
            continue
        parcel.state = rules.state_after(parcel.state, parcel.last_event_at, report.points)
        latest = max(point.occurred_at for point in report.points)
        parcel.last_event_at = max(parcel.last_event_at or latest, latest)
        if parcel.state == Parcel.State.DELIVERED and parcel.delivered_at is None:
            parcel.delivered_at = max(
                p.occurred_at for p in report.points if rules.STATE_OF[p.status] == Parcel.State.DELIVERED
            )
            moment = report.at if not report.is_history else parcel.delivered_at
            arrived[parcel.order_id] = orders.Move(
                parcel.order_id, moment, report.by, is_history=report.is_history
            )
        if parcel.state in rules.AT_AN_END:
            parcel.waybill.next_poll_at = None
    update_rows(parcels.values(), ["state", "last_event_at", "delivered_at"])
    update_rows([parcel.waybill for parcel in parcels.values()], ["next_poll_at"])
    _tell_orders(arrived)
    if len(parcels) != 1:
        return 0
    return TrackingEvent.objects.filter(waybill__in=parcels).count() - before


def _lock_parcels(reports: Sequence[Report]) -> dict[int, Parcel]:
    """Lock the orders of waybills, then their parcels; return the parcels by waybill id."""
    wanted = [report.waybill_id for report in reports]
    order_of = dict(Waybill.objects.filter(pk__any=wanted).values_list("pk", "parcel__order_id"))
    moves = {order_of[r.waybill_id]: r for r in reports if r.waybill_id in order_of}
    orders.lock_orders([orders.Move(order_id, report.at, report.by) for order_id, report in moves.items()])
    parcels = Parcel.objects.filter(waybill__pk__any=order_of).select_related("waybill").order_by("pk")
    return {parcel.waybill.pk: parcel for parcel in parcels.select_for_update(of=("self",))}


def _event(report: Report, point: TrackPoint) -> TrackingEvent:
    return TrackingEvent(
        waybill_id=report.waybill_id,
        event_key=point.key,
        status=point.status,
        code=point.code[:20],
        text=point.text[:300],
        location=point.location[:100],
        occurred_at=point.occurred_at,
        is_time_doubtful=point.doubtful,
        received_at=report.at,
    )


def _tell_orders(arrived: dict[int, orders.Move]) -> None:
    """Mark the orders as delivered that have no parcel left on its way."""
    waiting = Parcel.objects.filter(order__any=arrived).exclude(
        state__in=(Parcel.State.DELIVERED, Parcel.State.STOPPED)
    )
    for order_id in waiting.values_list("order_id", flat=True):
        arrived.pop(order_id, None)
    if arrived:
        orders.mark_delivered(list(arrived.values()))


def receive_push(*, source: str, body: str, at: datetime) -> bool:
    """Keep a carrier's callback to be applied by a worker; False when the same one came before."""
    digest = hashlib.sha256(f"{source}\x1f{body}".encode("utf-8", "surrogatepass")).hexdigest()
    _push, is_new = CarrierPush.objects.get_or_create(
        digest=digest, defaults={"source": source, "body": body, "received_at": at, "next_attempt_at": at}
    )
    return is_new


def apply_pushes(*, at: datetime, limit: int = 100) -> int:
    """Apply callbacks that wait, each in a transaction of its own; return how many were taken."""
    waiting = CarrierPush.objects.filter(applied_at=None, dead_at=None, next_attempt_at__lte=at)
    taken = 0
    for pk in list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
        taken += _apply_push(pk, at=at)
    return taken


def _apply_push(pk: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            push = _claim(pk)
            if push is None:
                return False
            told = kdniao.parse_push(push.body, at=push.received_at)
            known = [report for one in told if (report := _report(one, at=at)) is not None]
            if known:
                # All at once: orders are locked by their ids, whatever order the carrier names their parcels in.
                record_tracking(known)
            if len(known) < len(told):
                _put_off(
                    push, "no such waybill", at=at
                )  # it may be about to be recorded; the others need not wait
                return True
            push.applied_at, push.last_error = at, ""
            push.save(update_fields=["applied_at", "last_error"])
    except Exception as failure:  # noqa: BLE001 - one bad push must not hold up the rest
        logger.warning("carrier push %s not applied: %s", pk, type(failure).__name__)
        _count_failure(pk, failure, at=at)
    return True


def _report(told: TrackReport, *, at: datetime) -> Report | None:
    waybill = Waybill.objects.filter(carrier__code=told.carrier_code, number=told.waybill).first()
    if waybill is None:
        return None
    return Report(waybill.pk, told.points, at, f"carrier:{told.carrier_code}")


def _claim(pk: int) -> CarrierPush | None:
    waiting = CarrierPush.objects.select_for_update(skip_locked=True)
    return waiting.filter(pk=pk, applied_at=None, dead_at=None).first()


@transaction.atomic
def _count_failure(pk: int, failure: Exception, *, at: datetime) -> None:
    push = _claim(pk)
    if push is not None:
        _put_off(push, f"{type(failure).__name__}: {failure}", at=at)


def _put_off(push: CarrierPush, reason: str, *, at: datetime) -> None:
    """Count a failed attempt and wait longer, until the callback is given up in view of an operator."""
    push.attempts += 1
    push.next_attempt_at = at + timedelta(seconds=min(3600, 10 * 2**push.attempts))
    push.last_error = reason[:300]
    push.dead_at = at if push.attempts >= MAX_ATTEMPTS else None
    push.save(update_fields=["attempts", "next_attempt_at", "last_error", "dead_at"])


def replay_push(push_id: int, *, at: datetime) -> None:
    """Give a callback that was given up on another round of attempts."""
    CarrierPush.objects.filter(pk=push_id, dead_at__isnull=False).update(
        dead_at=None, attempts=0, next_attempt_at=at
    )
