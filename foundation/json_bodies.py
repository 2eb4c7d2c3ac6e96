"""Request bodies read strictly: one JSON object, every field known and of its type, nothing guessed.

Written by hand because placing an order passes through here: building serializers costs more than the order itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from foundation.refusals import InvalidInput, Refusal

MAX_BIGINT = 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = 2000, 2199  # what every time zone and every screen can show


class Malformed(Refusal):
    """The body is not one JSON object in UTF-8."""

    code = "malformed"
    status = 400
    message = _("The body is not a valid JSON object.")


class UnsupportedMediaType(Refusal):
    """The body says that it is something else than JSON."""

    code = "unsupported_media_type"
    status = 415
    message = _("Send the body as application/json.")


class LengthRequired(Refusal):
    """The body comes in chunks, so that nobody knows beforehand whether it is too large."""

    code = "length_required"
    status = 411
    message = _("Send the body with its Content-Length.")


class UnknownField(Refusal):
    """The body names something that cannot be set here."""

    code = "unknown_field"
    status = 400
    message = _("There is no field “%(field)s” here. Take it out and try again.")


class MissingField(Refusal):
    """The body leaves out what is needed."""

    code = "missing_field"
    status = 400
    message = _("“%(field)s” is missing. Fill it in and try again.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands twice")
    return read


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def read_json(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that a request brings; an empty body counts as an empty object.

    :raises RequestDataTooBig: over `DATA_UPLOAD_MAX_MEMORY_SIZE`
    :raises LengthRequired, UnsupportedMediaType, Malformed: it is something else
    """
    body = request.body
    if not body:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthRequired
        return {}
    if request.content_type != "application/json":
        raise UnsupportedMediaType
    try:
        read = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as unreadable:  # ValueError: JSON, UTF-8 and numbers without end
        raise Malformed from unreadable
    if type(read) is not dict:
        raise Malformed
    return read


class StrictParser(BaseParser):
    """The same for views of the API framework."""

    media_type = "application/json"

    def parse(
        self, _stream: object, _media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the JSON object that a request brings."""
        assert parser_context is not None
        return read_json(parser_context["request"]._request)


def canonical(body: dict[str, Any]) -> bytes:
    """Return the same bytes for the same content, whatever the order and spacing it was written in."""
    return _ENCODER.encode(body).encode()


class Fields:
    """One JSON object, or one query string, whose fields are taken out by name and type."""

    __slots__ = ("_path", "_values")

    def __init__(self, values: object, known: frozenset[str], *, path: str = "") -> None:
        """Take an object that may hold these fields.

        :raises InvalidInput: not an object
        :raises UnknownField: naming the first that is not among them
        """
        self._path = f"{path}." if path else ""
        if type(values) is not dict:
            raise InvalidInput(field=path)
        self._values = values
        if not known.issuperset(values):
            raise UnknownField(field=self._path + next(name for name in values if name not in known)[:60])

    def integer(self, name: str, *, low: int, high: int = MAX_BIGINT) -> int:
        """Return a whole number; 1.0, "1" and true are none."""
        value = self._needed(name)
        if type(value) is not int or not low <= value <= high:
            raise InvalidInput(field=self._path + name)
        return value

    def integer_or_none(self, name: str, *, low: int, high: int = MAX_BIGINT) -> int | None:
        """Return a whole number, or None when it is left out or null."""
        return None if self._values.get(name) is None else self.integer(name, low=low, high=high)

    def text(self, name: str, *, longest: int) -> str:
        """Return a text of at least one character that the database can store."""
        value = self._needed(name)
        if type(value) is not str or not 0 < len(value) <= longest or "\0" in value or not _is_unicode(value):
            raise InvalidInput(field=self._path + name)
        return value

    def text_or_none(self, name: str, *, longest: int) -> str | None:
        """Return a text, or None when it is left out, null or empty."""
        return None if self._values.get(name) in (None, "") else self.text(name, longest=longest)

    def moment(self, name: str) -> datetime:
        """Return an instant written as RFC 3339 with its offset."""
        text = self.text(name, longest=40)
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None and len(text) > 10 and _FIRST_YEAR < moment.year < _LAST_YEAR:
                return moment.astimezone(UTC)
        except ValueError:
            pass
        raise InvalidInput(field=self._path + name)

    def items(self, name: str, *, most: int) -> list[Any]:
        """Return a list of at least one item."""
        value = self._needed(name)
        if type(value) is not list or not 0 < len(value) <= most:
            raise InvalidInput(field=self._path + name)
        return value

    def _needed(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise MissingField(field=self._path + name) from None


def _is_unicode(text: str) -> bool:
    """Tell half a surrogate pair, which JSON can spell and UTF-8 cannot, from text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def moment_or_day(text: str, field: str, *, zone: Any) -> datetime:
    """Return an instant, or the beginning of a day in a time zone, whichever a query names.

    :raises InvalidInput: neither
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Fields({field: text}, frozenset({field})).moment(field)
    if not _FIRST_YEAR < day.year < _LAST_YEAR:
        raise InvalidInput(field=field)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
