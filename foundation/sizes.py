"""How much a request may bring: a megabyte, unless its view says that it takes more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from foundation.json_bodies import LengthRequired
from foundation.problems import TooLarge

MEGABYTE = 1024 * 1024
View = TypeVar("View", bound=Callable[..., object])


def takes_up_to(most: int) -> Callable[[View], View]:
    """Let a view take bodies of more than a megabyte, up to so many bytes."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def check_size(request: HttpRequest, view: object) -> None:
    """Go on only with a request whose body its view would take; nothing of it is read.

    :raises TooLarge: it says that it brings more
    :raises LengthRequired: it does not say how much it brings
    """
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > getattr(view, "most_bytes", MEGABYTE):
        raise TooLarge
