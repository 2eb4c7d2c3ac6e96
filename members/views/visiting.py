"""What every page of a member needs: who asks, where they come from, where they go on to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.refusals import NotFound
from members.models import Member

P = ParamSpec("P")


def member_page(
    view: Callable[Concatenate[HttpRequest, Member, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give a view the member who asks; send others to the log-in and back. Such a page is stored nowhere.

    What is not the member's is answered by the same page as what does not exist (law 10).
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):  # a part of a page cannot log in: load the page again
                return HttpResponse(headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path(), reverse("log-in"))
        member = getattr(request.user, "member", None)
        if member is None:
            raise PermissionDenied
        try:
            response = view(request, member, *args, **kwargs)
        except NotFound as missing:
            raise Http404 from missing
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return page


def actor(member: Member) -> str:
    """Name a member as the author of a change."""
    return f"member:{member.number}"


def safe_next(request: HttpRequest, values: QueryDict, fallback: str) -> str:
    """Return where to go on to: an address of this house that was asked for, or the fallback."""
    wanted = values.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith("/") and "\\" not in wanted else fallback


def cursor(request: HttpRequest) -> int | None:
    """Read where the last page ended; what is no such place starts from the top."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
