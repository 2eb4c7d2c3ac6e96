"""Every page there is, found by the resolver: it opens, is stored nowhere, and costs the statements it always cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portal import lived_in
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db
STATEMENTS = {
    "home": [2],
    "gifts": [5, 5, 5],
    "gift": [7, 7, 7, 5, 7],
    "gift-reviews": [6],
    "redeem": [7, 7, 5],
    "cart": [5, 6],
    "cart-redeem": [6],
    "order-placed": [4, 4, 4, 4],
    "my-orders": [4, 4, 4],
    "order": [4, 4, 5, 5, 5, 5, 5, 4, 5, 4],
    "order-codes": [4],
    "order-cancel": [4, 4, 4],
    "order-cancel-part": [4, 4, 4],
    "order-address": [5, 8, 5],
    "order-confirm": [5],
    "order-refund": [4],
    "order-refunds": [7],
    "order-feedback": [6, 7],
    "order-review": [5],
    "parcel-track": [5],
    "points": [6],
    "inbox": [5],
    "profile": [3],
    "devices": [3],
    "sign-out-everywhere": [2],
    "password": [2],
    "mail": [2],
    "preferences": [4],
    "my-data": [3],
    "my-data-erase": [6],
    "address-new": [5],
    "mail-confirm": [3, 3],
    "address-change": [6],
    "address-remove": [3],
    "unsubscribe": [2],
    "help": [3, 3],
    "help-ask": [2],
    "help-article": [4],
    "complaints": [3],
    "complaint-new": [4],
    "complaint": [3],
    "log-in": [0],
    "log-in-code": [0],
}
"""What each of a page's addresses may cost, session and user included; in the order of `Home.pages`."""
FOR_ALL = {
    "home",
    "gifts",
    "gift",
    "gift-reviews",
    "help",
    "help-ask",
    "help-article",
    "log-in",
    "log-in-code",
}
"""Pages that show nothing of the member's, or that visitors see as well; others may keep nothing of them."""


@pytest.fixture
def home() -> lived_in.Home:
    return lived_in.move_in()


def test_no_address_of_the_portal_is_forgotten(home: lived_in.Home) -> None:
    pages = home.pages() | lived_in.doors()
    assert set(pages) | set(lived_in.NO_PAGES) == lived_in.names()
    assert set(pages) & set(lived_in.NO_PAGES) == set()


def test_each_page_opens_costs_its_statements_and_is_stored_nowhere(home: lived_in.Home) -> None:
    member = english(home.member)
    costs, kept = {}, set()
    visitor = Client(headers={"accept-language": "en"})
    for name, addresses in (home.pages() | lived_in.doors()).items():
        client = visitor if name in lived_in.doors() else member
        costs[name] = [statements(client, path) for path in addresses]
        if "no-store" not in client.get(addresses[0])["Cache-Control"]:
            kept.add(name)
    assert (costs, kept) == (STATEMENTS, set())


def statements(client: Client, path: str) -> int:
    """Open a page twice, for what is read once per process, and count what the second time asks of the database."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
    assert response.status_code in {200, 410, 422}, (path, response.status_code)
    return len(asked)
