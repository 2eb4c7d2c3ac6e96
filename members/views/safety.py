"""Where a member is signed in, and what they sign in with."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from foundation.refusals import Refusal
from members import queries, services
from members.forms import MailForm, PasswordForm
from members.models import Member, User
from members.views.visiting import member_page


@require_safe
@member_page
def devices(request: HttpRequest, member: Member) -> HttpResponse:
    """Show where the member is signed in."""
    here = services.session_digest(request.session.session_key or "")
    shown = [
        {"device": device, "is_here": device.session_digest == here}
        for device in queries.devices_of(member.user_id, at=timezone.now())
    ]
    shown.sort(key=lambda row: not row["is_here"])
    return render(request, "members/devices.html", {"shown": shown})


@require_POST
@member_page
def sign_out_device(request: HttpRequest, member: Member, device_id: int) -> HttpResponse:
    """End one session."""
    services.sign_out_device(member.user_id, device_id)
    messages.success(request, _("That device is signed out."))
    return redirect("devices")


@member_page
def sign_out_everywhere(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask, then end every session and every token, this one's too."""
    if request.method != "POST":
        return render(request, "members/sign_out_everywhere.html")
    services.sign_out_everywhere(member.user_id)
    auth.logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("home")


@sensitive_post_parameters("old", "new", "again")
@member_page
def password(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new password; every other device is signed out."""
    user = _user_of(request)
    form = PasswordForm(user, request.POST or None)
    refused, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            changed = services.change_password(
                member.user_id,
                old=typed.get("old", ""),
                new=typed["new"],
                session_key=request.session.session_key or "",
                at=timezone.now(),
            )
        except services.OldPasswordWrong as refusal:
            form.add_error("old", str(refusal))
        except Refusal as refusal:
            refused, status = str(refusal), refusal.status
        else:
            auth.update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed. Other devices are signed out."))
            return redirect("profile")
    return render(request, "members/password.html", {"form": form, "refused": refused}, status=status)


def _user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@member_page
def mail(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new mail address, and send a link there."""
    form = MailForm(member.email, request.POST or None)
    refused, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_mail_change(
                member.pk,
                address=form.cleaned_data["address"],
                link=lambda token: request.build_absolute_uri(reverse("mail-confirm", args=[token])),
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused, status = str(refusal), refusal.status
        else:
            messages.success(request, _("We sent a link to the new address. It is good for a day."))
            return redirect("profile")
    context = {"form": form, "refused": refused, "member": member}
    return render(request, "members/mail.html", context, status=status)


def confirm_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whoever followed the link from a mail, who need not be signed in here; a mail scanner presses no button."""
    at, context, status = timezone.now(), {}, 200
    try:
        if request.method == "POST":
            services.confirm_mail(token, at=at)
            messages.success(request, _("Your mail address is confirmed. We write to it from now on."))
            return redirect("profile" if request.user.is_authenticated else "home")
        context["address"] = services.mail_change_of(token, at=at).address
    except Refusal as refusal:
        context["refused"], status = str(refusal), refusal.status
    response = render(request, "members/confirm_mail.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
