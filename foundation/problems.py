"""Refusals as RFC 9457 problem documents."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from foundation.refusals import Busy, NotFound, Refusal

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


def problem(code: str, status: int, title: str, **more: Any) -> Response:
    """Return a problem document; `code` is stable, `title` is in the user's language."""
    body = {"type": f"urn:pointsmall:problem:{code}", "code": code, "status": status, "title": title, **more}
    return Response(body, status=status, content_type=CONTENT_TYPE)


def of_refusal(refusal: Refusal) -> Response:
    """Return a refusal as a problem document."""
    more = {"field": refusal.detail["field"]} if "field" in refusal.detail else {}
    response = problem(refusal.code, refusal.status, str(refusal), **more)
    if isinstance(refusal, Busy):
        response["Retry-After"] = "1"
    return response


def answer_refusal(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Answer whatever an API view raised; None leaves a bug to Django, which logs it."""
    match exception:
        case Refusal():
            response = of_refusal(exception)
        case Http404():
            response = of_refusal(NotFound())
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            response = problem("unauthenticated", 401, _("Sign in with a valid token or key."))
            response["WWW-Authenticate"] = "Bearer"
        case PermissionDenied() | exceptions.PermissionDenied():
            response = problem("forbidden", 403, _("You may not do this."))
        case RequestDataTooBig():
            response = problem("too_large", 413, _("The request is too large."))
        case exceptions.ParseError():
            response = problem("malformed", 400, _("The body is not valid JSON."))
        case exceptions.UnsupportedMediaType():
            response = problem("unsupported_media_type", 415, _("Send the body as application/json."))
        case exceptions.MethodNotAllowed():
            response = problem("method_not_allowed", 405, _("This address does not answer that method."))
        case exceptions.NotAcceptable():
            response = problem("not_acceptable", 406, _("Ask for application/json."))
        case exceptions.Throttled():
            response = problem("throttled", 429, _("Too many requests. Try again a little later."))
        case exceptions.ValidationError():
            field = next(iter(exception.detail)) if isinstance(exception.detail, dict) else ""
            title = _("“%(field)s” is not valid. Correct it and try again.") % {"field": field}
            response = problem("invalid", 400, title, field=field, errors=exception.detail)
        case OperationalError():
            logger.warning("database unavailable: %s", type(exception).__name__)
            response = problem("unavailable", 503, _("The service is briefly unavailable. Try again in a moment."))
            response["Retry-After"] = "2"
        case _:
            return None
    return response
