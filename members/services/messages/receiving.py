"""What providers say became of our texts: kept once, applied by a worker, however early or often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from members.gateways import aliyun, tencent
from members.models import Channel, Message, SmsReceipt
from members.terms import Receipt

State = Message.State
MAX_ATTEMPTS = 6
PARSERS = {"aliyun": aliyun.parse_receipts, "tencent": tencent.parse_receipts}
OPEN = (State.WAITING, State.UNKNOWN, State.SENT, State.DEAD)
"""States that a receipt ends. One that says "arrived" is believed of a message that we gave up, too."""


def parse_receipts(provider: str, text: str) -> list[Receipt]:
    """Read what a provider pushed.

    :raises UnreadableReceipt: it is no list of receipts
    """
    return PARSERS[provider](text)


def receive_receipts(provider: str, receipts: Sequence[Receipt], *, at: datetime) -> None:
    """Keep receipts to be applied by a worker; one that came before is not kept again."""
    rows = [
        SmsReceipt(
            provider=provider,
            digest=hashlib.sha256(repr((provider, one)).encode("utf-8", "replace")).hexdigest(),
            message_id=_number(one.reference),
            provider_reference=one.provider_reference,
            phone=one.phone,
            succeeded=one.succeeded,
            code=one.code,
            received_at=at,
            next_attempt_at=at,
        )
        for one in receipts
    ]
    SmsReceipt.objects.bulk_create(rows, ignore_conflicts=True)


def _number(reference: str) -> int | None:
    return int(reference) if reference.isascii() and reference.isdigit() and len(reference) < 19 else None


def apply_receipts(*, at: datetime, limit: int = 100) -> int:
    """Apply receipts that wait, each in a transaction of its own; return how many were taken."""
    waiting = SmsReceipt.objects.filter(applied_at=None, dead_at=None, next_attempt_at__lte=at)
    due = waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]
    return sum(_apply(pk, at=at) for pk in list(due))


@transaction.atomic
def _apply(pk: int, *, at: datetime) -> bool:
    rows = SmsReceipt.objects.select_for_update(skip_locked=True)
    receipt = rows.filter(pk=pk, applied_at=None, dead_at=None).first()
    if receipt is None:
        return False
    message = _message_of(receipt)
    if message is not None:
        _settle(message, receipt, at=at)
        receipt.applied_at, receipt.phone, receipt.message_id = at, "", message.pk
    else:  # its number may be about to be noted; or it is of a text that was never ours
        receipt.attempts += 1
        receipt.next_attempt_at = at + timedelta(seconds=10 * 4**receipt.attempts)
        if receipt.attempts >= MAX_ATTEMPTS:
            receipt.dead_at, receipt.phone = at, ""
    receipt.save()
    return True


def _message_of(receipt: SmsReceipt) -> Message | None:
    """Find the message by our own number, by the provider's, or as the only one to that phone that nobody knows of."""
    ours = Message.objects.select_for_update().filter(channel=Channel.SMS, provider=receipt.provider)
    if receipt.message_id is not None:
        return ours.filter(pk=receipt.message_id).first()
    by_number = ours.filter(provider_reference=receipt.provider_reference).first()
    if by_number is not None:
        return by_number
    unknown = ours.filter(state=State.UNKNOWN, provider_reference="", member__phone=_national(receipt.phone))
    candidates = list(unknown[:2])
    return candidates[0] if len(candidates) == 1 else None


def _national(phone: str) -> str:
    return phone.removeprefix("+").removeprefix("86") if len(phone) > 11 else phone


def _settle(message: Message, receipt: SmsReceipt, *, at: datetime) -> None:
    if message.state not in OPEN or (not receipt.succeeded and message.state in (State.WAITING, State.DEAD)):
        return  # settled by an earlier receipt, or about a try that another one follows
    message.provider_reference = message.provider_reference or receipt.provider_reference
    message.sent_at = message.sent_at or at
    if receipt.succeeded:
        message.state, message.delivered_at, message.last_error = State.DELIVERED, at, ""
    else:
        message.state, message.last_error = State.UNDELIVERABLE, receipt.code
    if message.is_secret:
        message.context = {}
    message.save()
