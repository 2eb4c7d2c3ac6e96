"""Every page of the portal, found by the names of the addresses: a member who has lived in it, and where they can go.

Who adds a page adds it to `Home.pages`; a test compares that with the resolver.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, reverse

from aftersales import services as aftersales
from aftersales.models import Complaint
from aftersales.services import Opinion
from foundation.pictures import redrawn
from inventory import services as inventory
from inventory.models import Category, Gift, Sku
from logistics.models import Parcel
from members import services as members
from members.models import Member, User
from members.services.messages.wishes import unsubscribe_token
from orders import events
from orders import services as orders
from orders.models import Order, ReviewRule
from tests import worlds
from tests.aftersales.pictures import photo, sent
from tests.worlds import AT

APPS = ("members", "inventory", "orders", "logistics", "aftersales", "desk")
NO_PAGES = {
    "log-out": "a button",
    "points-file": "a file",
    "device-sign-out": "a button",
    "address-default": "a button",
    "cart-put": "a button",
    "order-live": "a part of the order's page",
    "order-placed-live": "a part of the page after the click",
    "review-picture": "a picture",
    "gift-picture": "a picture",
    "refund-withdraw": "a button",
    "help-rate": "a button",
    "complaint-close": "a button",
    "complaint-reopen": "a form on the complaint's own page",
    "my-data-download": "a file",
    "my-data-keep": "a button",
}
"""Names of the portal that are no pages of their own."""


def names() -> set[str]:
    """Return the names of all the portal's addresses, as the resolver knows them."""
    found = [route for app in APPS for route in import_module(f"{app}.urls").urlpatterns]
    return {
        str(route.name)
        for route in found
        if isinstance(route, URLPattern) and not str(route.pattern).startswith("api/")
    }


def doors() -> dict[str, list[str]]:
    """Return the pages that only a visitor sees."""
    return {name: [reverse(name)] for name in ("log-in", "log-in-code")}


@dataclass
class Home:
    """A member, what they have and what became of it; orders are found by how they stand."""

    member: Member
    vase: Sku
    gone: Sku
    dear: Sku
    voucher: Sku
    orders: dict[str, Order]
    complaint: Complaint
    mail_token: str

    def pages(self) -> dict[str, list[str]]:
        """Return each page's addresses by its name, once for each state that looks different."""
        return {**self._shelves(), **self._redeeming(), **self._orders(), **self._me(), **self._help()}

    def _shelves(self) -> dict[str, list[str]]:
        gifts = reverse("gifts")
        shown = [
            reverse("gift", args=[one.gift.code]) for one in (self.vase, self.gone, self.dear, self.voucher)
        ]
        return {
            "home": [reverse("home")],
            "gifts": [gifts, f"{gifts}?q=nothing-like-it", f"{gifts}?category=home&sort=points_down"],
            "gift": [*shown, f"{shown[0]}?added=1"],
            "gift-reviews": [reverse("gift-reviews", args=[self.vase.gift.code])],
        }

    def _redeeming(self) -> dict[str, list[str]]:
        def one(sku: Sku, quantity: int) -> str:
            query = urlencode({"sku": sku.code, "quantity": quantity})
            return f"{reverse('redeem', args=[sku.gift.code])}?{query}"

        line = urlencode({"line": f"1×{self.vase.code}"})
        return {
            "redeem": [one(self.vase, 1), one(self.dear, 1), one(self.voucher, 1)],
            "cart": [reverse("cart"), f"{reverse('cart')}?removed={self.gone.code}&units=1"],
            "cart-redeem": [f"{reverse('cart-redeem')}?{line}"],
            "order-placed": self._of("order-placed", "ready", "under_review", "cancelled", "codes"),
        }

    def _orders(self) -> dict[str, list[str]]:
        part = reverse("order-cancel-part", args=[self.orders["ready"].number])
        address = reverse("order-address", args=[self.orders["ready"].number])
        line = self.orders["ready"].lines.get()
        second = self.member.addresses.filter(is_default=False).latest("pk")
        mine = reverse("my-orders")
        parcel = Parcel.objects.get(order=self.orders["shipped"])
        return {
            "my-orders": [mine, f"{mine}?q=no-such&since=2026-01-01", f"{mine}?tab=to_pay"],
            "order": self._of("order", *self.orders),
            "order-codes": self._of("order-codes", "codes"),
            "order-cancel": self._of("order-cancel", "ready", "picking", "delivered"),
            "order-cancel-part": [
                part,
                f"{part}?line-{line.pk}=1",
                *self._of("order-cancel-part", "shipped"),
            ],
            "order-address": [
                address,
                f"{address}?address={second.pk}",
                *self._of("order-address", "shipped"),
            ],
            "order-confirm": self._of("order-confirm", "delivered"),
            "order-refund": self._of("order-refund", "delivered"),
            "order-refunds": self._of("order-refunds", "refunding"),
            "order-feedback": self._of("order-feedback", "signed", "reviewed"),
            "order-review": [reverse("order-review", args=[self.orders["signed"].number, 1])],
            "parcel-track": [reverse("parcel-track", args=[parcel.number])],
        }

    def _me(self) -> dict[str, list[str]]:
        mine = self.member.addresses.get(is_default=True).pk
        stop = unsubscribe_token(self.member.pk, "order.confirmed")
        alone = ("points", "inbox", "profile", "devices", "sign-out-everywhere", "password", "mail")
        return {
            **{
                name: [reverse(name)]
                for name in (*alone, "preferences", "my-data", "my-data-erase", "address-new")
            },
            "mail-confirm": [
                reverse("mail-confirm", args=[self.mail_token]),
                reverse("mail-confirm", args=["x"]),
            ],
            "address-change": [reverse("address-change", args=[mine])],
            "address-remove": [reverse("address-remove", args=[mine])],
            "unsubscribe": [reverse("unsubscribe", args=[stop])],
        }

    def _help(self) -> dict[str, list[str]]:
        text = urlencode({"order": self.orders["delivered"].number, "text": "box"})
        return {
            "help": [reverse("help"), f"{reverse('help')}?q=退款"],
            "help-ask": [reverse("help-ask")],
            "help-article": [reverse("help-article", args=["refund-time"])],
            "complaints": [reverse("complaints")],
            "complaint-new": [f"{reverse('complaint-new')}?{text}"],
            "complaint": [reverse("complaint", args=[self.complaint.number])],
        }

    def _of(self, name: str, *states: str) -> list[str]:
        return [reverse(name, args=[self.orders[state].number]) for state in states]


def move_in(words: str = "") -> Home:
    """Build the member's mall; `words` take the place of whatever anybody can type."""
    member = worlds.member(points=200_000)
    if words:
        Member.objects.filter(pk=member.pk).update(name=words[:60])
        member.refresh_from_db()
    vase, gone, dear, voucher = _shelf(words)
    _addresses(member, words)
    book = _orders(member, vase, voucher, words)
    by = f"member:{member.number}"
    filed = aftersales.file_complaint(
        member.pk, category="delivery", words=words or "箱子湿了。\n里面也湿了。", request_id=uuid.uuid4().hex,
        order_number=book["delivered"].number, at=AT, by=by,
    )  # fmt: skip
    agent = User.objects.create(username=f"agent-{member.pk}")
    aftersales.resolve_complaint(
        filed.pk, answer=words or "已为您补发。", assignee=agent, at=AT, by="operator:agent"
    )
    tokens: list[str] = []

    def link(token: str) -> str:
        tokens.append(token)
        return token

    members.ask_mail_change(member.pk, address="new@example.com", link=link, at=AT)
    for sku in (vase, gone, dear):
        orders.put_in_cart(member.pk, sku.code, 1, at=AT)
    while events.deliver_waiting(at=AT):
        pass
    ReviewRule.objects.all().delete()
    return Home(member, vase, gone, dear, voucher, book, Complaint.objects.get(pk=filed.pk), tokens[0])


def _shelf(words: str) -> tuple[Sku, Sku, Sku, Sku]:
    category, _ = Category.objects.get_or_create(code="home", defaults={"name": "家居", "name_en": "Home"})
    gift = Gift.objects.create(
        code="vase",
        category=category,
        name=words[:100] or "双色釉手工陶瓷花瓶",
        name_en=words[:100] or "Two-glaze ceramic vase",
        summary=words[:100] or "一枝便有风景。",
        description=words or "手工拉坯，两次上釉。",
        picture="gifts/HM102.svg",
    )
    vase = worlds.sku(stock=90, price=6_000, gift=gift, specification=words[:60] or "高 22 厘米")
    worlds.sku(stock=0, price=9_000, gift=gift, specification="高 30 厘米")
    voucher = worlds.sku(price=1_000)
    Gift.objects.filter(pk=voucher.gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)
    voucher.gift.refresh_from_db()
    inventory.add_codes(
        voucher.code, ["MUSIC-2026-ABCD-0001", "MUSIC-2026-ABCD-0002"], batch="b", at=AT, by="x"
    )
    return vase, worlds.sku(stock=0), worlds.sku(stock=3, price=9_000_000), voucher


def _addresses(member: Member, words: str) -> None:
    for is_default in (False, bool(words)):
        members.add_address(
            member.pk, recipient=words[:30] or "欧阳 文静", phone="13900001234", region_code=worlds.region().code,
            detail=words[:100] or "中山东二路 600 弄 18 号楼 2502 室，门卫处代收", is_default=is_default, at=AT,
        )  # fmt: skip


def _orders(member: Member, vase: Sku, voucher: Sku, words: str) -> dict[str, Order]:
    by, note = f"member:{member.number}", {"note": words[:200] or "周末送，谢谢"}
    book = {
        "ready": worlds.placed(member, (vase, 2), **note),
        "picking": worlds.picking(member, (vase, 1), **note),
        "shipped": worlds.shipped(member, (vase, 1), **note),
        "delivered": worlds.delivered(member, (vase, 1), **note),
        "refunding": worlds.delivered(member, (vase, 1), **note),
        "signed": worlds.signed(member, (vase, 1), **note),
        "reviewed": worlds.signed(member, (vase, 1), **note),
        "cancelled": worlds.placed(member, (vase, 1), **note),
        "codes": worlds.placed(member, (voucher, 1), address_id=None),
    }
    orders.issue_codes(at=AT)
    orders.cancel_orders([worlds.move(book["cancelled"], reason=words[:200] or "改主意了")])
    aftersales.request_refund(book["refunding"].pk, None, reason=words[:500] or "破损", at=AT, by=by)
    content = photo(size=(400, 300))
    picture = redrawn(sent(content), name="photo.jpg", size=len(content))
    line = book["reviewed"].lines.get()
    said = aftersales.review_gift(line.pk, Opinion(5, words[:500] or "很好看", (picture,)), at=AT, by=by)
    aftersales.show_review(said.pk, at=AT, by="operator:lin")
    aftersales.answer_survey(
        book["reviewed"].pk, delivery=3, again="yes", words=words[:300] or "快", at=AT, by=by
    )
    book["under_review"] = worlds.under_review(member, (vase, 1), **note)
    return {name: Order.objects.get(pk=one.pk) for name, one in book.items()}


def operator() -> Client:
    """Return the browser of an operator who may see everything."""
    user = User.objects.create_user("everything", password="x", is_staff=True, is_superuser=True)
    user.groups.set(Group.objects.all())
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client
