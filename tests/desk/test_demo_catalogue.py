"""The demo catalogue and people hold together, and every picture is a small, safe drawing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from desk.demo import catalogue, people, places

ROOT = Path(__file__).resolve().parents[2]
DRAWINGS = sorted((ROOT / "static" / "gifts").glob("*.svg")) + sorted(
    (ROOT / "static" / "brand").glob("*.svg")
)
SKUS = [sku for gift in catalogue.GIFTS for sku in gift.skus]
CODES = {sku.code for gift in catalogue.GIFTS if gift.kind != "physical" for sku in gift.skus}
ADDRESSES = [address for member in people.MEMBERS for address in member.addresses]
TIER_CODES = {tier.code for tier in people.TIERS}
REGIONS = json.loads((ROOT / "members" / "regions.json").read_text(encoding="utf-8"))


def repeated(values: Sequence[object]) -> list[object]:
    return sorted({value for value in values if values.count(value) > 1}, key=str)


def ean13_check_digit(first_twelve: str) -> str:
    weighted = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(first_twelve))
    return str(-weighted % 10)


def test_catalogue_is_large_enough() -> None:
    assert len(catalogue.CATEGORIES) == 8
    assert len(catalogue.GIFTS) >= 64
    assert {gift.category for gift in catalogue.GIFTS} == {category.code for category in catalogue.CATEGORIES}


def test_codes_names_and_barcodes_are_unique() -> None:
    assert repeated([gift.code for gift in catalogue.GIFTS]) == []
    assert repeated([gift.name for gift in catalogue.GIFTS]) == []
    assert repeated([sku.code for sku in SKUS]) == []
    assert repeated([sku.barcode for sku in SKUS]) == []


@pytest.mark.parametrize("sku", SKUS, ids=lambda sku: sku.code)
def test_sku_is_in_range(sku: catalogue.Sku) -> None:
    assert re.fullmatch(r"20\d{11}", sku.barcode)
    assert sku.barcode[12] == ean13_check_digit(sku.barcode[:12])
    assert 500 <= sku.points_price <= 200_000
    sizes = (sku.weight_g, sku.length_mm, sku.width_mm, sku.height_mm)
    assert set(sizes) == {0} if sku.code in CODES else min(sizes) > 0
    assert len(sku.on_hand) == len(places.WAREHOUSES)
    assert min(sku.on_hand) >= 0


@pytest.mark.parametrize("gift", catalogue.GIFTS, ids=lambda gift: gift.code)
def test_gift_is_complete(gift: catalogue.Gift) -> None:
    texts = (gift.name, gift.name_en, gift.summary, gift.summary_en, gift.description, gift.description_en)
    assert all(texts)
    assert max(len(gift.summary), len(gift.summary_en)) <= 200
    assert 1 <= len(gift.skus) <= 4
    assert all(sku.code.startswith(gift.code) for sku in gift.skus)
    assert gift.minimum_tier in TIER_CODES | {""}
    assert (ROOT / "static" / gift.picture).is_file()


def test_catalogue_shows_every_situation() -> None:
    assert any(gift.minimum_tier for gift in catalogue.GIFTS)
    assert len({gift.code for gift in catalogue.GIFTS if gift.kind != "physical"}) == 3
    assert any(gift.monthly_limit for gift in catalogue.GIFTS)
    assert any(not gift.is_listed for gift in catalogue.GIFTS)
    assert any((gift.on_shelf_from_days or 0) > 0 for gift in catalogue.GIFTS)
    assert any(0 < sum(sku.on_hand) <= 5 for sku in SKUS)
    assert any(sum(sku.on_hand) == 0 for sku in SKUS)


def test_every_picture_belongs_to_a_gift() -> None:
    drawn = {path.stem for path in (ROOT / "static" / "gifts").glob("*.svg")}
    assert drawn == {gift.code for gift in catalogue.GIFTS}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_drawing_is_small_well_formed_and_safe(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.encode()) <= 4096
    root = ET.fromstring(source)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox")
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags & {"script", "style", "text", "image", "use", "a", "foreignObject"} == set()
    attributes = [(name, value) for element in root.iter() for name, value in element.attrib.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name.endswith("href")] == []
    assert [
        value for _, value in attributes if "url(" in value and not re.fullmatch(r"url\(#\w+\)", value)
    ] == []


def test_people_are_unique_and_reach_nobody() -> None:
    members = people.MEMBERS
    assert len(members) == 30
    assert repeated([member.number for member in members]) == []
    assert repeated([member.phone for member in members]) == []
    assert repeated([member.bank_reference for member in members]) == []
    assert repeated([operator.username for operator in people.OPERATORS]) == []
    assert {member.tier for member in members} == TIER_CODES
    emails = [member.email for member in members] + [operator.email for operator in people.OPERATORS]
    assert [email for email in emails if not email.endswith("@example.com")] == []
    phones = [member.phone for member in members] + [address.phone for address in ADDRESSES]
    assert [phone for phone in phones if not re.fullmatch(r"1380000\d{4}", phone)] == []


@pytest.mark.parametrize("member", people.MEMBERS, ids=lambda member: member.number)
def test_member_has_points_and_places(member: people.Member) -> None:
    assert 1 <= len(member.addresses) <= 3
    assert member.lots
    assert all(lot.points > 0 and lot.expires_in_days > 0 for lot in member.lots)
    assert all(lot.granted_days_ago <= member.joined_days_ago for lot in member.lots)


def test_every_address_lies_in_an_official_county() -> None:
    codes = [address.region_code for address in ADDRESSES] + [
        place.region_code for place in places.WAREHOUSES
    ]
    assert [code for code in codes if code not in REGIONS or code.endswith("00")] == []
    provinces = [
        code for carrier in places.CARRIERS for service in carrier.services for code in service.provinces
    ]
    assert [code for code in provinces if code not in REGIONS or not code.endswith("0000")] == []


def test_some_service_takes_every_gift_to_every_address() -> None:
    services = [service for carrier in places.CARRIERS for service in carrier.services]
    stuck = [
        (sku.code, address.region_code)
        for sku in SKUS
        for address in ADDRESSES
        if not any(
            sku.weight_g <= service.max_weight_g
            and max(sku.length_mm, sku.width_mm, sku.height_mm) <= service.max_length_mm
            and (not service.provinces or f"{address.region_code[:2]}0000" in service.provinces)
            for service in services
        )
    ]
    assert stuck == []
