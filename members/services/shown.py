"""What every page shows of who is signed in, read with them in one statement."""

from __future__ import annotations

from typing import Any

_shown: dict[str, Any] = {}


def show_with_user(name: str, expression: Any) -> None:
    """Read one more thing with whoever is signed in, under this name: upper floors say what their pages need."""
    _shown[name] = expression


def shown_with_user() -> dict[str, Any]:
    """Return what is read with whoever is signed in, by its name."""
    return _shown
