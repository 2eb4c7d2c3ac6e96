"""The official divisions, from the file that comes with the house."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from members.models import Region

FILE = Path(__file__).resolve().parent.parent / "regions.json"


@transaction.atomic
def load_regions() -> int:
    """Bring the regions up to the edition in the house and return how many there are; running it again is safe.

    What an operator said about a region being served stays as it is.
    """
    names: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    Region.objects.bulk_create(
        [Region(code=code, name=name, parent_id=_parent(code)) for code, name in sorted(names.items())],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "parent"],
    )
    return len(names)


def _parent(code: str) -> str | None:
    if code.endswith("0000"):
        return None
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"
