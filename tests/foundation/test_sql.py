from datetime import UTC, datetime

import pytest

from foundation.sql import Statement

pytestmark = pytest.mark.django_db

_ECHO = Statement(
    "test_echo",
    "bigint[], text[], timestamptz[]",
    "SELECT * FROM unnest($1, $2, $3) WITH ORDINALITY AS e(number, text, moment, i) ORDER BY i",
)
AT = datetime(2026, 11, 2, 2, 0, 0, 123456, tzinfo=UTC)


def test_arrays_arrive_as_they_were_sent() -> None:
    numbers = [0, -(2**63), 2**63 - 1, None, 5, 6, 7, 8]
    texts = ["", "NULL", None, 'a "b" \\ c', "{x,y}", "礼品 1\n\t", "'; --", "%s"]
    moments = [AT, None, AT, AT, AT, AT, AT, AT]

    rows = _ECHO.rows(numbers, texts, moments)

    assert rows == [(*row, i) for i, row in enumerate(zip(numbers, texts, moments, strict=True), start=1)]


def test_empty_arrays_make_no_rows() -> None:
    assert _ECHO.rows([], [], []) == []
