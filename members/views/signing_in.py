"""Log in and out."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from members.forms import LogInForm
from members.views.visiting import safe_next


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in and go on to where they wanted to be."""
    fallback = reverse("home")
    after = safe_next(request, request.POST if request.method == "POST" else request.GET, fallback)
    if request.user.is_authenticated:
        return redirect(after)
    form = LogInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        auth.login(request, form.user)
        is_member = getattr(form.user, "member", None) is not None
        return redirect(after if is_member or after != fallback else "admin:index")
    status = 401 if form.is_bound else 200
    response = render(request, "members/log_in.html", {"form": form, "next": after}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")
