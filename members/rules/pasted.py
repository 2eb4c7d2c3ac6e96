"""A whole address in one piece of text, taken apart: region, street, name and phone, in whatever order they come.

What cannot be told for sure is left empty: the member sees the form and completes it (docs/addresses.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from members.rules.divisions import Division, Divisions, Match

MAX_TEXT = 500
MAX_DETAIL = 200

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s-]*)?(1[3-9]\d(?:[\s-]?\d{4}){2})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[\s-]?\d{7,8}|400[\s-]?\d{3}[\s-]?\d{4})(?!\d)")
_POSTCODE = re.compile(r"(?:^|(?<=[\s|]))\d{6}(?=$|[\s|])")
_LABELS = re.compile(
    r"(?:收\s*[货件]\s*人(?:姓名|电话|手机|地址)?|联系人|姓\s*名|手机号码?|联系电话|联系方式|电话|手机|所在地区|所在区域|地区"
    r"|收[货件]地址|详细地址|我?家?的?地址|邮编|邮政编码)\s*(?:[:：]|是|为)\s*"
)
_BETWEEN = re.compile(r"(?:[,;、|/。\n\r\t]|(?<![A-Za-z])\s|\s(?![A-Za-z]))+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}|[A-Za-z][A-Za-z .'-]{1,40}")
_TITLE = re.compile(r"(?:先生|女士|小姐|老师|收)$")
_OF_A_PLACE = re.compile(
    r"[路街道巷弄号楼栋幢座室层单元区县市省镇乡村屯组园苑厦城庄寨府院店场厂校社学广驿站所]"
)
_FILLER = re.compile(r"^(?:市辖区|县)(?![\u4e00-\u9fff])|^市辖区")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text says of an address. Codes are empty where the text does not say, or not clearly."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    detail: str = ""
    alternatives: tuple[str, ...] = ()
    """Codes of divisions of one name that may all be meant; then only what they share is filled in."""


class _Chain(NamedTuple):
    """Divisions that stand one after the other in a text."""

    matches: tuple[Match, ...]
    start: int
    score: float

    @property
    def last(self) -> Division:
        return self.matches[-1].division


def read_pasted(text: str, divisions: Divisions) -> Pasted:
    """Take a pasted text apart; a text without an address gives an empty answer, never an error."""
    rest = unicodedata.normalize("NFKC", text[:MAX_TEXT]).replace("\0", " ")
    phone, rest = _take_phone(rest)
    rest = _BETWEEN.sub("|", _POSTCODE.sub("|", _LABELS.sub("|", rest))).strip("|")
    chains = _chains(rest, divisions)
    if not chains:
        name, detail = _name_and_detail(rest.split("|"), [])
        return Pasted(name=name, phone=phone, detail=detail[:MAX_DETAIL])
    best = chains[0]
    before = [part for part in rest[: best.start].split("|") if part]
    after = _FILLER.sub("", rest[best.matches[-1].end :].strip("|"))
    name, detail = _name_and_detail(before, [part for part in after.split("|") if part])
    rivals = _rivals([chain.last for chain in chains if chain.score == best.score])
    found = {division.level: division.code for division in _shared(rivals, divisions)}
    alternatives = tuple(rival.code for rival in rivals) if len(rivals) > 1 else ()
    if alternatives:
        detail = f"{rest[best.matches[-1].end - len(best.last.name) : best.matches[-1].end]}{detail}"
    return Pasted(
        name, phone, found.get(1, ""), found.get(2, ""), found.get(3, ""), detail[:MAX_DETAIL], alternatives
    )


def _rivals(meant: list[Division]) -> list[Division]:
    """Return what may be meant, each once; a city that is named as its province says nothing more than that."""
    once = list({division.code: division for division in meant}.values())
    return [one for one in once if not any(one.lies_in(other) for other in once)]


def _shared(rivals: list[Division], divisions: Divisions) -> list[Division]:
    """Return what all that may be meant have in common: the way down to the last fork."""
    paths = [divisions.path(rival) for rival in rivals]
    return [step for step in paths[0] if all(step in path for path in paths)]


def _take_phone(text: str) -> tuple[str, str]:
    for pattern in (_MOBILE, _LANDLINE):
        if match := pattern.search(text):
            digits = re.sub(r"\D", "", match[1])
            return digits, f"{text[: match.start()]} | {text[match.end() :]}"
    return "", text


# --- The region


def _chains(text: str, divisions: Divisions) -> list[_Chain]:
    """Return the chains of divisions that a text may mean, the likeliest first."""
    found: list[_Chain] = []
    for start in range(len(text)):
        is_beginning = start == 0 or text[start - 1] == "|"
        for match in divisions.at(text, start):
            for matches in _continued((match,), text, divisions):
                chain = _Chain(matches, start, _score(matches))
                # In the middle of a word a short name is more likely part of a street's.
                if is_beginning or chain.score >= 6 or len(matches) > 1:
                    found.append(chain)
    found.sort(key=lambda chain: (-chain.score, chain.start))
    return [chain for chain in found if not _is_said_before(chain, found)]


def _is_said_before(chain: _Chain, chains: list[_Chain]) -> bool:
    """Tell whether the same county was named further left: then what stands there is not its street."""
    return any(other.start < chain.start and other.last == chain.last for other in chains)


def _continued(matches: tuple[Match, ...], text: str, divisions: Divisions) -> list[tuple[Match, ...]]:
    last = matches[-1]
    place = last.end + (text[last.end : last.end + 1] == "|")
    chains = [matches]
    if last.division.level < 3:
        for following in divisions.at(text, place):
            is_within = following.division.lies_in(last.division)
            moved = (
                following.division.level == 3
                and following.weight == 3
                and following.division.code[:2] == last.division.code[:2]
            )
            if is_within or moved:
                chains += _continued((*matches, following), text, divisions)
    return chains


def _score(matches: tuple[Match, ...]) -> float:
    """Weigh how much of the text a chain explains. A lone short name means the larger of its namesakes."""
    score: float = sum(
        match.weight * len(match.division.name if match.weight == 3 else "二字") for match in matches
    )
    score += 0.01 * len(matches)
    final = matches[-1]
    if final.weight < 3:
        score -= 0.1 * final.division.level
    contradictions = sum(not later.division.lies_in(earlier.division) for earlier, later in pairwise(matches))
    return score - 3 * contradictions


# --- The rest


def _name_and_detail(before: list[str], after: list[str]) -> tuple[str, str]:
    """Tell who receives the parcel from where it goes: a name stands apart and says nothing of a place."""
    parts = [(part, True) for part in before] + [(part, False) for part in after]
    name = next(
        (part for part, _is_before in (*parts[: len(before)], *reversed(parts)) if _is_name(part)), ""
    )
    kept = [part for part, is_before in parts if part != name and not is_before]
    kept = [part for part in before if part != name and not _is_name(part)] + kept if not after else kept
    detail = "".join(
        f" {part}" if i and part[0].isascii() and kept[i - 1][-1].isascii() else part
        for i, part in enumerate(kept)
    )
    return _TITLE.sub("", name) or name, detail


def _is_name(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and not _OF_A_PLACE.search(_TITLE.sub("", part))
