"""The trail of sign-ins that were refused: who was guessed at, from where, and when no more tries were left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.crypto import salted_hmac

from foundation.visitors import network_of
from members.models import RefusedSignIn, User
from members.rules.limits import Count, Limit

Action, Way = RefusedSignIn.Action, RefusedSignIn.Way


def note_refused(
    way: str, user: User | None, name: str, *, address: str, taken: Mapping[Limit, Count], at: datetime
) -> None:
    """Write down a wrong password or code, and each limit whose last try it was.

    A try that a limit refuses is written nowhere, so that nobody fills the table: the row that says until when the
    limit holds stands for all of them.

    :param name: what was typed, or a digest of it; only a keyed digest is kept, and only if it names nobody
    :param taken: what the try counted against
    """
    of = {
        "way": way,
        "at": at,
        "user_id": user.pk if user else None,
        "name_digest": "" if user or not name else _digest(name),
        "network": network_of(address),
    }
    rows = [RefusedSignIn(action=Action.FAILED, **of)]
    for limit, count in taken.items():
        if count.used == limit.most:
            rows.append(RefusedSignIn(action=Action.THROTTLED, limit=limit.scope, until=count.ends_at, **of))
    RefusedSignIn.objects.bulk_create(rows)


def _digest(name: str) -> str:
    return salted_hmac("members.refused", name, algorithm="sha256").hexdigest()
