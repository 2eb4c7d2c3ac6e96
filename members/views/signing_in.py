"""Log in, with a password or a code, and out."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from foundation.refusals import Refusal
from foundation.visitors import address_of
from members import services
from members.forms import CodeForm, LogInForm, NumberForm
from members.forms.signing_in import MARK, MARK_SALT, known_device
from members.models import User
from members.rules import masked_phone
from members.views.staying import REMEMBERED, SEEN, SINCE
from members.views.visiting import safe_next

MARK_LIFE = timedelta(days=365)
CODE = "code"
"""Where the session keeps which number was sent a code, and the token to use it with."""


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in by password and go on to where they wanted to be."""
    after = _after(request)
    if request.user.is_authenticated:
        return redirect(after)
    form = LogInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _enter(request, form, after)
    context = {"form": form, "next": after, "refused": _waiting(form.refusal), "way": "password"}
    return _page(request, context, form.status, form.refusal)


@sensitive_post_parameters("code")
def log_in_by_code(request: HttpRequest) -> HttpResponse:
    """Send a code to a number, then let somebody in who types it."""
    after = _after(request)
    if request.user.is_authenticated:
        return redirect(after)
    sent = None if "other" in request.GET else request.session.get(CODE)
    if request.method == "POST" and "number" in request.POST:
        return _send(request, after)
    if sent is None:
        return _number_page(request, NumberForm(), after)
    form = CodeForm(request, request.POST or None, token=uuid.UUID(sent["token"]))
    if request.method == "POST" and form.is_valid():
        return _enter(request, form, after)
    return _code_page(request, form, sent["number"], after)


def _send(request: HttpRequest, after: str) -> HttpResponse:
    """Send a code and go on to the page that asks for it; a page that is loaded again sends none."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _number_page(request, form, after, status=422)
    number, sent = form.cleaned_data["number"], request.session.get(CODE)
    try:
        token = services.send_code(
            number=number,
            address=address_of(request),
            at=timezone.now(),
            known_device=known_device(request),
            replaces=uuid.UUID(sent["token"]) if sent is not None else None,
        )
    except Refusal as refusal:
        if sent is not None and sent["number"] == number:  # the code sent before is still good
            form_again = CodeForm(request, token=uuid.UUID(sent["token"]))
            form_again.refusal = refusal
            return _code_page(request, form_again, number, after)
        return _number_page(request, form, after, refusal=refusal)
    request.session[CODE] = {"number": number, "token": str(token)}
    return redirect(f"{reverse('log-in-code')}?{urlencode({'next': after})}")


def _number_page(
    request: HttpRequest, form: NumberForm, after: str, *, status: int = 200, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"number_form": form, "next": after, "refused": _waiting(refusal), "way": "number"}
    return _page(request, context, refusal.status if refusal else status, refusal)


def _code_page(request: HttpRequest, form: CodeForm, number: str, after: str) -> HttpResponse:
    context = {
        "form": form,
        "number": number,
        "masked": masked_phone(number),
        "next": after,
        "refused": _waiting(form.refusal),
        "way": "code",
    }
    return _page(request, context, form.status, form.refusal)


def _page(
    request: HttpRequest, context: dict[str, object], status: int, refusal: Refusal | None
) -> HttpResponse:
    response = render(request, "members/log_in.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    if refusal is not None and "retry_after" in refusal.detail:
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
    return response


def _waiting(refusal: Refusal | None) -> str:
    """Return what to say above the form: that it is a matter of waiting. What is wrong stands beside its field."""
    return str(refusal) if refusal is not None and refusal.status == 429 else ""


def _after(request: HttpRequest) -> str:
    return safe_next(request, request.POST if request.method == "POST" else request.GET, reverse("home"))


def _enter(request: HttpRequest, form: LogInForm | CodeForm, after: str) -> HttpResponse:
    """Begin a session under a new key, and mark the browser as one that knows the account."""
    user = form.user
    assert user is not None
    for name in (CODE, SINCE, SEEN):
        request.session.pop(name, None)
    auth.login(request, user)
    request.session[REMEMBERED] = form.cleaned_data["remember"]
    is_member = getattr(user, "member", None) is not None
    response = redirect(after if is_member or after != reverse("home") else "admin:index")
    _mark(response, user)
    return response


def _mark(response: HttpResponse, user: User) -> None:
    response.set_signed_cookie(
        MARK,
        services.device_mark(user),
        salt=MARK_SALT,
        max_age=int(MARK_LIFE.total_seconds()),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.session.session_key:
        services.forget_session(request.session.session_key)
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")
