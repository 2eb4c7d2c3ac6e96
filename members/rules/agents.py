"""What a browser calls itself, in words its owner knows. Only for show: nothing is decided by it."""

from __future__ import annotations

import re
from typing import NamedTuple

# In this order: most browsers also claim to be those that stand further down.
_BROWSERS = (
    ("WeChat", r"MicroMessenger/"),
    ("Alipay", r"AlipayClient/"),
    ("QQ", r"\bQQ/|MQQBrowser/|QQBrowser/"),
    ("UC", r"UCBrowser/|UBrowser/"),
    ("HUAWEI", r"HuaweiBrowser/"),
    ("Xiaomi", r"MiuiBrowser/"),
    ("Samsung", r"SamsungBrowser/"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


class Agent(NamedTuple):
    """A browser and the system it runs on; empty where it does not say."""

    browser: str
    system: str


def agent_of(text: str) -> Agent:
    """Read a User-Agent header."""
    text = text[:500]
    return Agent(_first(_BROWSERS, text), _first(_SYSTEMS, text))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, text)), "")
