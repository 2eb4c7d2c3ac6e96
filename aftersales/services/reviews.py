"""What members say after they received their gifts: reviews with pictures, and two questions."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.models import GiftReview, ReviewPicture, Survey
from aftersales.rules.reviews import CHECKED_BY, speaks_for_itself
from foundation.pictures import Picture
from foundation.refusals import InvalidInput, NotFound, Refusal
from foundation.retrying import with_retries
from members import services as members
from orders import services as orders
from orders.models import Order, OrderLine

MAX_PICTURES = 5
PICTURES = "reviews"
"""The folder of all pictures under MEDIA_ROOT."""
State = GiftReview.State


class NotReceived(Refusal):
    code = "not_received"
    message = _("Confirm receipt first; then tell us what you think.")


class ReviewShown(Refusal):
    code = "review_shown"
    message = _("Others read your review already, so it stays as it is.")


class ReviewDecided(Refusal):
    code = "review_decided"
    message = _("This review is “%(state)s” already.")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a member says of a gift. Pictures sent before stay when they are named in `kept`."""

    stars: int
    words: str = ""
    pictures: Sequence[Picture] = ()
    kept: Collection[str] = ()


def review_gift(line_id: int, opinion: Opinion, *, at: datetime, by: str) -> GiftReview:
    """Keep a member's review of a gift they received, once per order line; said again, it replaces what waits.

    Words that lead nowhere are shown at once; pictures, and words that might lead people elsewhere, wait for
    somebody to look at them.

    :raises NotFound: no such line, or the member has left
    :raises NotReceived: the order was not signed for, or nothing of the line was sent
    :raises ReviewShown: others can read it already
    :raises InvalidInput: not one to five stars, or more than five pictures
    """
    return with_retries(lambda: _review_gift(line_id, opinion, at=at, by=by))


@transaction.atomic
def _review_gift(line_id: int, opinion: Opinion, *, at: datetime, by: str) -> GiftReview:
    order_id = OrderLine.objects.filter(pk=line_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    (order,) = orders.lock_orders([orders.Move(order_id, at, by)])
    members.lock_customer(order.member_id)
    line = OrderLine.objects.get(pk=line_id)
    if order.status not in (Order.Status.SIGNED, Order.Status.CLOSED) or not line.shipped:
        raise NotReceived
    if not 1 <= opinion.stars <= 5:
        raise InvalidInput(field="stars")
    review = GiftReview.objects.filter(order_line=line).first() or GiftReview(
        order_line=line, gift_id=line.gift_id, member_id=line.member_id, written_at=at
    )
    if not review.is_open:
        if (review.stars, review.words) == (opinion.stars, opinion.words) and not opinion.pictures:
            return review  # the same click, sent twice
        raise ReviewShown
    review.stars, review.words, review.changed_at = opinion.stars, opinion.words, at
    review.state, review.decided_by, review.decided_at, review.reason = State.WAITING, "", None, ""
    standing = list(review.pictures.filter(name__in=opinion.kept)) if review.pk else []
    if len(standing) + len(opinion.pictures) > MAX_PICTURES:
        raise InvalidInput(field="pictures")
    if speaks_for_itself(opinion.words, has_pictures=bool(standing or opinion.pictures)):
        review.state, review.decided_by, review.decided_at = State.SHOWN, CHECKED_BY, at
    review.save()
    _keep_pictures(review, standing, opinion.pictures)
    return review


def _keep_pictures(review: GiftReview, standing: Sequence[ReviewPicture], fresh: Sequence[Picture]) -> None:
    """Write new pictures before their rows, and take old ones away after the commit: a row always has its file."""
    dropped = review.pictures.exclude(pk__in=[picture.pk for picture in standing])
    for name in dropped.values_list("name", flat=True):
        transaction.on_commit(lambda name=name: default_storage.delete(picture_path(name)))  # type: ignore[misc]
    dropped.delete()
    rows = []
    for picture in fresh:
        name = f"{uuid.uuid4().hex}.jpg"
        default_storage.save(picture_path(name), ContentFile(picture.jpeg))
        rows.append(ReviewPicture(review=review, name=name, width=picture.width, height=picture.height))
    ReviewPicture.objects.bulk_create(rows)


def picture_path(name: str) -> str:
    """Return where a picture lies under MEDIA_ROOT."""
    return f"{PICTURES}/{name[:2]}/{name}"


def show_review(review_id: int, *, at: datetime, by: str) -> GiftReview:
    """Let others read a review.

    :raises ReviewDecided: they can already
    :raises OwnOrder: it is the reviewer's own
    """
    return with_retries(lambda: _decide(review_id, State.SHOWN, "", at=at, by=by))


def hide_review(review_id: int, *, reason: str, at: datetime, by: str) -> GiftReview:
    """Keep a review from others; its author reads why, and may write it anew.

    :raises ReasonRequired: no reason given
    :raises ReviewDecided: hidden before
    :raises OwnOrder: it is the reviewer's own
    """
    if not reason.strip():
        raise orders.ReasonRequired
    return with_retries(lambda: _decide(review_id, State.HIDDEN, reason.strip(), at=at, by=by))


@transaction.atomic
def _decide(review_id: int, state: str, reason: str, *, at: datetime, by: str) -> GiftReview:
    found = GiftReview.objects.select_related("member").select_for_update(of=("self",)).filter(pk=review_id)
    review = found.first()
    if review is None:
        raise NotFound
    if by in (f"operator:{review.member.number}", f"member:{review.member.number}"):
        raise orders.OwnOrder
    if review.state == state:
        raise ReviewDecided(state=review.get_state_display())
    review.state, review.reason, review.decided_by, review.decided_at = state, reason, by, at
    review.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return review


def answer_survey(
    order_id: int, *, delivery: int, again: str, words: str = "", at: datetime, by: str
) -> Survey:
    """Keep a member's answers to the two questions about an order; the first answer stands.

    :raises NotReceived: the order was not signed for
    :raises InvalidInput: an answer that is none
    :raises NotFound: the member has left
    """
    return with_retries(
        lambda: _answer(
            Survey(order_id=order_id, delivery=delivery, again=again, words=words, answered_at=at, by=by)
        )
    )


@transaction.atomic
def _answer(survey: Survey) -> Survey:
    (order,) = orders.lock_orders([orders.Move(survey.order_id, survey.answered_at, survey.by)])
    members.lock_customer(order.member_id)
    if order.status not in (Order.Status.SIGNED, Order.Status.CLOSED):
        raise NotReceived
    if survey.delivery not in Survey.Delivery.values or survey.again not in Survey.Again.values:
        raise InvalidInput(field="survey")
    known = Survey.objects.filter(order=order).first()
    if known is None:
        survey.save()
    return known or survey
