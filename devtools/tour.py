"""Draw the pictures of docs/tour.md anew: `python -m devtools.tour http://127.0.0.1:8000` before a demo mall.

Wants Debian's chromium, and a mall that `python manage.py load_demo` has filled.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "tour"
MEMBER, PASSWORD = "13800001037", "mall-demo-2026"
PHONE, DESKTOP = (390, 844), (1440, 900)
LARGEST = 120_000
"""Bytes of one picture."""


class View(NamedTuple):
    """One picture: where, on what screen, in the dark or not; `follow` is clicked first."""

    name: str
    path: str
    size: tuple[int, int]
    dark: bool = False
    follow: str = ""


VIEWS = (
    View("home", "/", DESKTOP),
    View("gift", "/gifts/bk702/", PHONE),
    View("confirm", "/gifts/bk702/", PHONE, follow="main form .button.wide"),
    View("orders", "/orders/", DESKTOP),
    View("order", "/orders/?tab=on_the_way", PHONE, follow="main .orders a.cover"),
    View("points", "/points/", PHONE, dark=True),
    View("help", "/help/ask/", PHONE, follow=".help-examples button"),
    View("messages", "/inbox/", PHONE),
)


def draw(base: str) -> None:
    """Draw every picture of the tour."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("No chromium: apt-get install chromium")
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for view in VIEWS:
            with _window(browser, base, view) as page:
                page.goto(view.path)
                if view.follow:
                    page.locator(view.follow).first.click()
                page.wait_for_load_state("networkidle")
                _keep(view.name, page.screenshot())
        browser.close()


@contextmanager
def _window(browser: Browser, base: str, view: View) -> Iterator[Page]:
    width, height = view.size
    context = browser.new_context(
        base_url=base,
        locale="zh-CN",
        viewport={"width": width, "height": height},
        color_scheme="dark" if view.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/log-in/")
    page.fill("[name=login]", MEMBER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    yield page
    context.close()


def _keep(name: str, png: bytes) -> None:
    picture: Image.Image = Image.open(io.BytesIO(png))
    if picture.width > 1_000:
        picture = picture.resize((1_000, picture.height * 1_000 // picture.width))
    path = OUT / f"{name}.webp"
    picture.save(path, quality=82, method=6)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"{name} is larger than {LARGEST:,} bytes.")


if __name__ == "__main__":
    draw(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
