"""Gifts are found by pairs of characters: two Chinese characters are a word, and an index knows them."""

from __future__ import annotations

import pytest
from django.db import connection

from inventory import queries
from inventory.models import Gift
from tests import worlds
from tests.worlds import AT

pytestmark = pytest.mark.django_db


def gift(name: str, name_en: str = "", summary: str = "") -> str:
    sku = worlds.sku(stock=1)
    Gift.objects.filter(pk=sku.gift_id).update(name=name, name_en=name_en, summary=summary)
    return sku.gift.code


def found(text: str) -> list[str]:
    return [one.code for one in queries.shelf(at=AT, text=text)]


def test_words_are_found_wherever_they_stand() -> None:
    pen, lamp = gift("铱金笔尖钢笔", "Fountain Pen", "送给认真写字的人"), gift("阅读台灯", "Reading lamp")
    assert found("钢笔") == [pen]
    assert found("台灯") == [lamp]
    assert found("写字") == [pen]
    assert found("灯") == [lamp]  # one character has no pair
    assert found("PEN") == [pen]
    assert found("tain pen") == [pen]
    assert found("笔灯") == []
    assert found("钢台") == []


@pytest.mark.parametrize("text", ["%", "_", "%%", "'", '"', "\\", "{}", "🎁", "\u202e", "=HYPERLINK(1)"])
def test_odd_words_find_nothing_and_break_nothing(text: str) -> None:
    gift("阅读台灯")
    assert found(text) == []


def test_two_characters_are_looked_up_in_the_index() -> None:
    gift("阅读台灯")
    with connection.cursor() as cursor:
        for other in ("seqscan", "indexscan", "indexonlyscan"):  # a shelf of one gift is read as fast any way
            cursor.execute(f"SET LOCAL enable_{other} = off")
    plan = queries.shelf(at=AT, text="台灯").explain()
    assert "gifts_by_pairs_of_characters" in plan
