"""What members' floor knows of a member, as the member may have it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from foundation.disclosure import CHUNK, Chapter, Row, picked, told
from members import wording
from members.models import (
    Address,
    Device,
    MailChange,
    Member,
    Message,
    PointsLot,
    PointsPosting,
    QuietHours,
    Unsubscription,
)


def _profile(member_id: int) -> Iterator[Row]:
    member = Member.objects.select_related("tier", "user", "account").get(pk=member_id)
    facts = picked(
        member, "number", "bank_reference", "name", "phone", "email", "status", "language", "joined_at"
    )
    yield {
        **facts,
        "tier": member.tier.code,
        "last_login": member.user.last_login,
        "points_available": member.account.available,
        "points_held": member.account.held,
    }


def _addresses(member_id: int) -> Iterator[Row]:
    fields = ("recipient", "phone", "region_name", "detail", "is_default", "created_at", "retired_at")
    return told(Address.objects.filter(member_id=member_id), *fields)


def _lots(member_id: int) -> Iterator[Row]:
    lots = PointsLot.objects.filter(account__member_id=member_id)
    return told(lots, "reference", "issued", "remaining", "held", "granted_at", "expires_at")


def _ledger(member_id: int) -> Iterator[Row]:
    postings = PointsPosting.objects.filter(account__member_id=member_id).order_by("pk")
    for posting in postings.select_related("transaction", "lot").iterator(chunk_size=CHUNK):
        yield {
            **picked(posting.transaction, "at", "kind", "reference", "note"),
            "bucket": posting.bucket,
            "points": posting.amount,
            "lot": posting.lot.reference,
        }


def _messages(member_id: int) -> Iterator[Row]:
    member = Member.objects.get(pk=member_id)
    messages = Message.objects.filter(member_id=member_id, is_secret=False).order_by("pk")
    with override(member.language):
        chosen = wording.edited(member.language)
    for message in messages.iterator(chunk_size=CHUNK):
        with override(member.language):
            title, body = _words(message, chosen)
        facts = picked(message, "channel", "state", "created_at", "sent_at", "delivered_at", "read_at")
        yield {**facts, "title": title, "text": body}


def _words(message: Message, chosen: wording.Edited) -> tuple[str, str]:
    try:
        return wording.of(message, chosen)
    except KeyError:  # nothing is said of this event any more
        return message.template, ""


def _wishes(member_id: int) -> Iterator[Row]:
    for hours in QuietHours.objects.filter(member_id=member_id):
        yield {"quiet_from": hours.begins, "quiet_to": hours.ends, "since": hours.changed_at}
    unwanted = Unsubscription.objects.filter(member_id=member_id)
    for row in told(unwanted, "topic", "event", "channel", "since"):
        yield {"unwanted": row}


def _devices(member_id: int) -> Iterator[Row]:
    fields = ("browser", "system", "address", "first_seen_at", "last_seen_at")
    return told(Device.objects.filter(user__member=member_id), *fields)


def _mail_changes(member_id: int) -> Iterator[Row]:
    return told(MailChange.objects.filter(member_id=member_id), "address", "asked_at", "expires_at")


CHAPTERS: tuple[Chapter, ...] = (
    Chapter("profile", _profile),
    Chapter("addresses", _addresses),
    Chapter("points_lots", _lots),
    Chapter("points_ledger", _ledger),
    Chapter("messages", _messages),
    Chapter("message_wishes", _wishes),
    Chapter("devices", _devices),
    Chapter("mail_addresses_to_confirm", _mail_changes),
)
