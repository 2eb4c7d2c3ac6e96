"""A member is forgotten: what names them goes, what the books need stays under their number alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from members.models import (
    Address,
    Letter,
    MailChange,
    Member,
    Message,
    PointsAccount,
    QuietHours,
    SignInCode,
    SmsReceipt,
    Unsubscription,
    User,
)
from members.services.devices import sign_out_everywhere
from members.services.people import lock_customer
from members.services.points import expire_all_points, lock_accounts


class PointsHeld(Refusal):
    """An order holds points of theirs still."""

    code = "points_held"
    message = _("Points are held for an order that is still open.")


@transaction.atomic
def erase_member(member_id: int, *, at: datetime, by: str) -> None:
    """Close an account, let its points expire through the ledger, and take out whatever says who it was.

    The member number stays, as the books' name for nobody in particular. The caller holds the member's orders.

    :raises PointsHeld: an open order holds points
    :raises NotFound: they were forgotten before
    """
    lock_accounts(member_ids={member_id})
    member = lock_customer(member_id)
    if PointsAccount.objects.filter(member=member, held__gt=0).exists():
        raise PointsHeld
    expire_all_points(member_id, at=at, by=by)
    sign_out_everywhere(member.user_id)
    _forget_what_was_said(member)
    Address.objects.filter(member=member, retired_at=None).update(retired_at=at, is_default=False)
    Address.objects.filter(member=member).update(recipient="", phone="", detail="")
    Member.objects.filter(pk=member_id).update(
        status=Member.Status.CLOSED,
        name="",
        phone=f"erased-{member_id}",
        email="",
        bank_reference=f"erased-{member_id}",
    )
    user = User.objects.get(pk=member.user_id)
    user.first_name = user.last_name = user.email = ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save(update_fields=["first_name", "last_name", "email", "is_active", "last_login", "password"])


def _forget_what_was_said(member: Member) -> None:
    SmsReceipt.objects.filter(phone=member.phone).update(phone="")
    for model in (Message, Letter, MailChange, SignInCode, QuietHours, Unsubscription):
        model._default_manager.filter(member=member).delete()
