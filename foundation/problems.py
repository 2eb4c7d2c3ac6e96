"""Refusals as RFC 9457 problem documents, for every address under /api/ and whatever goes wrong there."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions

from foundation.json_bodies import Malformed, UnsupportedMediaType
from foundation.refusals import Busy, Forbidden, NotFound, Refusal, Unauthenticated

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class TooLarge(Refusal):
    code = "too_large"
    status = 413
    message = _("The request is too large.")


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"
    status = 405
    message = _("This address does not answer that method.")


class NotAcceptable(Refusal):
    code = "not_acceptable"
    status = 406
    message = _("Ask for application/json.")


class Throttled(Refusal):
    code = "throttled"
    status = 429
    message = _("Too many requests. Try again a little later.")


class Unavailable(Refusal):
    """The database does not answer."""

    code = "unavailable"
    status = 503
    message = _("The service is briefly unavailable. Try again in a moment.")


class BugMet(Refusal):
    """Our own mistake."""

    code = "internal"
    status = 500
    message = _("Something went wrong on our side. We have been told.")


_SAID_AS: tuple[tuple[type[Exception], type[Refusal]], ...] = (
    (Http404, NotFound),
    (exceptions.NotAuthenticated, Unauthenticated),
    (exceptions.AuthenticationFailed, Unauthenticated),
    (PermissionDenied, Forbidden),
    (exceptions.PermissionDenied, Forbidden),
    (exceptions.ParseError, Malformed),
    (exceptions.UnsupportedMediaType, UnsupportedMediaType),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.NotAcceptable, NotAcceptable),
    (exceptions.Throttled, Throttled),
    (RequestDataTooBig, TooLarge),
    (OperationalError, Unavailable),
    (InterfaceError, Unavailable),
)
"""What the frameworks raise, in the house's own words."""


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return a refusal as a problem document: `code` is stable, `title` is in the user's language.

    The path of a wrong field stands in `field`, whatever else the words name in `params`.
    """
    body: dict[str, Any] = {
        "type": f"urn:pointsmall:problem:{refusal.code}",
        "code": refusal.code,
        "status": refusal.status,
        "title": str(refusal),
    }
    params = dict(refusal.detail)
    if "field" in params:
        body["field"] = params.pop("field")
    if params:
        body["params"] = params
    # Half a surrogate pair in a name that is echoed has no bytes of its own: it becomes a question mark.
    text = json.dumps(body, ensure_ascii=False, default=str).encode(errors="replace")
    response = HttpResponse(text, status=refusal.status, content_type=CONTENT_TYPE)
    if isinstance(refusal, Busy | Unavailable):
        response["Retry-After"] = "1"
    elif "retry_after" in refusal.detail:
        response["Retry-After"] = str(refusal.detail["retry_after"])
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def answer_refusal(exception: Exception, _context: dict[str, Any] | None = None) -> HttpResponse | None:
    """Answer whatever an API view raised; None leaves a bug to Django, which logs it."""
    if isinstance(exception, Refusal):
        return of_refusal(exception)
    for raised, refusal in _SAID_AS:
        if isinstance(exception, raised):
            if refusal is Unavailable:
                logger.warning("database unavailable: %s", type(exception).__name__)
            return of_refusal(refusal())
    return None


def page_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist: programs get a problem document, people a page."""
    if request.path.startswith("/api/"):
        return of_refusal(NotFound())
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself would not take."""
    if request.path.startswith("/api/"):
        return of_refusal(Malformed())
    return defaults.bad_request(request, exception)


def bug_met(request: HttpRequest) -> HttpResponse:
    """Answer after a bug of ours, or a database that does not answer; Django has logged which."""
    is_database = isinstance(sys.exception(), OperationalError | InterfaceError)
    if request.path.startswith("/api/"):
        return of_refusal(Unavailable() if is_database else BugMet())
    response = defaults.server_error(request)
    if is_database:
        response.status_code, response["Retry-After"] = 503, "5"
    return response


def describe(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem document to the API's description, as what any operation may answer instead."""
    texts = ("type", "code", "title")
    schema = {
        "type": "object",
        "description": "An RFC 9457 problem document. Programs look at `code`; `title` is for people.",
        "required": [*texts, "status"],
        "properties": {
            **{name: {"type": "string"} for name in texts},
            "status": {"type": "integer"},
            "field": {"type": "string", "description": "The path of the field that is wrong."},
            "params": {"type": "object", "additionalProperties": {}, "description": "What the title names."},
        },
    }
    result["components"].setdefault("schemas", {})["Problem"] = schema
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "A refusal.", "content": content}
    return result
