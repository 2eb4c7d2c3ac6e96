"""docker-compose.yml, the Dockerfile, docs/deploy.md and the settings say the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from devtools import commands, production
from devtools.postgres import CHARACTERS
from devtools.postgres import SETTINGS as POSTGRES_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
PRODUCTION = production.example()


@pytest.mark.parametrize(
    ("service", "words"), [("web", commands.WEB), ("worker", commands.WORKER), ("beat", commands.BEAT)]
)
def test_compose_starts_what_make_run_starts(service: str, words: list[str]) -> None:
    assert COMPOSE["services"][service]["command"] == ["python", *words]


def test_image_starts_the_web_by_default() -> None:
    line = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    assert yaml.safe_load(line.removeprefix("CMD ")) == ["python", *commands.WEB]


def test_image_is_built_with_every_required_setting() -> None:
    assert set(re.findall(r"\b([A-Z_]+)=", (ROOT / "Dockerfile").read_text())) >= set(PRODUCTION)


@pytest.mark.parametrize("service", ["web", "worker", "beat", "migrate"])
def test_deploy_document_names_the_command(service: str) -> None:
    assert f"| {service} | `{' '.join(COMPOSE['services'][service]['command'])}` |" in DEPLOY


def test_compose_runs_postgresql_as_development_does() -> None:
    words = COMPOSE["services"]["postgres"]["command"]
    assert dict(word.split("=", 1) for word in words[2::2]) == POSTGRES_SETTINGS


def test_compose_knows_every_setting_it_passes_on() -> None:
    assert set(COMPOSE["services"]["web"]["environment"]) <= names_in_code()


def test_compose_passes_on_every_required_setting() -> None:
    assert set(COMPOSE["services"]["web"]["environment"]) >= set(PRODUCTION)


def test_settings_table_names_every_setting_and_no_other() -> None:
    table, of_compose = re.split(r"^Compose asks", DEPLOY.split("## Settings")[1], flags=re.MULTILINE)
    assert names_in_table(table) == names_in_code()
    assert names_in_table(of_compose) == names_in_compose() - names_in_code()


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_does_not_start_without_a_required_setting_and_names_it(missing: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    started = load_settings(environment)
    assert started.returncode == 1
    assert started.stderr.splitlines()[-1].endswith(f"Set the {missing} environment variable")


def test_production_starts_with_the_required_settings_alone() -> None:
    assert load_settings(PRODUCTION).returncode == 0


def load_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import config.settings"]
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        command, cwd=ROOT, env=path | environment, capture_output=True, text=True, check=False
    )


def names_in_code() -> set[str]:
    settings = (ROOT / "config" / "settings.py").read_text()
    gunicorn = (ROOT / "config" / "gunicorn.py").read_text()
    return set(re.findall(r'(?:required|env\.\w+)\(\s*"([A-Z_]+)"', settings)) | set(
        re.findall(r"environ\.get\(['\"]([A-Z_]+)", gunicorn)
    )


def names_in_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)[:}]", (ROOT / "docker-compose.yml").read_text()))


def names_in_table(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, flags=re.MULTILINE))


def test_the_database_of_production_orders_texts_as_ours_does() -> None:
    arguments = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert tuple(arguments.split()) == CHARACTERS, (
        "these are known to work: `make run` makes its database with them"
    )
