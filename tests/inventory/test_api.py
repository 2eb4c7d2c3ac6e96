"""The catalogue over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Gift, Sku
from tests.api_clients import Api, api_of
from tests.worlds import AT, member, placed, sku

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(minutes=1))


@pytest.fixture
def api() -> Api:
    return api_of(member(), **{"accept-language": "en"})


def test_gifts_are_listed_with_skus_prices_and_stock_for_three_statements(api: Api) -> None:
    cup = sku(stock=100, price=100, specification="红", specification_en="red")
    few = sku(gift=cup.gift, stock=11, price=120)
    gone = sku(gift=cup.gift, price=90)
    Sku.objects.filter(pk=sku(gift=cup.gift, stock=5).pk).update(is_active=False)
    placed(member(points=120), (few, 1))
    with CaptureQueriesContext(connection) as asked:
        told = api.get("gifts").json()
    assert len(asked) == 3
    assert told == {
        "gifts": [
            {
                "code": cup.gift.code,
                "name": cup.gift.name_en,
                "category": "home",
                "kind": "physical",
                "summary": "",
                "picture": "",
                "skus": [
                    {
                        "code": cup.code,
                        "specification": "red",
                        "points_price": 100,
                        "cash_price": 0,
                        "stock": "in_stock",
                    },
                    {
                        "code": few.code,
                        "specification": "",
                        "points_price": 120,
                        "cash_price": 0,
                        "stock": "low",
                    },
                    {
                        "code": gone.code,
                        "specification": "",
                        "points_price": 90,
                        "cash_price": 0,
                        "stock": "out",
                    },
                ],
            }
        ],
        "cursor": "",
    }


def test_gifts_are_paged_filtered_and_searched(api: Api) -> None:
    made = [sku(stock=1).gift for _ in range(5)]
    Gift.objects.filter(pk=made[0].pk).update(position=7)
    Gift.objects.filter(pk=made[1].pk).update(is_listed=False)
    Gift.objects.filter(pk=made[2].pk).update(name="青花瓷杯")
    walked, cursor = [], ""
    while True:
        page = api.get(f"gifts?size=2&cursor={cursor}").json()
        walked += [gift["code"] for gift in page["gifts"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert walked == [made[2].code, made[3].code, made[4].code, made[0].code]
    found = {
        query: [gift["code"] for gift in api.get(f"gifts?{query}").json()["gifts"]]
        for query in ("q=瓷杯", "category=home", "category=none")
    }
    assert found == {"q=瓷杯": [made[2].code], "category=home": walked, "category=none": []}


def test_a_gift_is_read_while_it_is_on_the_shelf(api: Api) -> None:
    gift = sku(stock=1).gift
    with CaptureQueriesContext(connection) as asked:
        told = api.get(f"gifts/{gift.code}").json()
    assert (len(asked), told["code"], told["return_days"], len(told["skus"])) == (3, gift.code, 7, 1)
    Gift.objects.filter(pk=gift.pk).update(on_shelf_until=AT)
    hidden, missing = api.get(f"gifts/{gift.code}"), api.get("gifts/no-such")
    assert (hidden.status_code, hidden.content) == (404, missing.content)


@pytest.mark.parametrize(
    "query", ["size=0", "size=x", "cursor=x", "cursor=1", "cursor=1.99999999999999999999", "q=a%00b", "x=1"]
)
def test_a_list_asked_for_badly_is_refused(api: Api, query: str) -> None:
    answer = api.get(f"gifts?{query}")
    field = query.partition("=")[0]
    assert (answer.status_code, json.loads(answer.content)["field"]) == (400, field)


def test_the_catalogue_asks_who_you_are() -> None:
    assert Api().get("gifts").status_code == 401
