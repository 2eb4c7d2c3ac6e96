"""The statement: told in pages and as a file, narrowed by kind and by days, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.spreadsheets import csv_rows, safe_cell
from members import queries
from members import services as members
from members.models import Member
from orders import services as orders
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def saver() -> Member:
    """Somebody who was given points, redeemed twice, got some back, and lost some."""
    saver, mug = worlds.member(), worlds.sku(stock=9, price=100)
    worlds.grant(saver, 1_000, at=worlds.AT - 30 * DAY)
    worlds.grant(saver, 50, days=5, at=worlds.AT - 30 * DAY, reference="=1+1")
    members.expire_points(at=worlds.AT - 20 * DAY, by="clock")
    worlds.placed(saver, (mug, 1), at=worlds.AT - 10 * DAY)
    cancelled = worlds.placed(saver, (mug, 2), at=worlds.AT - 2 * DAY)
    orders.cancel_orders([worlds.move(cancelled, at=worlds.AT)])
    return saver


def told(lines: object) -> list[tuple[str, int]]:
    return [(line.transaction.kind, line.available) for line in lines]  # type: ignore[attr-defined]


EVERYTHING = [
    ("refund", 200),
    ("capture", -200),
    ("capture", -100),
    ("expire", -50),
    ("grant", 50),
    ("grant", 1_000),
]


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        ("", {"grant", "capture", "refund", "expire"}),
        ("earned", {"grant"}),
        ("redeemed", {"capture"}),
        ("returned", {"refund"}),
        ("expired", {"expire"}),
    ],
)
def test_a_statement_is_narrowed_to_a_kind(kind: str, kinds: set[str], saver: Member) -> None:
    wanted = [line for line in EVERYTHING if line[0] in kinds]
    asked = queries.Asked(kind)
    assert told(queries.statement_of(saver.account.pk, asked).lines) == wanted
    assert told(queries.whole_statement_of(saver.account.pk, asked)) == wanted


def test_a_statement_is_narrowed_to_days(saver: Member) -> None:
    asked = queries.Asked(since=worlds.AT - 10 * DAY, until=worlds.AT)
    assert told(queries.statement_of(saver.account.pk, asked).lines) == EVERYTHING[1:3]
    assert told(queries.whole_statement_of(saver.account.pk, asked)) == EVERYTHING[1:3]


def test_a_page_ends_between_orders_and_never_within_one(saver: Member) -> None:
    seen: list[tuple[str, int]] = []
    before, sizes = None, []
    for _page in range(9):
        page = queries.statement_of(saver.account.pk, before=before, size=1)
        seen, before = seen + told(page.lines), page.before
        sizes.append(len(page.lines))
        if before is None:
            break
    assert (seen, set(sizes)) == (EVERYTHING, {1})


def test_one_transaction_over_many_lots_is_one_line() -> None:
    saver, mug = worlds.member(), worlds.sku(stock=1, price=150)
    members.grant_points(
        [
            members.Grant(saver.pk, 1, worlds.AT + 90 * DAY, f"daily/{serial}", worlds.AT, "test")
            for serial in range(150)
        ]
    )
    worlds.placed(saver, (mug, 1))
    page = queries.statement_of(saver.account.pk, size=20)
    assert told(page.lines)[0] == ("capture", -150)
    seen, before = told(page.lines), page.before
    while before is not None:
        page = queries.statement_of(saver.account.pk, before=before, size=20)
        seen, before = seen + told(page.lines), page.before
    assert seen == [("capture", -150), *[("grant", 1)] * 150]


def test_the_page_offers_the_kinds_and_keeps_them_from_page_to_page(saver: Member) -> None:
    for points in range(1, 25):
        worlds.grant(saver, points)
    page = english(saver).get(reverse("points"), {"kind": "earned", "since": "2026-10-01"})
    body = page.content.decode()
    assert 'href="?kind=earned&amp;since=2026-10-01&amp;before=' in body
    assert f'href="{reverse("points-file")}?kind=earned&amp;since=2026-10-01"' in body
    assert "Points received" in body
    assert "Redeemed for a gift" not in body


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "soon"}, "Enter a valid date."),
        ({"until": "0000-00-00"}, "Enter a valid date."),
        ({"since": "2026-10-02", "until": "2026-10-01"}, "The last day lies before the first."),
    ],
)
def test_days_that_are_none_are_named_beside_their_field(
    query: dict[str, str], words: str, saver: Member
) -> None:
    page = english(saver).get(reverse("points"), query)
    assert (page.status_code, page.context["statement"].lines) == (200, [])
    assert words in page.content.decode()
    assert english(saver).get(reverse("points-file"), query)["Location"].startswith(f"{reverse('points')}?")


def test_days_at_the_ends_of_the_calendar_bound_nothing(saver: Member) -> None:
    query = {"since": "0001-01-01", "until": "9999-12-31", "kind": "no-such", "before": "x"}
    assert len(english(saver).get(reverse("points"), query).context["statement"].lines) == 6


def test_what_never_happened_says_so(saver: Member) -> None:
    page = english(saver).get(reverse("points"), {"since": "2030-01-01"}).content.decode()
    assert "There was no such movement of points in these days." in page


# --- The file


def test_the_file_holds_what_was_asked_for(saver: Member) -> None:
    response = english(saver).get(reverse("points-file"), {"kind": "redeemed", "since": "2026-10-01"})
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["time", "what happened", "points to spend", "held points", "order number", "note"]
    assert [row[1:4] for row in rows[1:]] == [
        ["Redeemed for a gift", "-200", "0"],
        ["Redeemed for a gift", "-100", "0"],
    ]
    assert rows[1][0] == "2026-10-31 10:00:00"
    assert len(rows[1][4].strip()) == 18
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == (
        f'attachment; filename="points-{saver.number}-20261001-{_today()}.csv"'
    )


def _today() -> str:
    from django.utils import timezone

    return f"{timezone.localdate():%Y%m%d}"


def test_the_file_speaks_the_readers_language(saver: Member) -> None:
    client = english(saver)
    text = client.get(reverse("points-file"), headers={"accept-language": "zh-CN"}).getvalue().decode()
    assert "时间" in text.splitlines()[0]
    assert "兑换礼品" in text


def test_the_file_costs_one_statement_whatever_its_length(saver: Member) -> None:
    client = english(saver)
    client.get(reverse("points"))  # the first page of a device is noted
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("points-file")).getvalue()
        counts.append(len(asked))
        members.grant_points(
            [
                members.Grant(saver.pk, 1, worlds.AT + 90 * DAY, f"daily/{serial}", worlds.AT, "test")
                for serial in range(1_200)
            ]
        )
    assert counts == [
        3,
        3,
    ]  # session, user, account; the statement itself is read through a cursor of the server


def test_the_file_needs_its_member(saver: Member) -> None:
    from django.test import Client

    assert Client().get(reverse("points-file")).status_code == 302


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_text_never_becomes_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers_and_text_stays_text() -> None:
    assert "".join(csv_rows([(-5, "a=b", "", "x,y")])) == '\ufeff-5,a=b,,"x,y"\r\n'
