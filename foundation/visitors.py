"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the network address of whoever asks; empty when there is none, as behind a socket.

    `TRUSTED_PROXIES` proxies of our own each added to X-Forwarded-For whom they spoke to. What stands further left
    was written by the visitor and is worth nothing.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return _plain(direct)
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return _plain(told[-min(proxies, len(told))] if told else direct) or _plain(direct)


def network_of(address: str) -> str:
    """Return what is counted as one visitor: an IPv4 address, or the 64 bits that an IPv6 household shares."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> 64 << 64)) + "/64"
    return address


def masked(address: str) -> str:
    """Return as much of an address as tells its owner which of their networks it was."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv4Address):
        first, second, *_rest = address.split(".")
        return f"{first}.{second}.*.*"
    if isinstance(parsed, IPv6Address):
        first, second, *_rest = parsed.exploded.split(":")
        return f"{int(first, 16):x}:{int(second, 16):x}:*"
    return ""


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _plain(address: str) -> str:
    parsed = _parsed(address)
    return str(parsed) if parsed else ""
