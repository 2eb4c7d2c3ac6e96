"""Django's sessions in the database, read by a statement that is planned once: each page of a member begins there."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from foundation.sql import Statement

_OPEN = Statement(
    "open_session",
    "text[], timestamptz[]",
    "SELECT session_data FROM django_session WHERE session_key = ($1)[1] AND expire_date > ($2)[1]",
)


_KEY = re.compile("[a-z0-9]+")


class SessionStore(db.SessionStore):
    """Django's own store; only reading differs. A key that we cannot have given out is not looked up."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing, under no key, when it is over or never was."""
        key = self.session_key or ""
        if key and _KEY.fullmatch(key):
            for (held,) in _OPEN.rows([key], [timezone.now()]):
                return self.decode(held)
        self._session_key = None
        return {}
