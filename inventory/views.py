"""The mall's shelves: the first page, and what is found by words, category and points."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory import queries, services
from inventory.forms import ShelfForm

PER_PAGE = 24


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the categories, what the reader's points can buy, and the first gifts of the shelf."""
    balance, shown = _balance(request), queries.front(timezone.now())
    context = {
        "front": shown,
        "within_reach": shown.within_reach(balance, 4) if balance else [],
        "recommended": shown.gifts[:12],
        "balance": balance,
    }
    return _personal(render(request, "inventory/home.html", context))


@require_safe
def gifts(request: HttpRequest) -> HttpResponse:
    """Show what is found on the shelves, page by page."""
    at = timezone.now()
    form = ShelfForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    balance = _balance(request)
    found = queries.shelf(
        at=at,
        text=asked.get("q", ""),
        category=asked.get("category", ""),
        points_at_most=balance if asked.get("within_reach") else None,
        sort=asked.get("sort") or "recommended",
    )
    categories = list(queries.categories(at))
    context = {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "categories": categories,
        "category": next((one for one in categories if one.code == asked.get("category")), None),
        "text": asked.get("q", ""),
        "sort": asked.get("sort") or "recommended",
        "within_reach": bool(asked.get("within_reach")),
        "balance": balance,
    }
    return _personal(render(request, "inventory/gifts.html", context))


@require_safe
def gift_picture(_request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a gift's picture that an operator uploaded; its name is made of what it shows, so it never changes."""
    try:
        file = default_storage.open(services.picture_path(name))
    except FileNotFoundError as lost:
        raise Http404 from lost
    # Nothing in it can run: we drew it ourselves, its type is fixed, and it opens in a box without rights.
    return FileResponse(
        file,
        content_type="image/jpeg",
        filename="gift.jpg",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "public, max-age=31536000, immutable",
        },
    )


def _balance(request: HttpRequest) -> int | None:
    """Return the points the reader can spend; None for a visitor."""
    member = getattr(request.user, "member", None)
    return int(member.account.available) if member is not None else None


def _personal(response: HttpResponse) -> HttpResponse:
    """The page names its reader and their points, so nothing between us may keep it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
