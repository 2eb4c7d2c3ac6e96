"""What one cell of a history file may hold, and how it is read. Nothing is guessed: what is not clear is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 2000

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<offset>Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_NUMBER = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)
_REGION = re.compile(r"\d{6}", re.ASCII)
_PHONE = re.compile(r"\+?[\d*-]{5,19}", re.ASCII)


class BadCell(Exception):
    """A cell that cannot be read: a stable code, and the reason in words."""

    def __init__(self, code: str, reason: str | Promise, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self._reason = reason
        self._detail = detail

    @property
    def reason(self) -> str:
        """The reason in the language in force."""
        return str(self._reason) % self._detail


def text(column: str, value: str, longest: int) -> str:
    """Return a text without the blanks around it.

    :raises BadCell: too long, a character that is no text, or bytes that were no UTF-8
    """
    value = value.strip()
    if len(value) > longest:
        raise BadCell(
            "too_long",
            _("“%(column)s” has %(length)s characters; at most %(longest)s are possible."),
            column=column,
            length=len(value),
            longest=longest,
        )
    if not value.isprintable():
        is_utf8 = not any("\udc80" <= letter <= "\udcff" for letter in value)
        if is_utf8:
            raise BadCell("not_text", _("“%(column)s” holds a character that is no text."), column=column)
        raise BadCell("not_utf8", _("“%(column)s” is not written in UTF-8."), column=column)
    return value


def needed(column: str, value: str, longest: int) -> str:
    """Return a text that may not be empty.

    :raises BadCell: empty, or no text
    """
    value = text(column, value, longest)
    if not value:
        raise BadCell("missing", _("“%(column)s” is empty."), column=column)
    return value


def number(column: str, value: str, least: int, most: int) -> int:
    """Return a whole number within its bounds, both included.

    :raises BadCell: not a whole number in plain digits, or out of bounds
    """
    value = value.strip()
    if not _NUMBER.fullmatch(value) or not least <= int(value) <= most:
        raise BadCell(
            "bad_number",
            _("“%(column)s” must be a whole number from %(least)s to %(most)s."),
            column=column,
            least=least,
            most=most,
        )
    return int(value)


def moment(column: str, value: str) -> datetime | None:
    """Return an instant in UTC, None for an empty cell; without an offset it is Shanghai time.

    :raises BadCell: no date and time, or one before the year 2000
    """
    value = value.strip()
    if not value:
        return None
    match = _MOMENT.fullmatch(value)
    try:
        read = datetime.fromisoformat(value) if match else None
    except ValueError:
        read = None
    if match is None or read is None or read.year < FIRST_YEAR:
        raise BadCell(
            "bad_moment",
            _("“%(column)s” must be a date and time such as 2026-11-02T10:00:00+08:00."),
            column=column,
        )
    return (read if match["offset"] else read.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def region(column: str, value: str) -> str:
    """Return a six-digit division code.

    :raises BadCell: something else
    """
    value = value.strip()
    if not _REGION.fullmatch(value):
        raise BadCell("bad_region", _("“%(column)s” must be a code of six digits."), column=column)
    return value


def phone(column: str, value: str) -> str:
    """Return a phone number, which may have its middle masked by asterisks.

    :raises BadCell: something else
    """
    value = value.strip()
    if not _PHONE.fullmatch(value):
        raise BadCell("bad_phone", _("“%(column)s” must be a phone number."), column=column)
    return value
