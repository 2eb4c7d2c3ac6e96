"""Laws of the house that no tool holds by itself."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ["config", "foundation", *settings.HOUSE_APPS]
NOWHERE = {"utils", "helpers", "common", "manager", "handler", "process", "data", "info"}


def python_files(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_nobody_publishes_to_the_broker() -> None:
    publishing = {"delay", "apply_async", "send_task"}
    assert [str(path) for path in python_files(*HOUSE) if publishing & set(calls(path))] == []


def test_nobody_speaks_to_redis() -> None:
    assert [str(path) for path in python_files(*HOUSE) if {"redis", "kombu"} & set(imported(path))] == []


def test_beat_wakes_every_task_of_the_house_and_no_other() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} == ours
    assert current_app.conf.result_backend is None


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {path.stem for path in python_files(*HOUSE, "devtools", "simulators", "bench", "tests")}
    assert names & NOWHERE == set()


@pytest.mark.parametrize("package", [*HOUSE, "devtools", "simulators", "bench", "tests"])
def test_files_stay_under_400_lines(package: str) -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in python_files(package)}
    assert {str(path): lines for path, lines in lengths.items() if lines > 400} == {}


@pytest.mark.parametrize("package", [*HOUSE, "devtools", "simulators", "bench"])
def test_functions_stay_under_40_lines(package: str) -> None:
    too_long = []
    for path in python_files(package):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                lines = (node.end_lineno or node.lineno) - first.lineno + 1
                if lines > 40:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert too_long == []


def test_middleware_asks_the_database_nothing(client: Client) -> None:
    # No database mark: a query would be refused, and the test would fail.
    assert client.get("/healthz").content == b"alive\n"


def test_each_dependency_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    listed = [line for line in lines if re.match(r'    "[A-Za-z].*[~>=].*",|    "types-.*",', line)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    expected = len(project["project"]["dependencies"]) + len(project["dependency-groups"]["dev"])
    assert len(listed) == expected
    assert [line for line in listed if "# " not in line] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pinned = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, flags=re.MULTILINE)
    assert len(re.findall(r"==[^\\]+\\\n    --hash=sha256:", text)) == len(pinned) > 20
    assert "://" not in text


def test_development_lock_holds_what_production_locks() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
