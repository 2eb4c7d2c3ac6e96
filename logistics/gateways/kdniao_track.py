"""Reads what 快递鸟 sends, believing none of it: every value is checked before it becomes ours."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn

from logistics.terms import (
    AWAITING_PICKUP,
    COLLECTED,
    DELIVERED,
    EXCEPTION,
    IN_TRANSIT,
    LOST,
    OUT_FOR_DELIVERY,
    RETURNED,
    RETURNING,
    CarrierUnavailable,
    TrackPoint,
    TrackReport,
)

Obj = dict[str, object]

MAX_TRACES = 1000
OLDEST = timedelta(days=400)
NEWEST = timedelta(hours=1)  # carriers' clocks run ahead by minutes, not by hours
CHINA = timezone(
    timedelta(hours=8)
)  # not ZoneInfo: before 1991 Shanghai kept summer time, the protocol never did

# Codes of StateEx and Action that say more than their group. Not here, since nothing has happened to the parcel
# yet: 0 (no track) and 10 (waiting for the courier); see NOT_YET.
CODES = {
    "201": IN_TRANSIT,
    "202": OUT_FOR_DELIVERY,
    "211": AWAITING_PICKUP,
    "404": RETURNING,  # refused by the receiver
    "406": RETURNED,
    "407": RETURNING,
    "412": AWAITING_PICKUP,  # overdue in its locker, but there
    "413": RETURNING,  # intercepted on the way
    "419": OUT_FOR_DELIVERY,  # a new attempt was agreed
    "604": EXCEPTION,
}
GROUPS = {"1": COLLECTED, "2": IN_TRANSIT, "3": DELIVERED, "4": EXCEPTION, "5": IN_TRANSIT, "6": IN_TRANSIT}
NOT_YET = ("0", "10")
LOST_WORDS = ("丢失", "遗失")  # the provider has no code for it

ISO_TIME = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,6})?")
JAVA_TIME = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (?:CST|GMT\+08:00) (\d{4})"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def malformed(why: str, answer: object) -> CarrierUnavailable:
    """Build the error of an answer that breaks the protocol; its sender may do better next time."""
    try:
        excerpt = json.dumps(answer, ensure_ascii=False, default=str)
    except RecursionError:  # deep enough to be read, too deep to be written
        excerpt = ""
    return CarrierUnavailable(why, excerpt=text_of(excerpt, 500))


def read_object(text: str) -> Obj:
    """Read a JSON object.

    :raises CarrierUnavailable: it is none (HTML, a list, cut off, nested beyond reason)
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CarrierUnavailable("the answer is not JSON", excerpt=text_of(text[:2000], 500)) from error
    if not isinstance(value, dict):
        raise CarrierUnavailable("the answer is not an object", excerpt=text_of(text[:2000], 500))
    return value


def field_of(obj: Obj, name: str) -> object:
    """A member by its name, which some of its gateways begin with a small letter."""
    return obj[name] if name in obj else obj.get(name[0].lower() + name[1:])


def text_of(value: object, limit: int) -> str:
    """A string or whole number as one printable line of at most `limit` characters; anything else is empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**40 else ""
    if not isinstance(value, str):
        return ""
    line = " ".join(value[: limit * 4].split())
    # control characters, NUL and lone surrogates cannot be stored or shown
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)[:limit]


def report_of(obj: Obj, at: datetime) -> TrackReport:
    """Read one waybill's track.

    :raises CarrierUnavailable: a part of it has the wrong type
    """
    waybill = text_of(field_of(obj, "LogisticCode"), 64)
    if not waybill:
        raise malformed("no waybill number", obj)
    return TrackReport(
        carrier_code=text_of(field_of(obj, "ShipperCode"), 20),
        waybill=waybill,
        reference=text_of(field_of(obj, "OrderCode"), 64),
        success=field_of(obj, "Success") in (True, "true"),
        reason=text_of(field_of(obj, "Reason"), 200),
        points=_points(obj, at),
    )


def status_of(code: str, text: str) -> str:
    """Our status for the provider's code; a code we do not know counts by its group, or as under way."""
    if code.startswith("4") and any(word in text for word in LOST_WORDS):
        return LOST
    return CODES.get(code) or GROUPS.get(code[:1], IN_TRANSIT)


def china_time(time_text: str) -> datetime | None:
    """Read a time of the protocol, which is always China's; None if it is none."""
    if iso := ISO_TIME.fullmatch(time_text):
        parts = [int(part or 0) for part in iso.groups()]
    elif (java := JAVA_TIME.fullmatch(time_text)) and java[1] in MONTHS:
        parts = [int(java[6]), MONTHS.index(java[1]) + 1, *(int(java[i]) for i in (2, 3, 4, 5))]
    else:
        return None
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _points(obj: Obj, at: datetime) -> tuple[TrackPoint, ...]:
    traces = field_of(obj, "Traces")
    if traces is None:
        return ()
    if not isinstance(traces, list) or len(traces) > MAX_TRACES:
        raise malformed("the track is not a list of at most 1,000", obj)
    points = [_point(trace, obj, at) for trace in traces]
    coded = any(point.code for point in points)
    if points and not coded:  # the free plan gives one state for the whole, which is its latest point's
        points = _with_overall_state(points, obj)
    return tuple(sorted((p for p in points if p.code not in NOT_YET), key=lambda point: point.occurred_at))


def _point(trace: object, obj: Obj, at: datetime) -> TrackPoint:
    if not isinstance(trace, dict):
        _wrong_trace(obj)
    code = text_of(field_of(trace, "Action"), 10)
    text = text_of(field_of(trace, "AcceptStation"), 300)
    time_text = text_of(field_of(trace, "AcceptTime"), 64)
    if not text and not time_text:
        _wrong_trace(obj)
    when = china_time(time_text)
    believed = when if when and at - OLDEST <= when <= at + NEWEST else None
    return TrackPoint(
        status=status_of(code, text),
        code=code,
        text=text,
        location=text_of(field_of(trace, "Location"), 50),
        occurred_at=believed or at.astimezone(UTC),
        time_text=when.astimezone(CHINA).isoformat() if when else time_text,
        doubtful=believed is None,
    )


def _wrong_trace(obj: Obj) -> NoReturn:
    raise malformed("a step of the track cannot be read", obj)


def _with_overall_state(points: list[TrackPoint], obj: Obj) -> list[TrackPoint]:
    code = text_of(field_of(obj, "StateEx"), 10) or text_of(field_of(obj, "State"), 10)
    latest = max(range(len(points)), key=lambda i: (points[i].occurred_at, i))
    last = points[latest]
    points[latest] = replace(last, status=status_of(code, last.text))
    return points
