"""What every page of a member needs: who asks, where they come from, where they go on to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.refusals import NotFound
from members.forms.signing_in import known_device
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
            if request.method == "POST":
                _keep_typed(request)
            if request.headers.get("HX-Request"):  # a part of a page cannot log in: load the page again
                return HttpResponse(headers={"HX-Refresh": "true"})
            return redirect_to_login(_place_of(request), reverse("log-in"))
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


_TYPED, _MOST_TYPED = "typed", 50_000


def _place_of(request: HttpRequest) -> str:
    """Return the page to come back to: what was sent was sent from a page, which can be shown again."""
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(
        sent_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(sent_from)
        place = urlunsplit(("", "", parts.path, parts.query, ""))
        if place.startswith("/") and not place.startswith("//"):
            return place
    return request.get_full_path()


def _keep_typed(request: HttpRequest) -> None:
    """Keep what was sent by somebody whose session had ended, until they are back on that page.

    It lies in the session they will log in with and goes with it. Passwords are not kept, and who logs in next on
    a browser that knows somebody else does not see it.
    """
    known = known_device(request).partition(".")[0]
    withheld = getattr(request, "sensitive_post_parameters", ())  # what the view's decorator names
    typed = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and withheld != "__ALL__" and name not in withheld
    }
    if sum(len(value) for values in typed.values() for value in values) <= _MOST_TYPED:
        request.session[_TYPED] = {"path": urlsplit(_place_of(request)).path, "values": typed, "of": known}


def typed_before(request: HttpRequest) -> QueryDict:
    """Return what was typed on this page when the session had ended, once; nothing otherwise.

    A page with a form begins with it, so that logging in in between loses nothing. It was not acted upon.
    """
    values = QueryDict(mutable=True)
    kept = request.session.get(_TYPED)
    if kept is not None and kept["path"] == request.path:
        del request.session[_TYPED]
        is_theirs = kept.get("of", "") in ("", str(request.user.pk))
        for name, found in kept["values"].items() if is_theirs else ():
            values.setlist(name, found)
    return values


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
