"""The vendored region codes: three levels, and every official county of the mainland."""

import json
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT.parent / "shared" / "data" / "china_divisions" / "mca_2026_list.json"
REGIONS: dict[str, str] = json.loads((ROOT / "members" / "regions.json").read_text(encoding="utf-8"))
ELSEWHERE = ("71", "81", "82", "83")  # divided under other codes; see members/regions.LICENSE.txt


def level(code: str) -> str:
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def test_regions_have_three_levels_in_order() -> None:
    assert list(REGIONS) == sorted(REGIONS)
    assert Counter(map(level, REGIONS)) == {"province": 34, "city": 369, "county": 3482}
    assert [
        code for code, name in REGIONS.items() if not (len(code) == 6 and code.isdigit() and name.strip())
    ] == []


def test_every_region_has_its_parents_and_every_city_a_county() -> None:
    assert [
        code for code in REGIONS if code[:4] + "00" not in REGIONS or code[:2] + "0000" not in REGIONS
    ] == []
    divided = {code[:4] for code in REGIONS if level(code) == "county"}
    assert [REGIONS[code] for code in REGIONS if level(code) == "city" and code[:4] not in divided] == []


def test_every_official_division_of_the_mainland_is_there_by_its_name() -> None:
    if not OFFICIAL.exists():
        pytest.skip("../shared is not here")
    official = json.loads(OFFICIAL.read_text(encoding="utf-8"))
    mainland = {code: name for code, name in official.items() if not code.startswith(ELSEWHERE)}

    assert {code: REGIONS.get(code) for code in mainland} == mainland
