"""The official divisions as people write them: in full, cut short, with another ending, by a former name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族"
    "|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|阿昌族|普米族|塔吉克"
    "|怒族|保安族|裕固族|独龙族|各族|达斡尔族|鄂温克族"
)
_OF_PEOPLES = re.compile(f"(?:{_PEOPLES})+(?:自治区|自治州|自治县|自治旗)$")
_ENDINGS = (
    "特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "新区",
    "省", "市", "县", "区", "旗", "盟", "州",
)  # fmt: skip
_PLACEHOLDERS = re.compile(r"县|市辖区|.*直辖县.*")
"""What the table puts where a county belongs to no city."""

# Divisions that were renamed or taken into another one, under the code they have now. Renamings that only changed the
# ending (新津县, today 新津区) need no entry.
FORMER_NAMES: Mapping[str, str] = {
    "襄樊市": "420600", "思茅市": "530800", "思茅地区": "530800", "通什市": "469001", "莱芜市": "370116",
    "崇文区": "110101", "宣武区": "110102", "塘沽区": "120116", "汉沽区": "120116", "大港区": "120116",
    "南汇区": "310115", "卢湾区": "310101", "闸北区": "310106", "下城区": "330105", "江干区": "330102",
    "绍兴县": "330603", "鄞县": "330212", "江东区": "330212", "梅列区": "350404", "沧浪区": "320508",
    "平江区": "320508", "金阊区": "320508", "白下区": "320104", "下关区": "320106", "楚州区": "320803",
    "清浦区": "320812", "居巢区": "340181", "金家庄区": "340503", "九江县": "360404", "湾里区": "360112",
    "胶南市": "370211", "四方区": "370203", "陕县": "411203", "襄阳县": "420607", "株洲县": "430212",
    "万县": "500101", "达县": "511703", "东陵区": "210112", "前郭县": "220721", "米泉市": "650109",
}  # fmt: skip


class Division(NamedTuple):
    """A province (level 1), city (2) or county (3)."""

    code: str
    name: str

    @property
    def level(self) -> int:
        """How deep it lies."""
        return 1 if self.code.endswith("0000") else 2 if self.code.endswith("00") else 3

    def lies_in(self, other: Division) -> bool:
        """Tell whether it is a part of another one."""
        return self.level > other.level and self.code.startswith(other.code[: 2 * other.level])


class Match(NamedTuple):
    """A division found in a text: where its name ends, and how surely it was meant."""

    division: Division
    end: int
    weight: int
    """3 for the name in full, 2 with another ending, 1 cut short."""


def short_name(name: str) -> str:
    """Return a name as people cut it short; the name itself where nothing can be left out."""
    plain = _OF_PEOPLES.sub("", name)
    if plain == name:
        ending = next((one for one in _ENDINGS if name.endswith(one)), "")
        plain = name.removesuffix(ending)
    return plain if len(plain) >= 2 else name


@dataclass(frozen=True, slots=True)
class Divisions:
    """All divisions, ready to be looked for in a text."""

    by_code: Mapping[str, Division]
    _named: Mapping[str, list[tuple[Division, int]]]
    _longest: int
    _parents: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> Divisions:
        """Take in the codes and names of a table."""
        by_code = {code: Division(code, name) for code, name in names}
        named: dict[str, list[tuple[Division, int]]] = {}
        for division in by_code.values():
            if not _PLACEHOLDERS.fullmatch(division.name):
                named.setdefault(division.name, []).append((division, 3))
                if (short := short_name(division.name)) != division.name:
                    named.setdefault(short, []).append((division, 1))
        for name, code in FORMER_NAMES.items():
            if code in by_code and name not in named:
                named[name] = [(by_code[code], 3)]
                if (short := short_name(name)) not in named:
                    named[short] = [(by_code[code], 1)]
        return cls(by_code, named, max(map(len, named), default=0))

    def at(self, text: str, start: int) -> list[Match]:
        """Return every division whose name may begin at a place in a text."""
        found: dict[str, Match] = {}
        for end in range(start + 2, min(len(text), start + self._longest) + 1):
            for division, weight in self._named.get(text[start:end], ()):
                stop, worth = end, weight
                if weight == 1:
                    ending = next((one for one in _ENDINGS if text.startswith(one, end)), "")
                    stop, worth = end + len(ending), 2 if ending else 1
                if division.code not in found or worth >= found[division.code].weight:
                    found[division.code] = Match(division, stop, worth)
        return list(found.values())

    def path(self, division: Division) -> list[Division]:
        """Return a division with those it lies in, the province first."""
        codes = [f"{division.code[:2]}0000", f"{division.code[:4]}00", division.code][: division.level]
        return [self.by_code[code] for code in dict.fromkeys(codes) if code in self.by_code]
