"""What members wrote to us and about their gifts, once they want to be forgotten."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.models import (
    Complaint,
    ComplaintRound,
    GiftReview,
    HelpRating,
    ReturnRequest,
    ReviewPicture,
    Survey,
)
from aftersales.services.reviews import picture_path
from foundation.refusals import Refusal

GONE = "—"


class CasesOpen(Refusal):
    """We owe the member an answer."""

    code = "cases_open"
    message = _("We still owe you an answer to a complaint or a refund request. Ask again once you have it.")


def check_cases_over(member_id: int) -> None:
    """Go on only if no complaint and no refund request of a member waits.

    :raises CasesOpen: one does
    """
    complaints = Complaint.objects.filter(member_id=member_id, status__in=Complaint.WAITING)
    refunds = ReturnRequest.objects.filter(
        order__member_id=member_id,
        status__in=(ReturnRequest.Status.REQUESTED, ReturnRequest.Status.APPROVED),
    )
    if complaints.exists() or refunds.exists():
        raise CasesOpen


@transaction.atomic
def forget_words(member_id: int) -> None:
    """Take a member's own words and pictures away; stars, and what was decided, stay without them.

    :raises CasesOpen: something still waits for an answer
    """
    check_cases_over(member_id)
    pictures = ReviewPicture.objects.filter(review__member_id=member_id)
    for name in pictures.values_list("name", flat=True):
        transaction.on_commit(partial(default_storage.delete, picture_path(name)))
    pictures.delete()
    GiftReview.objects.filter(member_id=member_id).update(words="")
    Survey.objects.filter(order__member_id=member_id).update(words="")
    Complaint.objects.filter(member_id=member_id).update(words=GONE)
    Complaint.objects.filter(member_id=member_id).exclude(answer="").update(answer=GONE)
    ComplaintRound.objects.filter(complaint__member_id=member_id).update(words=GONE, answer=GONE)
    GiftReview.objects.filter(member_id=member_id).exclude(reason="").update(reason=GONE)
    ReturnRequest.objects.filter(order__member_id=member_id).update(reason=GONE)
    ReturnRequest.objects.filter(order__member_id=member_id).exclude(decision_note="").update(
        decision_note=GONE
    )
    HelpRating.objects.filter(member_id=member_id).delete()
