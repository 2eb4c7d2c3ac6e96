"""Files that are no history files, or nearly none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from desk import history
from desk.history.past import COLUMNS
from tests.replay.files import AS_OF, record, write
from tests.replay.test_import.importing import everything, imported

pytestmark = pytest.mark.django_db


def test_import_takes_a_file_with_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    tally = imported(tmp_path / "bom.csv", record("A1"), record("A2"), encoding="utf-8-sig", end="\r\n")

    assert (tally.outcome.imported, tally.refused) == (2, 0)


def test_import_takes_a_file_that_leaves_out_what_is_optional(tmp_path: Path) -> None:
    header = [name for name in COLUMNS if name not in {"member_name", "specification", "expired_at"}]
    path = write(tmp_path / "short.csv", [record("A1")], header=header)

    assert history.import_file(path, as_of=AS_OF).outcome.imported == 1


UNUSABLE = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "one endless line": b"x" * 3_000_000,
    "unknown column": (",".join([*COLUMNS, "colour"]) + "\n").encode(),
    "missing column": (",".join(name for name in COLUMNS if name != "sku") + "\n").encode(),
    "column named twice": (",".join([*COLUMNS, "sku"]) + "\n").encode(),
    "UTF-16": ",".join(COLUMNS).encode("utf-16"),
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_import_refuses_a_file_that_is_no_history_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    before = everything()

    with pytest.raises(CommandError):
        call_command("import_history", path, verbosity=0)

    assert everything() == before


def test_import_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_history", tmp_path / "nothing.csv", verbosity=0)


def test_import_takes_a_file_without_rows(tmp_path: Path) -> None:
    tally = imported(tmp_path / "none.csv")

    assert (tally.orders, tally.refused) == (0, 0)
