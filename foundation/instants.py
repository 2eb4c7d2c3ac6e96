"""How instants are spelled to programs: in UTC, so that nobody has to know where the mall stands."""

from datetime import UTC
from typing import Any

from rest_framework import serializers


class Instant(serializers.DateTimeField):
    """A moment in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)
