"""Picture files that nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from aftersales.models import GiftReview, ReviewPicture
from aftersales.services.reviews import PICTURES

HIDDEN_FOR = timedelta(days=30)
"""How long the pictures of a hidden review stay: its author may complain, and an operator may look again."""
YOUNG = timedelta(days=1)
"""Files that are younger may belong to a review that is being written."""


def tidy_pictures(*, at: datetime) -> int:
    """Take the pictures from reviews that were hidden long ago, then remove files that no review names.

    Files go after the commit that took their rows away, so a crash in between leaves some: they go here.

    :returns: how many files were removed
    """
    _drop_hidden(at)
    return sum(_sweep(folder, at) for folder in _folders())


@transaction.atomic
def _drop_hidden(at: datetime) -> None:
    hidden = GiftReview.objects.filter(
        state=GiftReview.State.HIDDEN, decided_at__lte=at - HIDDEN_FOR, pictures__isnull=False
    )
    locked = GiftReview.objects.select_for_update(skip_locked=True).filter(pk__in=hidden.values("pk"))
    ReviewPicture.objects.filter(review__in=[review.pk for review in locked]).delete()


def _folders() -> Iterator[str]:
    if default_storage.exists(PICTURES):
        yield from sorted(f"{PICTURES}/{folder}" for folder in default_storage.listdir(PICTURES)[0])


def _sweep(folder: str, at: datetime) -> int:
    """Remove the old files of a folder that no row names."""
    files = default_storage.listdir(folder)[1]
    named = set(ReviewPicture.objects.filter(name__in=files).values_list("name", flat=True))
    removed = 0
    for name in set(files) - named:
        path = f"{folder}/{name}"
        with suppress(FileNotFoundError):  # its review was changed or forgotten just now
            if default_storage.get_modified_time(path) <= at - YOUNG:
                default_storage.delete(path)
                removed += 1
    return removed
