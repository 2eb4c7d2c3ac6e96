"""A real Chromium before a mall that answers over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from members.models import Member
from tests.portal.browsers import NOW

PASSWORD = "well-kept-2026"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server reads the time at its edge; what the test's small world holds stays fresh."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


Visitor = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Open a browser window of its own, signed in when a member is given.

    At the end nothing may have been complained of in its console: a broken script, a picture that is missing, what
    the Content-Security-Policy refuses.
    """
    complaints: list[str] = []
    contexts = []

    def open_window(member: Member | None = None, *, javascript: bool = True, **options: Any) -> Page:
        options = {"locale": "zh-CN", "viewport": PHONE, **options}
        context = chromium.new_context(base_url=live_server.url, java_script_enabled=javascript, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        if member is not None:
            log_in(page, member)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [said for said in complaints if "status of 4" not in said] == []


def log_in(page: Page, member: Member) -> None:
    """Log in by hand."""
    member.user.set_password(PASSWORD)
    member.user.save()
    page.goto("/log-in/")
    page.fill("[name=login]", member.phone)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")
