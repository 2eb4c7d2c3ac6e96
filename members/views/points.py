"""What a member has, and where it came from and went."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members import queries
from members.models import Member
from members.views.visiting import cursor, member_page

EXPIRES_SOON = timedelta(days=60)


@require_safe
@member_page
def points(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member has, what is held, what expires soon, and each transaction."""
    account = queries.points_of(member.pk)
    expiring = queries.points_by_expiry(account)
    soon_until = timezone.localdate(timezone.now()) + EXPIRES_SOON
    context = {
        "account": account,
        "expiring": expiring,
        "soon": sum(points for day, points in expiring.items() if day < soon_until),
        "soon_until": soon_until,
        "statement": queries.statement_of(account.pk, before=cursor(request)),
    }
    return render(request, "members/points.html", context)
