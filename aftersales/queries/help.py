"""The help articles that are published, and what members said of them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max

from aftersales.models import HelpArticle, HelpRating

Version = tuple[int, datetime | None, int | None]


def articles() -> list[HelpArticle]:
    """Return the published articles, each category in its own order."""
    order = {category: place for place, category in enumerate(HelpArticle.Category.values)}
    published = HelpArticle.objects.filter(is_published=True)
    return sorted(published, key=lambda one: (order[one.category], one.position, one.pk))


def articles_version() -> Version:
    """Return what changes whenever a published article does."""
    counted = HelpArticle.objects.filter(is_published=True).aggregate(
        articles=Count("pk"), changed_at=Max("changed_at"), newest=Max("pk")
    )
    return counted["articles"], counted["changed_at"], counted["newest"]


def voice_of(article_id: int, member_id: int) -> bool | None:
    """Return whether an article helped a member; None when they did not say."""
    ratings = HelpRating.objects.filter(article=article_id, member=member_id)
    return ratings.values_list("is_helpful", flat=True).first()
