"""Values like production's for every setting that production must be given."""

import re

from devtools.services import ROOT

VALUES = {
    "SECRET_KEY": "example-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "mall.example.com",
    "DATABASE_URL": "postgresql://mall:secret@database.example.com:5432/mall",
    "REDIS_URL": "redis://:secret@redis.example.com:6379/0",
    "SMS_PROVIDER": "aliyun",
    "EMAIL_URL": "smtp+tls://mall:secret@mail.example.com:587",
}


def required() -> list[str]:
    """The names of the settings without a default."""
    return re.findall(r'\brequired\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text())


def example() -> dict[str, str]:
    """A complete environment for a start as in production; nothing in it leads anywhere."""
    return {
        name: VALUES.get(name, f"https://{name.lower().replace('_', '-')}.example.com") for name in required()
    }
