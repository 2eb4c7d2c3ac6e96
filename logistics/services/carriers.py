"""Calls to the carriers' provider, made by workers: the row is claimed and counted, then the call is made."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from logistics import rules
from logistics.gateways import kdniao
from logistics.gateways.kdniao import KdniaoSettings
from logistics.models import CarrierService, Parcel, ParcelLine, Waybill
from logistics.terms import CarrierRefused, CarrierUnavailable, Contact, Goods, WaybillRequest
from members.models import Region
from orders import services as orders
from orders.models import Order

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BY = "worker:waybills"


def provider() -> KdniaoSettings:
    """Return where the provider answers and who we are to it."""
    return KdniaoSettings(
        base_url=settings.KDNIAO_URL, business_id=settings.KDNIAO_BUSINESS_ID, app_key=settings.KDNIAO_APP_KEY
    )


def request_waybills(*, at: datetime, limit: int = 20) -> int:
    """Ask for the waybills that parcels wait for; return how many were asked for."""
    wanted = Waybill.objects.filter(state=Waybill.State.WANTED, next_attempt_at__lte=at)
    asked = 0
    for pk in list(wanted.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
        answered = _request_waybill(pk, at=at)
        asked += answered is not None
        if answered is False:
            break  # a provider that is down costs one time-out at each wake-up, not one for each parcel
    return asked


def _request_waybill(pk: int, *, at: datetime) -> bool | None:
    """Count the attempt and commit, then call: the provider gives one number per reference, so twice is once.

    :returns: whether the provider answered; None when another worker has it
    """
    with transaction.atomic():
        # From here on the address stays: whatever the carrier prints is where the order goes.
        order_id = Waybill.objects.values_list("parcel__order", flat=True).get(pk=pk)
        (order,) = orders.settle_addresses([orders.Move(order_id, at, BY)])
        wanted = Waybill.objects.select_for_update(skip_locked=True, of=("self",))
        waybill = wanted.filter(pk=pk, state=Waybill.State.WANTED, next_attempt_at__lte=at).first()
        if waybill is None:
            transaction.set_rollback(True)  # nobody was asked, so the address stays open
            return None
        if waybill.attempts >= MAX_ATTEMPTS:  # the last try took its worker along and left no verdict
            _note_failure(waybill, waybill.last_error, is_final=True)
            return True
        if not _goes_there(waybill, order):
            _note_failure(waybill, "no carrier takes the parcel to its new address", is_final=True)
            return True
        waybill.attempts += 1
        waybill.asked_at = waybill.asked_at or at
        waybill.next_attempt_at = at + timedelta(seconds=min(3600, 15 * 2**waybill.attempts))
        waybill.save(update_fields=["attempts", "asked_at", "next_attempt_at"])
    try:
        _record_number(waybill, kdniao.issue_waybill(_request_of(waybill), settings=provider()), at=at)
    except CarrierUnavailable as failure:
        _note_failure(waybill, failure.reason, is_final=waybill.attempts >= MAX_ATTEMPTS)
        return False
    except CarrierRefused as refusal:
        _note_failure(waybill, refusal.reason, is_final=True)
    except IntegrityError:
        _note_failure(waybill, "the provider gave the number of another parcel", is_final=True)
    return True


def _goes_there(waybill: Waybill, order: Order) -> bool:
    """Give a parcel whose order was sent elsewhere after packing a carrier that goes there, if there is one."""
    parcel = Parcel.objects.select_related("service").get(pk=waybill.parcel_id)
    size: dict[str, Any] = {
        "province": f"{order.region_code[:2]}0000",
        "weight_g": parcel.weight_g,
        "longest_mm": max(parcel.length_mm, parcel.width_mm, parcel.height_mm),
    }
    if rules.takes(parcel.service, **size):
        return True
    offered = CarrierService.objects.filter(is_active=True, carrier__is_active=True)
    service = rules.cheapest(offered.select_related("carrier"), **size)
    if service is None:
        return False
    parcel.service, parcel.freight = service, rules.freight(service, parcel.weight_g)
    parcel.save(update_fields=["service", "freight"])
    Waybill.objects.filter(pk=waybill.pk).update(carrier=service.carrier)
    waybill.carrier = service.carrier
    return True


def _note_failure(waybill: Waybill, reason: str, *, is_final: bool) -> None:
    logger.warning("no waybill for parcel %s: %s", waybill.parcel_id, "given up" if is_final else "later")
    changes: dict[str, object] = {"last_error": reason[:300]}
    if is_final:
        changes["state"] = Waybill.State.DEAD
    Waybill.objects.filter(pk=waybill.pk, state=Waybill.State.WANTED).update(**changes)


@transaction.atomic
def _record_number(waybill: Waybill, number: str, *, at: datetime) -> None:
    """Label the parcel; was its order cancelled while the provider was thinking, the number goes back."""
    row = Waybill.objects.filter(pk=waybill.pk)
    issued = row.filter(state=Waybill.State.WANTED).update(
        number=number, state=Waybill.State.ISSUED, issued_at=at, last_error=""
    )
    if issued:
        Parcel.objects.filter(pk=waybill.parcel_id, state=Parcel.State.DRAFT).update(
            state=Parcel.State.LABELLED
        )
        return
    over = (Waybill.State.CANCELLING, Waybill.State.STUCK, Waybill.State.VOID)
    row.filter(state__in=over, number="").update(
        number=number,
        state=Waybill.State.CANCELLING,
        issued_at=at,
        attempts=0,
        next_attempt_at=at,
        cancelled_at=None,
        cancelled_by="",
    )


def _request_of(waybill: Waybill) -> WaybillRequest:
    parcel = Parcel.objects.select_related("order", "task__warehouse", "service__carrier").get(
        pk=waybill.parcel_id
    )
    order, warehouse = parcel.order, parcel.task.warehouse
    lines = ParcelLine.objects.filter(parcel=parcel).select_related("order_line")
    return WaybillRequest(
        reference=parcel.number,
        carrier_code=parcel.service.carrier.code,
        sender=_contact(warehouse.name, settings.SENDER_PHONE, warehouse.region_code, warehouse.name),
        receiver=_contact(order.recipient, order.recipient_phone, order.region_code, order.address_detail),
        goods=tuple(Goods(line.order_line.name, line.quantity, line.order_line.weight_g) for line in lines),
        weight_grams=parcel.weight_g,
    )


def _contact(name: str, phone: str, region_code: str, detail: str) -> Contact:
    codes = [f"{region_code[:2]}0000", f"{region_code[:4]}00", region_code]
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    province, city, county = (names.get(code, "") for code in codes)
    return Contact(name, phone, province, city or province, county, detail)


def replay_waybill(waybill_id: int, *, at: datetime) -> None:
    """Ask again for a waybill that was given up on, or once more for its cancelling."""
    again = {Waybill.State.DEAD: Waybill.State.WANTED, Waybill.State.STUCK: Waybill.State.CANCELLING}
    for given_up, wanted in again.items():
        row = Waybill.objects.filter(pk=waybill_id, state=given_up)
        if row.update(state=wanted, attempts=0, next_attempt_at=at):
            return
