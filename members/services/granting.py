"""Points that an integrator grants: a reference happens once, and only with one content."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from members.models import PointsPosting, PointsTransaction
from members.services.points import Grant, grant_points


class ReferenceUsed(Refusal):
    """The reference stands for another grant."""

    code = "idempotency_mismatch"
    status = 422
    message = _("The reference “%(reference)s” was used for another grant. Send a new one.")


def grant_once(grant: Grant) -> bool:
    """Give points to a member and tell whether that is new; the same grant again changes nothing.

    :raises InvalidInput, NotFound: as `grant_points`
    :raises ReferenceUsed: the reference was used with another member, amount, expiry or note
    :raises Busy: the member's account stayed locked
    """
    return with_retries(lambda: _grant_once(grant))


@transaction.atomic
def _grant_once(grant: Grant) -> bool:
    if grant_points([grant]):
        return True
    before = PointsPosting.objects.select_related("lot", "account", "transaction").get(
        transaction__kind=PointsTransaction.Kind.GRANT,
        transaction__reference=grant.reference,
        bucket=PointsPosting.Bucket.AVAILABLE,
    )
    # A lot's expiry moves only after it has passed, and a grant that expires in the past was refused above.
    known = (before.account.member_id, before.amount, before.lot.expires_at, before.transaction.note)
    if known != (grant.member_id, grant.points, grant.expires_at, grant.note):
        raise ReferenceUsed(reference=grant.reference)
    return False
