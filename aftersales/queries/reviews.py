"""What others say of a gift, and what a member has still to say of an order."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.query import Prefetch

from aftersales.models import GiftReview, ReviewPicture, Survey
from orders.models import Order, OrderLine

State = GiftReview.State


@dataclass(frozen=True, slots=True)
class Rating:
    """How many reviews of a gift can be read, and their stars in tenths: 47 is 4.7."""

    reviews: int
    tenths: int

    @property
    def stars(self) -> str:
        """The average with one decimal."""
        return f"{self.tenths // 10}.{self.tenths % 10}"

    @property
    def rounded(self) -> int:
        """The average in whole stars."""
        return (self.tenths + 5) // 10


def rating_of(gift_id: int) -> Rating:
    """Return how a gift was rated, in one statement."""
    shown = GiftReview.objects.filter(gift_id=gift_id, state=State.SHOWN)
    row = shown.aggregate(reviews=Count("pk"), stars=Sum("stars"))
    reviews, stars = row["reviews"], row["stars"] or 0
    return Rating(reviews, (stars * 20 + reviews) // (2 * reviews) if reviews else 0)


def reviews_of(gift_id: int, *, before: int | None = None, size: int = 10) -> list[GiftReview]:
    """Return what can be read of a gift, newest first; one more than a page when there are more."""
    shown = GiftReview.objects.filter(gift_id=gift_id, state=State.SHOWN)
    if before is not None:
        shown = shown.filter(pk__lt=before)
    found = shown.select_related("member", "order_line").prefetch_related("pictures")
    return list(found.order_by("-pk")[: size + 1])


def to_review(order: Order) -> list[tuple[OrderLine, GiftReview | None]]:
    """Return the lines of an order that were sent, each with what its member said of it."""
    said = Prefetch("pictures", ReviewPicture.objects.order_by("pk"))
    reviews = GiftReview.objects.filter(order_line__order=order).prefetch_related(said)
    by_line = {review.order_line_id: review for review in reviews}
    return [(line, by_line.get(line.pk)) for line in order.lines.all() if line.shipped]


def survey_of(order: Order) -> Survey | None:
    """Return a member's answers about an order."""
    return Survey.objects.filter(order=order).first()


def picture_named(name: str) -> ReviewPicture | None:
    """Return a picture with its review."""
    return ReviewPicture.objects.select_related("review__member").filter(name=name).first()
