"""Whatever a paper names of this tree stands in it: files, folders, pictures, other papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPERS = [ROOT / "README.md", ROOT / "simulators" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IN_EVERY_APP = ROOT / "orders", ROOT / "logistics", ROOT / "aftersales", ROOT / "desk"
"""Where a file stands that a paper names without its app, such as `laws.py` or `gateways/`."""
SOURCES = ("py", "toml", "sql", "md", "css", "js", "html", "yml", "po")
A_PATH = re.compile(r"[A-Za-z_][\w.*-]*(/[\w.*-]+)*/?")


def written_as_code(text: str) -> Iterator[str]:
    """Each word between back-quotes."""
    for span in re.findall(r"`([^`]+)`", re.sub(r"(?s)```.*?```", "", text)):
        yield from re.split(r"[\s,;:()…]+", span)


def paths(text: str) -> Iterator[str]:
    """The words that name a file or a folder of this tree; addresses of the web begin with a slash."""
    for word in written_as_code(text):
        is_ours = (ROOT / word.partition("/")[0]).is_dir() and "/" in word
        if A_PATH.fullmatch(word) and (is_ours or word.endswith(tuple(f".{one}" for one in SOURCES))):
            yield word


def stands(path: str) -> bool:
    return any(any(where.glob(path.rstrip("/"))) for where in (ROOT, *IN_EVERY_APP))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_path_and_every_link_of_a_paper_leads_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    lost = [path for path in paths(text) if not stands(path)]
    assert lost + [link for link in links if link and not (paper.parent / link).exists()] == []


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    named = list(
        paths(
            "`orders/views.py`, `laws.py`, `GET /orders/`, `docs/*.md`, `application/json`, ```\nx/y.py\n```"
        )
    )
    assert named == ["orders/views.py", "laws.py", "docs/*.md"]
    assert [path for path in named if not stands(path)] == ["orders/views.py"]
