"""Telling members in time which of their points are about to expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from members.models import Channel, Member, Message, PointsLot
from members.services.messages.wishes import noes_to
from members.services.messages.writing import Notice, send_notices

AHEAD = (7, 30)
"""Days before a lot expires on which its member is told; the nearest first, so that nobody hears of both at once."""
EVENT = "points.expiring"


def remind_of_expiry(*, at: datetime, limit: int = 500) -> int:
    """Tell members of lots that expire within 30 and within 7 days, once each; return how many reminders were written.

    Points that wait in a hold are not counted, since they are on their way out already. Frozen and closed members are
    not told to spend what they cannot spend.
    """
    written, nearer = 0, 0
    for days in AHEAD:
        lots = list(_lots(at, nearer, days)[:limit])
        send_notices([_notice(lot, days, at) for lot in lots])
        written, nearer = written + len(lots), days
    return written


def _lots(at: datetime, nearer: int, days: int) -> QuerySet[PointsLot]:
    """Return the lots that expire in more than `nearer` and at most `days` days, whose members do not know yet."""
    fact = Concat(Value("lot/"), Cast(OuterRef("pk"), CharField()), Value(f"/{days}"))
    told = Message.objects.filter(dedupe_key=fact, member=OuterRef("account__member"))
    return (
        PointsLot.objects.exclude(_unheard())
        .filter(
            expires_at__gt=at + timedelta(days=nearer),
            expires_at__lte=at + timedelta(days=days),
            # Points that never lived longer than this were granted with their date.
            granted_at__lt=F("expires_at") - timedelta(days=days),
            remaining__gt=F("held"),
            account__member__status=Member.Status.ACTIVE,
        )
        .filter(~Exists(told))
        .select_related("account")
        .order_by("expires_at", "pk")
    )


def _unheard() -> Q:
    """Say whose reminder would be written nowhere: it must not come up at each wake-up in the place of others."""
    no = {
        channel: Q(Exists(noes_to(EVENT, channel).filter(member=OuterRef("account__member"))))
        for channel in (Channel.INBOX, Channel.MAIL)
    }
    return no[Channel.INBOX] & (no[Channel.MAIL] | Q(account__member__email=""))


def _notice(lot: PointsLot, days: int, at: datetime) -> Notice:
    member_id = lot.account.member_id
    assert member_id is not None
    date = timezone.localtime(lot.expires_at, timezone.get_default_timezone()).date()
    context: dict[str, object] = {"points": lot.remaining - lot.held, "date": date.isoformat()}
    return Notice(member_id, EVENT, f"lot/{lot.pk}/{days}", at, context)
