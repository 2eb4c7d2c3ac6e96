"""Who a member is to us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members import queries
from members.models import Member
from members.views.visiting import member_page


@require_safe
@member_page
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    """Show who the member is to us, their addresses, and the way to everything else about them."""
    return render(
        request, "members/profile.html", {"member": member, "addresses": queries.addresses_of(member.pk)}
    )
