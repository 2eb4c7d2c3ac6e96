"""What only pages need, and how much a request may bring. Programs go past the first: it is a third of what the edge of
a request costs in Python."""

from __future__ import annotations

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django_htmx.middleware import HtmxMiddleware

from foundation.problems import of_refusal
from foundation.refusals import Refusal
from foundation.sizes import check_size
from members.views import staying


class _PagesOnly:
    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class PageCSP(_PagesOnly, CSPMiddleware):
    """A document of data runs no scripts."""


class PageSession(_PagesOnly, SessionMiddleware):
    """Programs carry a token or a key, never a cookie."""


class PageUser(_PagesOnly, AuthenticationMiddleware):
    """Who asks is the business of members.api.callers there."""


class PageMessages(_PagesOnly, MessageMiddleware):
    """Messages live in the session."""


class PageStay(_PagesOnly, MiddlewareMixin):
    """Who opens pages stays signed in, and their device in its owner's list."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Note it on the way out, when it is known who asked."""
        staying.stay(request, at=timezone.now())
        return response


class PageHtmx(_PagesOnly, HtmxMiddleware):
    """Programs swap no fragments."""


class BodySize(MiddlewareMixin):
    """Nobody makes us read more than a view takes. It comes before whoever looks for a CSRF token in the body."""

    def process_view(
        self, request: HttpRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Answer a body that is too large without reading it."""
        try:
            check_size(request, view)
        except Refusal as refusal:
            if request.path_info.startswith("/api/"):
                return of_refusal(refusal)
            return render(request, "413.html", {"refusal": refusal}, status=refusal.status)
        return None


class PageText(_PagesOnly, MiddlewareMixin):
    """No address holds a NUL: no text of ours does, and the database refuses to compare with one."""

    def process_request(self, request: HttpRequest) -> None:
        """Answer it as what it is: not a request of any page.

        :raises BadRequest: a NUL in the address, spelt out or not
        """
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            raise BadRequest("a NUL in the address")
