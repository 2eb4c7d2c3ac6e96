"""What a member wants to hear of; and the way out that every mail carries."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members import services, wording
from members.forms.preferences import CHANNELS, NEVER, NIGHT, PreferencesForm
from members.models import Channel, Member, QuietHours, Topic
from members.views.visiting import member_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def preferences(request: HttpRequest, member: Member) -> HttpResponse:
    """Show and take what a member wants: language, topics and events by channel, quiet hours."""
    form, status = PreferencesForm(initial=_initial(member)), 200
    if request.method == "POST":
        typed = PreferencesForm(request.POST)
        if typed.is_outdated:
            status = 409
        elif typed.is_valid():
            return _save(request, typed, member)
        else:
            form, status = typed, 422
    context = {"form": form, "channels": CHANNELS, "member": member, "is_outdated": status == 409}
    return render(request, "members/preferences.html", context, status=status)


def _initial(member: Member) -> dict[str, Any]:
    wishes = services.wishes_of(member)
    begins, ends = wishes.quiet or QuietHours.DEFAULT
    subjects = [*Topic.values, *wording.WORDINGS]
    boxes = {
        f"{subject}-{channel}": (subject, channel) not in wishes.unwanted
        for subject in subjects
        for channel in CHANNELS
    }
    quiet = NIGHT if wishes.quiet else NEVER
    return {"language": member.language, "quiet": quiet, "begins": begins, "ends": ends, **boxes}


def _save(request: HttpRequest, form: PreferencesForm, member: Member) -> HttpResponse:
    language = form.cleaned_data["language"]
    wishes = services.Wishes(form.unwanted, form.hours)
    services.save_wishes(member.pk, wishes, language=language, at=timezone.now())
    with translation.override(language):
        messages.success(request, _("Your preferences are saved."))
    response = redirect("preferences")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.HTTPS)
    return response


@csrf_exempt  # mail programs post it for their readers, with neither cookie nor page; the token says who and what
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the mails of one event, of its topic, or all shall stop; stop them when that is said."""
    link = services.read_unsubscribe_token(token)
    if link is None:
        raise Http404
    everything, kind = "all" in request.POST, "kind" in request.POST or not link.event
    if request.method == "POST":
        subject = "" if everything else link.topic if kind else link.event
        services.unsubscribe(link.member_id, subject, Channel.MAIL, at=timezone.now())
    context = {
        "topic": link.topic,
        "event": wording.WORDINGS[link.event].title if link.event else "",
        "others": len(wording.events_about(link.topic)) > 1,
        "stopped": link.topic.label if kind else wording.WORDINGS[link.event].title,
        "is_done": request.method == "POST",
        "all": everything,
    }
    return render(request, "members/unsubscribe.html", context)
