"""What a member has, and where it came from and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.spreadsheets import csv_rows
from members import queries
from members.forms import KIND_LABELS, StatementForm
from members.models import Member
from members.views.visiting import cursor, member_page

EXPIRES_SOON = timedelta(days=60)


@require_safe
@member_page
def points(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member has, what is held, what expires soon, and the transactions that are asked for."""
    form = StatementForm(request.GET)
    account = queries.points_of(member.pk)
    expiring = queries.points_by_expiry(account)
    soon_until = timezone.localdate(timezone.now()) + EXPIRES_SOON
    statement = queries.Statement([], None)
    if form.is_valid():
        statement = queries.statement_of(account.pk, form.asked(), before=cursor(request))
    context = {
        "account": account,
        "expiring": expiring,
        "soon": sum(points for day, points in expiring.items() if day < soon_until),
        "soon_until": soon_until,
        "statement": statement,
        "form": form,
        "kind": form.kind,
        "kinds": KIND_LABELS,
        "is_narrowed": bool(form.kind or form.data.get("since") or form.data.get("until")),
    }
    return render(request, "members/points.html", context)


@require_safe
@member_page
def statement_file(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Send the statement that is asked for as a file for spreadsheets, row by row as the database yields it."""
    form = StatementForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('points')}?{request.GET.urlencode()}")
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    rows = _rows(
        queries.whole_statement_of(member.account.pk, form.asked()), _heads(), translation.get_language()
    )
    response = StreamingHttpResponse(csv_rows(rows), content_type="text/csv; charset=utf-8")
    last = until or timezone.localdate(timezone.now())
    days = f"{since:%Y%m%d}-{last:%Y%m%d}" if since else f"{last:%Y%m%d}"
    response.headers["Content-Disposition"] = f'attachment; filename="points-{member.number}-{days}.csv"'
    return response


def _heads() -> Sequence[str]:
    return (
        _("time"),
        _("what happened"),
        _("points to spend"),
        _("held points"),
        _("order number"),
        _("note"),
    )


def _rows(
    lines: Iterator[queries.StatementLine], heads: Sequence[str], language: str
) -> Iterator[Sequence[object]]:
    yield heads
    for line in lines:
        with translation.override(language):  # rows are drawn when the view is long done
            words = line.words
        at = timezone.localtime(line.transaction.at, timezone.get_default_timezone())
        number = (
            f"{line.order_number}\t" if line.order_number else ""
        )  # 18 digits: Excel would round a number
        yield f"{at:%Y-%m-%d %H:%M:%S}", words, line.available, line.held, number, line.transaction.note
