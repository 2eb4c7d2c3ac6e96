"""What after-sales' floor knows of a member, as the member may have it."""

from __future__ import annotations

from collections.abc import Iterator

from aftersales.models import Complaint, ComplaintRound, GiftReview, HelpRating, ReturnRequest, Survey
from foundation.disclosure import CHUNK, Chapter, Row, picked, told


def _refunds(member_id: int) -> Iterator[Row]:
    requests = ReturnRequest.objects.filter(order__member_id=member_id)
    fields = (
        "number",
        "order__number",
        "kind",
        "status",
        "reason",
        "requested_at",
        "decided_at",
        "decision_note",
    )
    return told(requests, *fields)


def _reviews(member_id: int) -> Iterator[Row]:
    reviews = GiftReview.objects.filter(member_id=member_id).order_by("pk")
    for review in reviews.select_related("order_line__order").prefetch_related("pictures").iterator(CHUNK):
        yield {
            **picked(review, "stars", "words", "state", "written_at", "changed_at", "reason"),
            "order": review.order_line.order.number,
            "gift": review.order_line.name,
            "pictures": [picture.name for picture in review.pictures.all()],
        }


def _surveys(member_id: int) -> Iterator[Row]:
    surveys = Survey.objects.filter(order__member_id=member_id)
    return told(surveys, "order__number", "delivery", "again", "words", "answered_at")


def _complaints(member_id: int) -> Iterator[Row]:
    complaints = Complaint.objects.filter(member_id=member_id)
    fields = ("number", "order__number", "category", "words", "status", "filed_at", "answer", "answered_at")
    return told(complaints, *fields)


def _earlier_rounds(member_id: int) -> Iterator[Row]:
    rounds = ComplaintRound.objects.filter(complaint__member_id=member_id)
    return told(rounds, "complaint__number", "serial", "words", "said_at", "answer", "answered_at")


def _ratings(member_id: int) -> Iterator[Row]:
    return told(HelpRating.objects.filter(member_id=member_id), "article__code", "is_helpful", "rated_at")


CHAPTERS: tuple[Chapter, ...] = (
    Chapter("refund_requests", _refunds),
    Chapter("reviews", _reviews),
    Chapter("surveys", _surveys),
    Chapter("complaints", _complaints),
    Chapter("earlier_rounds_of_complaints", _earlier_rounds),
    Chapter("help_ratings", _ratings),
)
