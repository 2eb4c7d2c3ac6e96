"""What members say of the gifts they received."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inventory.models import Gift
from members.models import Member
from orders.models import OrderLine


class GiftReview(models.Model):
    """Stars, words and pictures for a gift, once per order line; read by others after it was looked at."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("not shown")

    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, related_name="gift_review", verbose_name=_("order line")
    )
    gift = models.ForeignKey(
        Gift, models.PROTECT, related_name="gift_reviews", db_index=False, verbose_name=_("gift")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.CharField(_("words"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    written_at = models.DateTimeField(_("written at"))
    changed_at = models.DateTimeField(_("changed at"))
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason for the member"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("gift review")
        verbose_name_plural = _("gift reviews")
        indexes = [
            models.Index(fields=["gift", "-id"], condition=Q(state="shown"), name="reviews_of_a_gift"),
            models.Index(fields=["changed_at"], condition=Q(state="waiting"), name="gift_reviews_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by="", decided_at=None)
                | (~Q(state="waiting") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="a_checked_review_has_its_author",
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(reason=""), name="a_hidden_review_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}: {self.stars}"

    @property
    def is_open(self) -> bool:
        """Tell whether its author may still change it: until others can read it."""
        return self.state != self.State.SHOWN


class ReviewPicture(models.Model):
    """A picture of a review as we drew it again; its name is random and says nothing of its author."""

    review = models.ForeignKey(
        GiftReview, models.PROTECT, related_name="pictures", verbose_name=_("gift review")
    )
    name = models.CharField(_("file name"), max_length=40, unique=True)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("picture of a review")
        verbose_name_plural = _("pictures of reviews")

    def __str__(self) -> str:
        return self.name


class Survey(models.Model):
    """Two questions after an order was received, answered once."""

    class Delivery(models.IntegerChoices):
        GOOD = 3, _("Very satisfied")
        FAIR = 2, _("All right")
        BAD = 1, _("Not satisfied")

    class Again(models.TextChoices):
        YES = "yes", pgettext_lazy("again", "Yes")
        MAYBE = "maybe", pgettext_lazy("again", "Perhaps")
        NO = "no", pgettext_lazy("again", "No")

    order = models.OneToOneField(
        "orders.Order", models.PROTECT, related_name="survey", verbose_name=_("order")
    )
    delivery = models.PositiveSmallIntegerField(_("satisfied with the delivery"), choices=Delivery.choices)
    again = models.CharField(_("would redeem again"), max_length=5, choices=Again.choices)
    words = models.CharField(_("words"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery__gte=1, delivery__lte=3, again__in=("yes", "maybe", "no")),
                name="a_survey_answers_its_questions",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.delivery}, {self.again}"
