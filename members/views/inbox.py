"""What a member was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from members import queries, services, wording
from members.models import Channel, Member
from members.views.visiting import cursor, member_page

PAGE = 20


@require_safe
@member_page
def inbox(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member was told, and note that it has been seen."""
    found = queries.inbox_of(member.pk, before=cursor(request), size=PAGE)
    chosen = wording.edited(get_language() or "", channel=Channel.INBOX)
    shown = [
        {
            "message": message,
            "title": said.title,
            "body": said.body,
            "order": message.context.get("number", ""),
        }
        for message, said in wording.all_of(found[:PAGE], chosen)
    ]
    before = found[PAGE - 1].pk if len(found) > PAGE else None
    response = render(request, "members/inbox.html", {"shown": shown, "before": before})
    services.mark_read(member.pk, at=timezone.now())
    return response
