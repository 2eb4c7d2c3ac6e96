"""What members complained about and asked back."""

from __future__ import annotations

from aftersales.models import Complaint, ReturnRequest
from foundation.refusals import NotFound


def complaints_of(member_id: int, *, before: int | None = None, size: int = 20) -> list[Complaint]:
    """Return a member's complaints, newest first; one more than a page when there are more."""
    mine = Complaint.objects.filter(member_id=member_id).select_related("order")
    if before is not None:
        mine = mine.filter(pk__lt=before)
    return list(mine.order_by("-pk")[: size + 1])


def complaint_of(member_id: int, number: str) -> Complaint:
    """Return a member's complaint with its order.

    :raises NotFound: there is none, or it is somebody else's
    """
    mine = Complaint.objects.filter(member_id=member_id).select_related("order")
    found = mine.filter(number=number).first() if "\0" not in number else None
    if found is None:
        raise NotFound
    return found


def latest_request_of(member_id: int, order_id: int | None = None) -> ReturnRequest | None:
    """Return the refund request that a member made last, of one order or of any."""
    requests = ReturnRequest.objects.filter(order__member=member_id).select_related("order")
    if order_id is not None:
        requests = requests.filter(order=order_id)
    return requests.order_by("-pk").first()
