"""What members said: reviews to look at before others read them, and answers to the two questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aftersales import services
from aftersales.models import GiftReview, Survey
from foundation.admin import (
    Cause,
    Deed,
    DeedForm,
    DossierAdmin,
    Facts,
    Panel,
    QueueFilter,
    age,
    in_bulk,
    link,
    state_of,
)

State = GiftReview.State
TONES = {State.WAITING: "work", State.SHOWN: "good", State.HIDDEN: "bad"}


class HideForm(DeedForm):
    """Why others do not read it; its author does."""

    reason = forms.CharField(
        label=_("Reason for the member"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def _show(review: GiftReview, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.show_review(review.pk, at=cause.at, by=cause.by)


def _hide(review: GiftReview, cleaned: dict[str, Any], cause: Cause) -> object:
    return services.hide_review(review.pk, reason=cleaned["reason"], at=cause.at, by=cause.by)


SHOW = Deed(
    name="show",
    label=_("Show it"),
    permission="aftersales.change_giftreview",
    work=_show,
    done=_("%(object)s: others can read it now."),
    possible=lambda review: review.state != State.SHOWN,
)
HIDE = Deed(
    name="hide",
    label=_("Do not show it"),
    permission="aftersales.change_giftreview",
    work=_hide,
    done=_("%(object)s is not shown; its author reads why."),
    possible=lambda review: review.state != State.HIDDEN,
    form=HideForm,
    tone="danger",
)


class ReviewQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "waiting": (_("to look at"), Q(state="waiting")),
        "shown": (_("shown"), Q(state="shown")),
        "hidden": (_("not shown"), Q(state="hidden")),
    }


@admin.register(GiftReview)
class GiftReviewAdmin(DossierAdmin):
    """Longest waiting first; after a decision the next one opens."""

    list_display = [
        "what",
        "stars_given",
        "beginning",
        "shown_pictures",
        "condition",
        "waiting",
        "decided_by",
    ]
    list_select_related = ["order_line", "member"]
    list_filter = [ReviewQueue]
    find_by = ("order_line__order__number", "member__number")
    settled = frozenset({"shown", "hidden", "all"})
    search_help_text = _("Order number or member number")
    ordering = ["changed_at", "pk"]
    deeds = [SHOW, HIDE]
    actions = [in_bulk(SHOW), in_bulk(HIDE)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the pictures along."""
        reviews: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = reviews.annotate(number_of_pictures=Count("pictures"))
        return counted

    @admin.display(description=_("gift"))
    def what(self, review: GiftReview) -> str:
        return review.order_line.label

    @admin.display(description=_("stars"), ordering="stars")
    def stars_given(self, review: GiftReview) -> str:
        return "★" * review.stars + "☆" * (5 - review.stars)

    @admin.display(description=_("words"))
    def beginning(self, review: GiftReview) -> str:
        return review.words[:40]

    @admin.display(description=_("pictures"))
    def shown_pictures(self, review: Any) -> int:
        return int(review.number_of_pictures)

    @admin.display(description=_("state"))
    def condition(self, review: GiftReview) -> SafeString:
        return state_of(review, TONES, "state")

    @admin.display(description=_("waiting for"))
    def waiting(self, review: GiftReview) -> str:
        return age(review.changed_at, review.decided_at or timezone.now())

    def name(self, obj: GiftReview) -> str:
        return f"{obj.order_line.label} · {obj.member.number}"

    def heading(self, request: HttpRequest, obj: GiftReview) -> SafeString:
        return self.condition(obj)

    def after(self, request: HttpRequest, obj: GiftReview, deed: Deed) -> str:
        """Go on to the next review that waits."""
        following = GiftReview.objects.filter(state=State.WAITING).order_by("changed_at", "pk").first()
        return self.address(following) if following else reverse("admin:aftersales_giftreview_changelist")

    def panels(self, request: HttpRequest, obj: GiftReview) -> Sequence[Panel]:
        """Show what was said, with its pictures."""
        rows: list[tuple[Any, Any]] = [
            (_("order"), link(request, obj.order_line.order)),
            (_("member"), link(request, obj.member)),
            (_("gift"), obj.order_line.label),
            (_("stars"), self.stars_given(obj)),
            (_("words"), obj.words),
            (_("pictures"), _pictures(obj)),
            (_("written at"), obj.written_at),
            (_("changed at"), obj.changed_at),
            (_("decided by"), obj.decided_by),
            (_("decided at"), obj.decided_at),
            (_("reason for the member"), obj.reason),
        ]
        return [Facts(_("Gift review"), rows)]


def _pictures(review: GiftReview) -> SafeString:
    return format_html_join(
        " ",
        '<a href="{0}"><img src="{0}" width="160" alt="{1}"></a>',
        (
            (reverse("review-picture", args=[picture.name]), f"{picture.width} × {picture.height}")
            for picture in review.pictures.all()
        ),
    )


class AnswerFilter(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "unhappy": (_("not satisfied"), Q(delivery=1) | Q(again="no")),
        "words": (_("with words"), ~Q(words="")),
    }


@admin.register(Survey)
class SurveyAdmin(DossierAdmin):
    """Answers, newest first, with what they come to above the list."""

    list_display = ["order", "delivery", "again", "words", "answered_at"]
    list_select_related = ["order"]
    list_filter = [AnswerFilter]
    find_by = ("order__number",)
    settled = frozenset({"unhappy", "words", "all"})
    search_help_text = _("Order number")
    ordering = ["-answered_at", "-pk"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say how many answered what."""
        return super().changelist_view(request, {**(extra_context or {}), "title": _answers()})

    def name(self, obj: Survey) -> str:
        return obj.order.number

    def panels(self, request: HttpRequest, obj: Survey) -> Sequence[Panel]:
        """Show the answers."""
        rows: list[tuple[Any, Any]] = [
            (_("order"), link(request, obj.order)),
            (_("satisfied with the delivery"), obj.get_delivery_display()),
            (_("would redeem again"), obj.get_again_display()),
            (_("words"), obj.words),
            (_("answered at"), obj.answered_at),
            (_("by"), obj.by),
        ]
        return [Facts(_("survey answer"), rows)]


def _answers() -> SafeString:
    """Return how often each answer was given, as one line."""
    told = []
    for field, labels in (("delivery", Survey.Delivery), ("again", Survey.Again)):
        counts = dict(Survey.objects.order_by().values_list(field).annotate(n=Count("pk")))
        answers = ", ".join(f"{choice.label} {counts.get(choice.value, 0)}" for choice in labels)
        told.append((getattr(Survey._meta.get_field(field), "verbose_name", field), answers))
    return format_html("{}: {} · {}: {}", *told[0], *told[1])
