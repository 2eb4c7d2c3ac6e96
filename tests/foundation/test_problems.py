"""What a page answers when something breaks: our bug is a 500, a database that does not answer is a 503."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from inventory import views

ANSWERS = [(OperationalError("gone"), 503, "5"), (ValueError("a bug"), 500, None)]


@pytest.mark.django_db
@pytest.mark.parametrize(("failure", "status", "again"), ANSWERS)
def test_a_page_tells_a_database_that_is_gone_from_a_bug(
    failure: Exception, status: int, again: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object) -> None:
        raise failure

    monkeypatch.setattr(views, "_balance", fail)
    response = Client(raise_request_exception=False).get("/")
    assert (response.status_code, response.headers.get("Retry-After")) == (status, again)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/gifts/?q=%00", "/gifts/a%00b/", "/admin/?x=%00", "/log-in/?next=/%00"])
def test_a_page_refuses_a_nul_in_its_address(path: str) -> None:
    assert Client().get(path).status_code == 400
