"""The assistant: a question in the member's words, answered by rule from their own rows and from the help articles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from aftersales.forms import MAX_QUESTION, QuestionForm
from aftersales.rules.intents import recognise
from aftersales.rules.ranking import ENOUGH
from aftersales.views.answering import own_answer
from aftersales.views.shelf import index_in_force
from members.models import Member
from orders.rules.numbers import is_number

EXAMPLES = (
    _("Where is my order?"),
    _("When do my points expire?"),
    _("How do I return a gift?"),
    _("How do I change the address?"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Answer a question; what is not answered for sure is offered with its neighbours and a way to people.

    A question is posted: it may hold what belongs into no log.
    """
    is_asked = request.method == "POST"
    form = QuestionForm(request.POST if is_asked else None)
    about = order_asked_about(request)
    context: dict[str, Any] = {"form": form, "examples": EXAMPLES, "order": about, "keep": kept(about)}
    status = 200
    if is_asked:
        typed = str(request.POST.get("q", ""))
        context["complaint"] = _complaint(typed, about)
        if form.is_valid():
            context |= _answer(form.cleaned_data["q"], about, getattr(request.user, "member", None))
        else:
            status = 422
    response = render(request, "aftersales/help_ask.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def order_asked_about(request: HttpRequest) -> str:
    """Return the number of the order somebody came from, or none; whether it is theirs is seen where it is read."""
    number = (request.POST if request.method == "POST" else request.GET).get("order", "")
    return number if is_number(number) else ""


def kept(about: str) -> str:
    """Return what a link needs at its end so that the next page still knows the order."""
    return f"?{urlencode({'order': about})}" if about else ""


def _answer(question: str, about: str, member: Member | None) -> dict[str, Any]:
    index, articles = index_in_force()
    found = index.nearest(question, most=3)
    meant = recognise(question)
    if about and not meant.order_number:
        meant = replace(meant, order_number=about)
    own = own_answer(member.pk, meant) if member is not None else None
    is_sure = bool(found) and found[0].likeness >= ENOUGH and own is None
    shown = [articles[one.code] for one in found]
    return {
        "question": question,
        "own": own,
        "intent": meant.intent or "",
        "log_in_first": meant.intent is not None and member is None,
        "article": shown[0] if is_sure else None,
        "others": shown[1:] if is_sure else shown,
    }


def _complaint(typed: str, about: str) -> str:
    said = {"text": typed.replace("\0", "")[:MAX_QUESTION]}
    return f"{reverse('complaint-new')}?{urlencode({'order': about} | said if about else said)}"
