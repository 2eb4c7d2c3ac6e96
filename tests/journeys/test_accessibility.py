"""No page keeps anybody out, weighs much or moves: each is opened once and looked at in every way.

The pages come from `tests.portal.lived_in`, which is compared with the resolver; none can be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Response

from tests.journeys.conftest import DESKTOP, PHONE, Visitor
from tests.portal import lived_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser-walk")]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
NARROWEST = 320
MOST_SHIFT = 0.001
"""Less is written as 0.00 everywhere: a busy machine paints a label before its second line was read."""
HEAVIEST = 100_000
"""Bytes of a first view, pictures aside, as they are before they are compressed."""
REQUESTS = {"gift": 5, **dict.fromkeys(("cart", "order", "order-placed", "address-new", "address-change"), 4)}
"""The page, a style sheet and a script make three; htmx comes where a page follows something, and reviews to a gift."""


def violations(page: Page, *, in_the_dark: bool = True) -> list[str]:
    """What axe-core finds, with the places: everything in the light, and in the dark what colours can spoil.

    Its script is handed to the page past the policy that guards members.
    """
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", EVERYTHING)["violations"]
    if in_the_dark:
        page.emulate_media(color_scheme="dark")
        found += page.evaluate("rules => axe.run(document, rules)", COLOURS)["violations"]
        page.emulate_media(color_scheme="light")
    return [
        f"{one['id']}: {node['html'][:140]}: {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]


# What is too low for a finger, unless it stands in a sentence; a box or a star is tapped by its label.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.matches(".skip, .unseen, [type=hidden]"))
    .map(one => one.matches("[type=radio], [type=checkbox]") ? one.closest("label") : one)
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height < 44 && !one.closest("p:not(.actions, .crumbs, .hero-links)"))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${Math.round(box.height)} px high`)"""
HANGS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(one => one.checkVisibility() && !one.closest(".chips, .gift-pictures, .unseen"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.outerHTML.slice(0, 120)} hangs over the edge`)"""
SHIFT = """() => new Promise(tell => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
    }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})"""
# What hangs over the edge, by name; what scrolls inside a box of its own does not.
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Scales:
    """Weighs what comes over the wire; what the browser has already is weighed as if it came again."""

    known: dict[str, int] = field(default_factory=dict)
    came: list[tuple[str, int]] = field(default_factory=list)

    def put(self, answer: Response) -> None:
        """Note an answer that is no picture."""
        kind = answer.headers.get("content-type", "")
        if "image" in kind or answer.status == 304:
            return
        if answer.url not in self.known or "html" in kind:
            self.known[answer.url] = len(answer.body())
        self.came.append((answer.url, self.known[answer.url]))


def faults(page: Page, path: str, scales: Scales, *, most: int) -> list[str]:
    """Open a page and return everything that is wrong with it."""
    scales.came.clear()
    page.goto(path)
    size = page.viewport_size
    assert size is not None
    found = violations(page, in_the_dark=size == PHONE)  # colours are the same on every screen
    if (shifted := page.evaluate(SHIFT)) >= MOST_SHIFT:
        found.append(f"the layout shifts by {shifted}")
    weight = sum(size for _url, size in scales.came)
    if weight > HEAVIEST:
        found.append(f"weighs {weight} bytes")
    if len(scales.came) > most:
        found.append(f"asks for {[url for url, _size in scales.came]}")
    for width in (size["width"], NARROWEST):
        page.set_viewport_size({"width": width, "height": size["height"]})
        found += [f"{one} at {width}" for one in page.evaluate(SMALL) + page.evaluate(HANGS)]
        if over := page.evaluate(WIDE):
            found.append(f"hangs {over} px over the edge at {width}")
    page.set_viewport_size(size)
    return found


def tell(found: dict[str, list[str]]) -> None:
    """Fail with every fault of every page, one on a line."""
    told = [f"{path}: {what}" for path, faulty in found.items() for what in faulty]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> lived_in.Home:
    settings.MEDIA_ROOT = tmp_path
    return lived_in.move_in()


@pytest.mark.parametrize(
    ("language", "size"), [("zh-CN", PHONE), ("en-US", DESKTOP)], ids=["Chinese phone", "English desktop"]
)
def test_every_page_is_for_everybody_light_and_still(
    visit: Visitor, home: lived_in.Home, language: str, size: dict[str, int]
) -> None:
    inside = visit(home.member, locale=language, viewport=size)
    outside = visit(locale=language, viewport=size)
    found: dict[str, Any] = {}
    for who, page, names in (
        ("member", inside, home.pages()),
        (
            "visitor",
            outside,
            lived_in.doors() | {"home": ["/"], "404": ["/nowhere"], "gift": home.pages()["gift"][:1]},
        ),
    ):
        scales = Scales()
        page.on("response", scales.put)
        for name, addresses in names.items():
            most = REQUESTS.get(name, 3)
            found |= {f"{who} at {path}": faults(page, path, scales, most=most) for path in addresses}
    tell(found)


def test_what_is_answered_with_an_error_is_for_everybody_too(visit: Visitor, home: lived_in.Home) -> None:
    """Forms that are sent back: the error stands beside its field, belongs to it, and can be read in the dark."""
    pages = home.pages()
    page, door = visit(home.member), visit()
    found = {}
    for name in (
        "address-new",
        "complaint-new",
        "order-refund",
        "order-feedback",
        "order-review",
        "preferences",
    ):
        page.goto(pages[name][0])
        for box in page.locator("main form select:not([disabled])").all():
            box.evaluate("one => { one.selectedIndex = 0 }")
        for box in page.locator("main form [type=time], main form textarea, main form [type=text]").all():
            box.fill("")
        page.locator("main form:not([role=search]) button:visible").last.click()
        found[name] = [] if page.locator("main .error").count() else ["nothing is complained of"]
        found[name] += violations(page)
    for path in ("/log-in/", "/log-in/code/"):
        door.goto(path)
        door.click("main form button")
        found[path] = violations(door)
    tell(found)
