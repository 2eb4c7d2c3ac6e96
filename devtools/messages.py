"""The translation catalogue, without GNU gettext: `python -m devtools.messages update | check | compile`."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from devtools.services import ROOT

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SPOKEN = [
    "config",
    "desk",
    "aftersales",
    "logistics",
    "orders",
    "members",
    "inventory",
    "foundation",
    "templates",
]
Spoken = str | tuple[str, ...] | list[str]  # one form, or singular and plural
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def update() -> int:
    """Add what the code says anew, drop what it no longer says, keep every translation."""
    catalogue = read()
    catalogue.update(said(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=110, no_location=True, sort_output=True, omit_header=False)
    left = [message.id for message in catalogue if message.id and not translated(message.string)]
    print(f"{len(catalogue)} messages, {len(left)} still to translate, in {CATALOGUE.relative_to(ROOT)}")
    return 0


def check() -> int:
    """Say what is missing, left over, doubtful or ill-formed in the catalogue."""
    catalogue, code = read(), said()
    known = {(message.context, key(message.id)) for message in catalogue if message.id}
    wanted = {(message.context, key(message.id)) for message in code if message.id}
    problems = [f"not in the catalogue: {text!r}" for _, text in sorted(wanted - known, key=str)]
    problems += [f"no longer said: {text!r}" for _, text in sorted(known - wanted, key=str)]
    for message in catalogue:
        if message.id and message.fuzzy:
            problems.append(f"fuzzy: {message.id!r}")
        if message.id and not translated(message.string):
            problems.append(f"not translated: {message.id!r}")
        problems += [f"{message.id!r}: {error}" for error in message.check(catalogue)]
    for problem in problems:
        print(problem)
    if problems:
        print(
            f"{len(problems)} problems. `make messages` brings the catalogue up to date; then translate in {CATALOGUE}"
        )
    return 1 if problems else 0


def compile_stale() -> int:
    """Compile the catalogue for Django when it is newer than its compiled form."""
    compiled = CATALOGUE.with_suffix(".mo")
    if CATALOGUE.exists() and not (
        compiled.exists() and compiled.stat().st_mtime_ns > CATALOGUE.stat().st_mtime_ns
    ):
        unfinished = compiled.with_suffix(f".{os.getpid()}")  # several tests may start at once
        with unfinished.open("wb") as file:
            write_mo(file, read())
        unfinished.replace(compiled)
    return 0


def read() -> Catalog:
    if not CATALOGUE.exists():
        return empty()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def empty() -> Catalog:
    title = "# What the house says, in simplified Chinese."
    people = {"copyright_holder": "The PointsMall authors", "last_translator": "", "language_team": ""}
    return Catalog(
        locale="zh_Hans", project="PointsMall", version="1", header_comment=title, fuzzy=False, **people
    )


def said() -> Catalog:
    """Everything that the code and the templates say to people."""
    from django.utils.translation.template import templatize

    catalogue = empty()
    for path in sources():
        text = path.read_text()
        if path.suffix != ".py":
            # What stands around the messages is blanked out by Django; its indentation would not be Python's.
            text = "\n".join(line.strip() for line in templatize(text).splitlines())
        for line, message, comments, context in extract(
            "python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"]
        ):
            catalogue.add(message, locations=[(str(path), line)], auto_comments=comments, context=context)
    return catalogue


def sources() -> Iterator[Path]:
    for package in SPOKEN:
        for suffix in (".py", ".html", ".txt"):
            yield from sorted((ROOT / package).rglob(f"*{suffix}"))


def key(text: Spoken) -> str:
    return text if isinstance(text, str) else text[0]


def translated(text: Spoken | None) -> bool:
    return bool(text) if isinstance(text, str | None) else all(text)


if __name__ == "__main__":
    os.environ["DEVELOPMENT"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.exit({"update": update, "check": check, "compile": compile_stale}[sys.argv[1]]())
