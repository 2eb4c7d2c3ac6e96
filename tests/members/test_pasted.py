"""Pasted addresses: what is read out of them, measured on labelled ones, and what is left to the member."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.divisions import FORMER_NAMES, Divisions, short_name
from members.rules.pasted import MAX_DETAIL, Pasted, read_pasted

ROOT = Path(__file__).resolve().parents[2]
LABELLED = ROOT.parent / "shared" / "data" / "addresses" / "address_cases_labelled.csv"
NAMES: dict[str, str] = json.loads((ROOT / "members" / "regions.json").read_text(encoding="utf-8"))
DIVISIONS = Divisions.of(NAMES.items())
MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}
XIHU = ("330000", "330100", "330106")


def read(text: str) -> Pasted:
    return read_pasted(text, DIVISIONS)


def region(text: str) -> tuple[str, str, str]:
    found = read(text)
    return found.province, found.city, found.county


@pytest.mark.parametrize(
    "text",
    [
        "张三 13800001111 浙江省杭州市西湖区文三路 1 号",
        "浙江省杭州市西湖区文三路1号 张三 138-0000-1111",
        "13800001111，张三，浙江杭州西湖区文三路1号",
        "张三浙江省杭州市西湖区文三路1号+86 138 0000 1111",
        "收货人: 张三\n手机号码: 13800001111\n所在地区: 浙江省 杭州市 西湖区\n详细地址: 文三路1号",
        "浙江省\t杭州市\t西湖区\t文三路1号\t张三\t13800001111\t310000",
        "张三先生 １３８００００１１１１ 杭州市西湖区文三路１号",
    ],
)
def test_one_address_is_read_in_whatever_order_it_comes(text: str) -> None:
    assert read(text) == Pasted("张三", "13800001111", *XIHU, "文三路1号")


def test_a_landline_and_a_latin_name_are_read_too() -> None:
    found = read("John Smith, 0571-88880000, 杭州市西湖区文三路1号")
    assert (found.name, found.phone) == ("John Smith", "057188880000")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上海徐汇区漕溪北路1号", ("310000", "310100", "310104")),  # a municipality
        ("新疆巴音郭楞", ("650000", "652800", "")),  # a prefecture cut short
        ("成都市新津县五津镇", ("510000", "510100", "510118")),  # a county that became a district
        ("湖北省襄樊市小水街222号", ("420000", "420600", "")),  # a city that was renamed
        ("上海市闸北区天目西路", ("310000", "310100", "310106")),  # a district that was taken into another
        ("湖北省仙桃市沔街大道3号", ("420000", "429000", "429004")),  # a county under no city
        ("北海市重庆路11号", ("450000", "450500", "")),  # a street named after a city
    ],
)
def test_a_region_is_known_by_the_names_people_use(text: str, expected: tuple[str, str, str]) -> None:
    assert region(text) == expected


def test_a_name_that_several_places_have_is_left_to_the_member() -> None:
    found = read("西湖区文三路1号")
    assert (found.province, found.city, found.county, found.detail) == ("", "", "", "西湖区文三路1号")
    assert found.alternatives == ("330106", "360103")
    assert region("江西西湖区文三路1号") == ("360000", "360100", "360103")


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "13800001111", "=HYPERLINK(1)", "\u202e", "🎁" * 900, "||", "0"]
)
def test_what_is_no_address_gives_no_region(text: str) -> None:
    assert region(text) == ("", "", "")


@given(
    st.text(
        alphabet=st.sampled_from("浙江省杭州市西湖区文三路张1380 |,\n：地址收货人朝阳市辖区吉林Aa-"),
        max_size=80,
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read(text)
    assert len(found.detail) <= MAX_DETAIL
    assert not found.county or found.county.startswith(found.province[:2])


def test_former_names_lead_to_divisions_that_exist() -> None:
    assert [name for name, code in FORMER_NAMES.items() if code not in NAMES] == []


def test_names_are_cut_short_as_people_do() -> None:
    names = [
        "浙江省",
        "新疆维吾尔自治区",
        "巴音郭楞蒙古自治州",
        "积石山保安族东乡族撒拉族自治县",
        "徐汇区",
        "赵县",
    ]
    assert [short_name(name) for name in names] == ["浙江", "新疆", "巴音郭楞", "积石山", "徐汇", "赵县"]


def _as_compared(province: str, city: str, district: str) -> tuple[str, str, str]:
    """A municipality is its own city, and “the city's own districts” is no place."""
    is_own = province in MUNICIPALITIES or city == "市辖区"
    return province, "" if is_own else city, "" if district == "市辖区" else district


def _named(found: Pasted) -> tuple[str, str, str]:
    county = found.county or next(iter(found.alternatives), "")
    return _as_compared(*(NAMES.get(code, "") for code in (found.province, found.city, county)))


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled addresses are not on this machine")
def test_labelled_addresses_are_read_right() -> None:
    with LABELLED.open(encoding="utf-8", newline="") as rows:
        cases = list(csv.DictReader(rows))
    misses = [
        (case["text"], _named(read(case["text"])))
        for case in cases
        if _named(read(case["text"])) != _as_compared(case["province"], case["city"], case["district"])
    ]
    for miss in misses:
        print("missed:", *miss)
    assert len(cases) == 45
    assert len(cases) - len(misses) >= 42
