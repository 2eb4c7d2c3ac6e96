"""What the load generator asks of the web: placements by members, and reads by members and an operator."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from itertools import count, cycle
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from members.models import User

Maker = Callable[[], bytes]

SIGNED_IN = 100
"""Members who look at pages of the portal."""

WORDS = (
    "保温杯 咖啡豆 电动牙刷 蓝牙耳机 毛巾 茶具 双肩包 台灯 雨伞 充电宝 "
    "Incense Puzzle Bottle Pillow Notebook Pen Scarf Frame Clock Cutlery"
)


def maker(what: str, host: str) -> Maker:
    """Return a maker of requests of one kind, each other than the last."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    if what in ("spread", "hot"):
        return _placements(host, hot=what == "hot").__next__
    if what == "nothing":
        return _pages(host, [("/healthz", "")]).__next__
    if what == "review_queue":
        page = "/admin/orders/reviewtask/"
        return _pages(host, [(page, _operator_cookie(page))]).__next__
    if what.startswith("portal_"):
        return _pages(host, _portal(what)).__next__
    return _reads(host, what).__next__


def _placements(host: str, *, hot: bool) -> Iterator[bytes]:
    """Yield placements, each by another member with a fresh key, of any SKU or always of the same one."""
    skus = ["SKU0001"] if hot else [f"SKU{k:04}" for k in range(1, 1001)]
    heads = [
        (f"POST /api/v1/orders {head}Content-Type: application/json\r\n", address)
        for head, address in _members(host).values()
    ]
    random.shuffle(heads)
    run, heads_for_ever = random.randbytes(8).hex(), cycle(heads)
    for number in count(1):
        head, address = next(heads_for_ever)
        body = f'{{"lines": [{{"sku": "{random.choice(skus)}", "quantity": 1}}], "address_id": {address}}}'
        yield f"{head}Idempotency-Key: {run}-{number}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def _reads(host: str, what: str) -> Iterator[bytes]:
    """Yield reads of their orders by members who have some: a page, one of them, or those with a gift of a name."""
    from orders.models import Order

    numbers = dict(Order.objects.order_by("?").values_list("member_id", "number")[:5000])
    heads = [(numbers[member], head) for member, (head, _) in _members(host).items() if member in numbers]
    random.shuffle(heads)
    for word, (number, head) in zip(cycle(map(quote, WORDS.split())), cycle(heads), strict=False):
        address = {
            "my_orders": "/api/v1/orders",
            "order": f"/api/v1/orders/{number}",
            "search": f"/api/v1/orders?q={word}",
        }[what]
        yield f"GET {address} {head}\r\n".encode()


def _pages(host: str, asked: list[tuple[str, str]]) -> Iterator[bytes]:
    """Yield requests for pages, each with the cookie of who asks for it."""
    for address, cookie in cycle(asked):
        yield f"GET {address} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()


def _portal(what: str) -> list[tuple[str, str]]:
    """Return a page of the portal for each of some members who have orders: an address and the member's cookie."""
    from members.models import Member
    from orders.models import Order

    numbers = dict(Order.objects.order_by("?").values_list("member_id", "number")[:SIGNED_IN])
    addresses = {
        "portal_home": dict.fromkeys(numbers, "/"),
        "portal_my_orders": dict.fromkeys(numbers, "/orders/"),
        "portal_order": {member: f"/orders/{number}/" for member, number in numbers.items()},
    }[what]
    members = Member.objects.filter(pk__in=numbers).select_related("user")
    return [(addresses[member.pk], _cookie_of(member.user, addresses[member.pk])) for member in members]


def _members(host: str) -> dict[int, tuple[str, int]]:
    """Return by member how their requests go on after the address, with their token, and where they live."""
    from django.utils import timezone

    from members.models import Address
    from members.services.tokens import sign_token

    addresses = Address.objects.filter(is_default=True).select_related("member__user")
    now = timezone.now()
    return {
        a.member_id: (
            f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {sign_token(a.member, at=now)[0]}\r\n",
            a.pk,
        )
        for a in addresses
    }


def _operator_cookie(page: str) -> str:
    """Sign an operator in and return the cookie of the session."""
    from members.models import User

    return _cookie_of(User.objects.get(is_superuser=True), page)


def _cookie_of(user: User, page: str) -> str:
    """Sign somebody in, open a page as the log-in does, which notes their device, and return the session's cookie."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    assert client.get(page).status_code == 200, page
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
