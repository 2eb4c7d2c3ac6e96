"""Refused sign-ins are kept for half a year, whoever asks, and not for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from members import services
from members.models import RefusedSignIn
from members.models.refused import KEPT_AT_LEAST
from members.services import tidying

DAY = timedelta(days=1)


def refused(days_ago: int, times: int = 1) -> None:
    at = timezone.now() - days_ago * DAY  # the trigger goes by the database's own clock
    row = {"at": at, "action": RefusedSignIn.Action.FAILED, "way": RefusedSignIn.Way.PASSWORD}
    RefusedSignIn.objects.bulk_create(RefusedSignIn(**row) for _ in range(times))


def ages() -> list[int]:
    return sorted((timezone.now() - row.at).days for row in RefusedSignIn.objects.all())


@pytest.mark.django_db
def test_tidy_removes_refused_sign_ins_after_their_days(settings: pytest.FixtureRequest) -> None:
    for days in (0, 189, 191, 400):
        refused(days)
    services.tidy(at=timezone.now())
    assert ages() == [0, 189]
    settings.REFUSED_SIGN_INS_DAYS = 186  # type: ignore[attr-defined]
    services.tidy(at=timezone.now())
    assert ages() == [0]


@pytest.mark.django_db
def test_tidy_removes_them_in_bounded_batches(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(tidying, "REFUSED_AT_ONCE", 2)
    refused(200, times=5)
    with django_assert_num_queries(8 + 3):  # type: ignore[operator]  # 2, 2 and 1
        services.tidy(at=timezone.now())
    assert ages() == []


@pytest.mark.django_db
def test_nobody_removes_one_before_or_changes_one_ever() -> None:
    refused(KEPT_AT_LEAST - 1)
    refused(KEPT_AT_LEAST + 1)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        RefusedSignIn.objects.all().delete()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        RefusedSignIn.objects.order_by("at")[:1].get().save()
    assert ages() == [KEPT_AT_LEAST - 1, KEPT_AT_LEAST + 1]


@pytest.mark.parametrize("days", [0, -1, KEPT_AT_LEAST])
def test_fewer_days_than_the_law_has_stop_the_start(days: int) -> None:
    environment = os.environ | {"DEVELOPMENT": "1", "REFUSED_SIGN_INS_DAYS": str(days)}
    root = Path(__file__).resolve().parents[2]
    read = [sys.executable, "-c", "import config.settings"]
    start = subprocess.run(read, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert start.returncode != 0
    assert "REFUSED_SIGN_INS_DAYS is at least 185" in start.stderr
