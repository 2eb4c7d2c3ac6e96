"""The API's description is valid and complete, and its paper names the codes that the code knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from foundation.refusals import Refusal
from orders.models.order import TABS

OPERATORS_ONLY = {
    "case_open",
    "maker_is_checker",
    "on_hold",
    "percent_broken",
    "placeholder_unknown",
    "reason_required",
    "refund_exceeds",
}
"""Refusals of services that no address of the API calls."""
PORTAL_ONLY = {
    "members.services.codes",
    "members.services.passwords",
    "members.services.erasing",
    "inventory.services.codes",
    "orders.services.cart",
    "orders.services.changing",
    "orders.services.forgetting",
}
"""Modules whose refusals members meet on pages alone."""
OF_THE_API = (
    "foundation.refusals",
    "foundation.json_bodies",
    "foundation.problems",
    "members.",
    "inventory.",
    "orders.",
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description, made with every warning an error."""
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    made: dict[str, Any] = yaml.safe_load(path.read_text())
    return made


def test_every_address_of_the_api_is_described(schema: dict[str, Any]) -> None:
    addresses = {
        f"/{route}"
        for values in get_resolver().reverse_dict.lists()
        for possibilities, *_rest in values[1]
        for route, _names in possibilities
        if route.startswith("api/v1/")
        and not route.startswith(("api/v1/carriers/", "api/v1/sms/"))  # they speak protocols of their own
    }
    assert {re.sub(r"%\((\w+)\)s", r"{\1}", address) for address in addresses} == set(schema["paths"])


def test_every_operation_says_that_it_may_answer_with_a_problem(
    schema: dict[str, Any],
) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            answer = operation["responses"]["default"]
            assert list(answer["content"]) == ["application/problem+json"]


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        yield kind
        yield from refusals(kind)


def test_the_paper_names_every_code_with_its_status() -> None:
    assert get_resolver().url_patterns  # every module behind an address is loaded, and its refusals with it
    paper = Path(settings.BASE_DIR, "docs", "api.md").read_text()
    told = [(int(status), code) for status, code in re.findall(r"(?m)^\| (\d{3}) \| `(\w+)` \|", paper)]
    known = {
        (kind.status, kind.code)
        for kind in refusals()
        if kind.__module__.startswith(OF_THE_API)
        and kind.code not in OPERATORS_ONLY
        and kind.__module__ not in PORTAL_ONLY
    }
    assert sorted(told) == sorted(known)


def test_the_paper_names_every_tab_of_the_orders() -> None:
    paper = Path(settings.BASE_DIR, "docs", "api.md").read_text()
    (told,) = re.findall(r"a state or a tab \(([^)]+)\)", paper)
    assert re.findall(r"`(\w+)`", told) == list(TABS)


@pytest.mark.django_db
def test_the_pages_of_the_api_open() -> None:
    browser = Client()
    assert [browser.get(path).status_code for path in ("/api/schema/", "/api/docs/")] == [200, 200]
