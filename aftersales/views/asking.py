"""The assistant: a question in the member's words, answered by rule from their own rows and from the help articles."""

from __future__ import annotations

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
    context: dict[str, Any] = {"form": form, "examples": EXAMPLES}
    status = 200
    if is_asked:
        typed = str(request.POST.get("q", ""))
        context["complaint"] = _complaint(typed)
        if form.is_valid():
            context |= _answer(form.cleaned_data["q"], getattr(request.user, "member", None))
        else:
            status = 422
    response = render(request, "aftersales/help_ask.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _answer(question: str, member: Member | None) -> dict[str, Any]:
    index, articles = index_in_force()
    found = index.nearest(question, most=3)
    meant = recognise(question)
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


def _complaint(typed: str) -> str:
    return f"{reverse('complaint-new')}?{urlencode({'text': typed.replace(chr(0), '')[:MAX_QUESTION]})}"
