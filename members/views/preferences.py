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

from members import services
from members.forms.preferences import CHANNELS, NEVER, NIGHT, PreferencesForm
from members.models import Channel, Member, QuietHours, Topic
from members.views.visiting import member_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def preferences(request: HttpRequest, member: Member) -> HttpResponse:
    """Show and take what a member wants: language, topics by channel, quiet hours."""
    status = 200
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            return _save(request, form, member)
        status = 422
    else:
        form = PreferencesForm(initial=_initial(member))
    context = {"form": form, "channels": CHANNELS, "member": member}
    return render(request, "members/preferences.html", context, status=status)


def _initial(member: Member) -> dict[str, Any]:
    wishes = services.wishes_of(member)
    begins, ends = wishes.quiet or QuietHours.DEFAULT
    boxes = {f"{topic}-{channel}": wishes.wants(topic, channel) for topic in Topic for channel in CHANNELS}
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
    """Ask whether mails of one kind, or all, shall stop; stop them when that is said."""
    found = services.read_unsubscribe_token(token)
    if found is None:
        raise Http404
    member_id, topic = found
    context = {"topic": topic, "is_done": request.method == "POST", "all": "all" in request.POST}
    if request.method == "POST":
        wanted = "" if context["all"] else topic
        services.unsubscribe(member_id, wanted, Channel.MAIL, at=timezone.now())
    return render(request, "members/unsubscribe.html", context)
