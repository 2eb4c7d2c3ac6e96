"""Every form of the portal, found on every page: whatever is typed, it is refused beside its field or kept as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.contrib.admin import site
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members import services as members
from tests.portal import lived_in
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(7)</script>"
IMAGE = "<img src=x onerror=alert(7)>"
TYPED = {
    "scripts and formulas": f"=HYPERLINK(1){SCRIPT}\"'>{IMAGE}\u202egnp\u202c👩‍👩‍👧🎁",
    "NUL": "a\0b",
    "ten thousand characters": "退" * 10_000,
}
HARM = (SCRIPT, "<img src=x")
NO_TEXT = ("file", "submit", "button", "image", "reset")


@dataclass
class Form:
    """A form as a browser reads it."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None or "disabled" in told:
            return
        name = told.get("name", "")
        if tag == "input" and name:
            self._input(name, told)
        elif tag == "textarea":
            self._area = name
            self._form.asked.append(name)
            self._form.values[name] = [""]
        elif tag == "select":
            self._select = name
            self._form.asked.append(name)
        elif (
            tag == "option" and self._select and ("selected" in told or self._select not in self._form.values)
        ):
            self._form.values[self._select] = [told.get("value", "")]
        elif tag == "button" and name:
            self._form.buttons.append((name, told.get("value", "")))

    def _input(self, name: str, told: dict[str, str]) -> None:
        assert self._form is not None
        kind = told.get("type", "text")
        if kind in NO_TEXT:
            return
        if name != "csrfmiddlewaretoken" and name not in self._form.asked:
            self._form.asked.append(name)
        if kind == "hidden":
            self._form.hidden.append(name)
        if kind not in {"radio", "checkbox"} or "checked" in told:
            self._form.values.setdefault(name, []).append(told.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def forms_on(client: Client, path: str) -> Iterator[Form]:
    """Yield the forms of a page's own part; the frame's are the same everywhere."""
    reader = Reader()
    body = client.get(path).content.decode()
    reader.feed(body.partition("<main")[2].partition("</main>")[0])
    for form in reader.forms:
        form.action = urljoin(f"http://testserver{path}", form.action).removeprefix("http://testserver")
        yield form


class Undone(Exception):
    """Nothing of what was sent stays."""


def send(client: Client, form: Form, values: dict[str, list[str]]) -> tuple[int, str]:
    """Send a form, follow where it leads, and undo everything; return the status it was answered with and the page."""
    answer: Any = None
    body = ""
    try:
        with transaction.atomic():
            if form.method == "post":
                answer = client.post(form.action, values)
            else:
                query = urlencode(values, doseq=True)
                answer = client.get(f"{urlsplit(form.action).path}?{query}")
            if answer.status_code == 302:
                body = client.get(answer.url).content.decode()
            elif not answer.streaming:
                body = answer.content.decode()
            raise Undone
    except Undone:
        return answer.status_code, body


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> lived_in.Home:
    settings.MEDIA_ROOT = tmp_path
    return lived_in.move_in()


@pytest.mark.parametrize("kind", TYPED)
def test_whatever_is_typed_into_any_field_is_refused_or_kept_as_text(home: lived_in.Home, kind: str) -> None:
    typed, seen, faults = TYPED[kind], set(), []
    doors = {path for paths in lived_in.doors().values() for path in paths}
    everywhere = [path for paths in (home.pages() | lived_in.doors()).values() for path in paths]
    for path in everywhere:
        browser = Client(headers={"accept-language": "en"}) if path in doors else english(home.member)
        for form in forms_on(browser, path):
            key = (
                urlsplit(form.action).path,
                form.method,
                tuple(form.asked),
                tuple(name for name, _v in form.buttons),
            )
            if key in seen:
                continue
            seen.add(key)
            for name in form.asked:
                client = Client(headers={"accept-language": "en"})
                client.cookies.update(browser.cookies)
                pressed = {button: [value] for button, value in form.buttons[-1:]}
                status, body = send(client, form, form.values | pressed | {name: [typed]})
                if status >= 500 or status not in {200, 302, 400, 404, 409, 410, 422, 429, 401, 403}:
                    faults.append(f"{form.method} {form.action} {name}: {status}")
                if (
                    status == 422
                    and name not in form.hidden
                    and not any(told in body for told in ('class="error"', "notice bad"))
                ):
                    faults.append(f"{form.action} {name}: refused, and nobody is told why")
                faults += [f"{form.action} {name}: {harm} is no text" for harm in HARM if harm in body]
    assert faults == []
    assert len(seen) > 25


# --- What was kept


@pytest.mark.parametrize("words", [f"{SCRIPT}\u202e🎁", f"{IMAGE}\"'>", "=HYPERLINK(1)"])
def test_what_was_kept_is_harmless_on_every_page_file_and_mail(
    words: str, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    home = lived_in.move_in(words)
    client, desk = english(home.member), lived_in.operator()
    shown = {path: client.get(path).content.decode() for paths in home.pages().values() for path in paths}
    shown |= {path: desk.get(path).content.decode() for path in _desk()}
    assert [path for path, body in shown.items() if any(harm in body for harm in HARM)] == []
    assert any(words in body or "&lt;" in body or "&#x27;" in body for body in shown.values())

    file = b"".join(client.get(reverse("points-file"))).decode("utf-8-sig")
    cells = [cell.strip('"') for row in file.splitlines() for cell in row.split(",")]
    assert [cell for cell in cells if cell.startswith(("=", "@", "\t"))] == []

    while members.deliver_messages(at=NOW, through=["mail"]):
        pass
    assert mail.outbox
    for letter in mail.outbox:
        assert letter.content_subtype == "plain"  # plain text: nothing in it can run
        assert "\n" not in letter.subject


def _desk() -> list[str]:
    """Every list of the operators' desk, and the page of the newest row of each."""
    pages = [reverse("admin:index")]
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        pages += [reverse(f"{name}_changelist")] + (
            [reverse(f"{name}_change", args=[newest])] if newest else []
        )
    return pages
