"""Answers to what members ask again and again: by category, by search, one by one. Visitors read them, too."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersales import queries, services
from aftersales.forms import MAX_QUESTION
from aftersales.models import HelpArticle
from aftersales.views.asking import kept, order_asked_about
from aftersales.views.shelf import index_in_force
from foundation.refusals import NotFound
from members.models import Member
from members.views import member_page

ICONS = {
    "ordering": "gift",
    "points": "points",
    "delivery": "truck",
    "aftersales": "refund",
    "account": "me",
    "privacy": "shield",
}
FOUND = 10
RELATED = 4


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """Show all questions by what they are about, or those that are like what somebody looks for."""
    looked_for = request.GET.get("q", "").replace("\0", "").strip()[:MAX_QUESTION]
    index, articles = index_in_force()
    found = [articles[one.code] for one in index.nearest(looked_for, most=FOUND)] if looked_for else []
    by_category = groupby(articles.values(), key=lambda one: one.category)
    about = order_asked_about(request)
    context = {
        "q": looked_for,
        "order": about,
        "keep": kept(about),
        "found": found,
        "categories": [
            (HelpArticle.Category(name).label, ICONS[name], list(rows)) for name, rows in by_category
        ],
    }
    return _kept_by_nobody(render(request, "aftersales/help.html", context))


@require_safe
def help_article(request: HttpRequest, code: str) -> HttpResponse:
    """Show one question with its answer, and those that are like it."""
    index, articles = index_in_force()
    if code not in articles:
        raise Http404
    article = articles[code]
    alike = index.nearest(article.question, most=RELATED + 1)
    member = getattr(request.user, "member", None)
    context = {
        "article": article,
        "keep": kept(order_asked_about(request)),
        "related": [articles[one.code] for one in alike if one.code != code][:RELATED],
        "may_rate": member is not None,
        "rating": queries.voice_of(article.pk, member.pk) if member is not None else None,
    }
    return _kept_by_nobody(render(request, "aftersales/help_article.html", context))


@require_POST
@member_page
def rate(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """Note whether an answer helped."""
    is_helpful = request.POST.get("helpful") == "yes"
    try:
        services.rate_article(code, member.pk, is_helpful=is_helpful, at=timezone.now())
    except NotFound as missing:
        raise Http404 from missing
    messages.success(
        request,
        _("Thank you, that helps us.") if is_helpful else _("Thank you. Ask the assistant, or write to us."),
    )
    return redirect("help-article", code=code)


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """The frame shows who is signed in and how many messages wait."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
