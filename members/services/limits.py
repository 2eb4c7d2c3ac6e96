"""Tries that are counted, in PostgreSQL: two at once cannot both be the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from members.models import TryCount
from members.rules.limits import Count, Limit, one_more


class TooManyTries(Refusal):
    """A limit is reached; `retry_after` (seconds) and `time` (Shanghai's) say when to come again."""

    code = "too_many_tries"
    status = 429
    message = _("Too many tries. You can try again at %(time)s.")


class TooSoon(TooManyTries):
    """A limit is reached that ends within two minutes."""

    message = _("That was a moment ago. You can try again in %(retry_after)s seconds.")


class Use(NamedTuple):
    """One try under a limit, by whoever is counted there."""

    limit: Limit
    subject: str

    @property
    def key(self) -> tuple[str, str]:
        """Where its count stands: who is counted cannot be read from it."""
        digest = salted_hmac("members.limits", f"{self.limit.scope}\0{self.subject}", algorithm="sha256")
        return self.limit.scope, digest.hexdigest()


@transaction.atomic
def take(uses: Sequence[Use], *, at: datetime) -> dict[Limit, Count]:
    """Count one try under each limit, or under none when one of them is reached.

    The counts stay locked until the transaction ends: keep what follows short.

    :raises TooManyTries: nothing was counted, so trying on does not put the end off
    """
    wanted = {use.key: use.limit for use in uses}
    keys = sorted(wanted)  # one order for everybody: no deadlock
    TryCount.objects.bulk_create(
        [TryCount(scope=scope, subject=subject, used=0, ends_at=at) for scope, subject in keys],
        ignore_conflicts=True,
    )
    rows = list(_rows(keys).select_for_update().order_by("scope", "subject"))
    taken: dict[Limit, Count] = {}
    full: list[datetime] = []
    for row in rows:
        limit = wanted[row.scope, row.subject]
        count = one_more(limit, Count(row.used, row.ends_at), at)
        if count is None:
            full.append(row.ends_at)
        else:
            taken[limit] = count
            row.used, row.ends_at = count.used, count.ends_at
    if full:
        raise refusal_until(max(full), at=at)
    TryCount.objects.bulk_update(rows, ["used", "ends_at"])
    return taken


def look(uses: Sequence[Use], *, at: datetime) -> None:
    """Refuse as `take` would, and count nothing.

    :raises TooManyTries: a limit is reached
    """
    limits = {use.key: use.limit for use in uses}
    for row in _rows(sorted(limits)):
        if one_more(limits[row.scope, row.subject], Count(row.used, row.ends_at), at) is None:
            raise refusal_until(row.ends_at, at=at)


def give_back(uses: Sequence[Use], *, forget: Sequence[Limit] = ()) -> None:
    """Take back a try that turned out well; under the limits to `forget` all tries before it, too."""
    forgotten = [use.key for use in uses if use.limit in forget]
    counted = sorted(use.key for use in uses if use.limit not in forget)
    with transaction.atomic():
        if forgotten:
            _rows(forgotten).delete()
        for scope, subject in counted:
            TryCount.objects.filter(scope=scope, subject=subject, used__gt=0).update(used=F("used") - 1)


def refusal_until(moment: datetime, *, at: datetime) -> TooManyTries:
    """Return the refusal that says when to come again."""
    seconds = max(1, int((moment - at).total_seconds() + 0.999))
    local, today = timezone.localtime(moment), timezone.localtime(at).date()
    time = local.strftime("%H:%M" if local.date() == today else "%Y-%m-%d %H:%M")
    kind = TooSoon if seconds <= 120 else TooManyTries
    return kind(retry_after=seconds, time=time)


def _rows(keys: Sequence[tuple[str, str]]) -> QuerySet[TryCount]:
    wanted = Q(pk__in=[])
    for scope, subject in keys:
        wanted |= Q(scope=scope, subject=subject)
    return TryCount.objects.filter(wanted)
