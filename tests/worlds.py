"""Small worlds for tests: members with points, SKUs with stock, requests to place. Made through the services."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import count

from inventory import services as inventory
from inventory.models import Category, Gift, Sku, Stock, Warehouse
from logistics import services as logistics
from logistics.models import Carrier, CarrierService, PickTask, Waybill
from logistics.terms import DELIVERED, TrackPoint
from members import services as members
from members.models import Address, Member, Region, Tier
from members.services.people import Person
from orders import services as orders
from orders.models import Order, ReviewRule

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai."""

_serial = count(1)


def region() -> Region:
    """A county: Xuhui, Shanghai."""
    province, _ = Region.objects.get_or_create(code="310000", defaults={"name": "上海市"})
    city, _ = Region.objects.get_or_create(code="310100", defaults={"name": "上海市", "parent": province})
    county, _ = Region.objects.get_or_create(code="310104", defaults={"name": "徐汇区", "parent": city})
    return county


def member(*, points: int = 0, tier: str = "standard", rank: int = 1, joined_days: int = 400) -> Member:
    """A member with an address and, if any, points in one lot that expires in a year."""
    n = next(_serial)
    Tier.objects.get_or_create(code=tier, defaults={"name": tier, "rank": rank})
    made = members.register_member(
        Person(f"88{n:08d}", f"BANK{n:08d}", f"会员{n}", f"139{n:08d}", tier, email=f"m{n}@example.com"),
        password=None,
        at=AT - timedelta(days=joined_days),
    )
    address(made)
    if points:
        grant(made, points)
    return made


def address(of: Member) -> Address:
    """One more address of a member."""
    return members.add_address(
        of.pk,
        recipient=of.name,
        phone=of.phone,
        region_code=region().code,
        detail="漕溪北路 1 号",
        is_default=False,
        at=AT,
    )


def grant(
    to: Member, points: int, *, days: int = 365, at: datetime = AT, reference: str | None = None
) -> None:
    """Points in a lot of their own."""
    reference = reference or f"test/{uuid.uuid4()}"
    members.grant_points([members.Grant(to.pk, points, at + timedelta(days=days), reference, at, "test")])


def sku(*, stock: int = 0, price: int = 100, gift: Gift | None = None, **fields: object) -> Sku:
    """A SKU of a gift on the shelf, with stock in the one warehouse."""
    n = next(_serial)
    warehouse = Warehouse.objects.filter(code="main").first() or inventory.add_warehouse(
        Warehouse(code="main", name="上海仓", name_en="Shanghai", region_code="310104")
    )
    if gift is None:
        category, _ = Category.objects.get_or_create(
            code="home", defaults={"name": "家居", "name_en": "Home"}
        )
        gift = Gift.objects.create(code=f"gift-{n}", category=category, name=f"礼品{n}", name_en=f"Gift {n}")
    defaults: dict[str, object] = {"weight_g": 500, "length_mm": 200, "width_mm": 100, "height_mm": 50}
    (made,) = inventory.add_skus(
        [Sku(code=f"SKU{n}", gift=gift, barcode=f"20{n:011d}", points_price=price, **(defaults | fields))]
    )
    if stock:
        inventory.receive_stock(
            [inventory.Arrival(made.code, warehouse.code, stock, f"test/{n}", AT, "test")]
        )
    return made


def wish(
    by: Member, *lines: tuple[Sku, int], request_id: str | None = None, at: datetime = AT, **fields: object
) -> orders.PlacementRequest:
    """A request to place an order to the member's default address."""
    request: dict[str, object] = {
        "member_id": by.pk,
        "lines": tuple(orders.LineWish(item.code, quantity) for item, quantity in lines),
        "address_id": by.addresses.get(is_default=True).pk,
        "requested_by": f"member:{by.number}",
        "request_id": request_id or str(uuid.uuid4()),
        "digest": repr([(item.code, quantity) for item, quantity in lines]),
        "channel": "portal",
        "by": f"member:{by.number}",
        "at": at,
    }
    return orders.PlacementRequest(**(request | fields))  # type: ignore[arg-type]


def placed(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order, placed."""
    return Order.objects.get(pk=orders.place_order(wish(by, *lines, **fields)).order_id)  # type: ignore[arg-type]


def stock_of(item: Sku) -> tuple[int, int]:
    """On hand and reserved of a SKU in the one warehouse."""
    return Stock.objects.values_list("on_hand", "reserved").get(sku=item, warehouse__code="main")


def points_of(one: Member) -> tuple[int, int]:
    """Available and held points of a member."""
    account = Member.objects.get(pk=one.pk).account
    return account.available, account.held


def move(order: Order, *, at: datetime = AT, by: str = "operator:lin", reason: str = "") -> orders.Move:
    """A move of one order."""
    return orders.Move(order.pk, at, by, reason)


# --- Orders on their way, one step further each


def under_review(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order that waits for a reviewer."""
    ReviewRule.objects.get_or_create(kind="high_value", points_from=1)
    return placed(by, *lines, **fields)


def carrier_service() -> CarrierService:
    """A service of SF Express that takes everything everywhere."""
    carrier, _ = Carrier.objects.get_or_create(code="SF", defaults={"name": "顺丰", "name_en": "SF Express"})
    service, _ = CarrierService.objects.get_or_create(
        code="sf-standard",
        defaults={
            "carrier": carrier,
            "name": "标快",
            "max_weight_g": 30_000,
            "max_length_mm": 2_000,
            "first_price": 1_200,
            "additional_price": 200,
        },
    )
    return service


def pick_task(order: Order) -> PickTask:
    """The pick task of a ready order."""
    (task,) = logistics.open_pick_tasks([move(order)])
    return task


def picking(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order that somebody is picking."""
    order = placed(by, *lines, **fields)
    logistics.start_picking([logistics.TaskMove(pick_task(order).pk, AT, "operator:wang")])
    return Order.objects.get(pk=order.pk)


def packed(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order in one labelled parcel."""
    carrier_service()
    order = picking(by, *lines, **fields)
    task = order.pick_tasks.get()
    logistics.pick_all([logistics.TaskMove(task.pk, AT, "operator:wang")])
    box = logistics.Box(1_200, waybill=f"SF{order.number}")
    logistics.pack([logistics.Packing(task.pk, (box,), AT, "operator:wang")])
    return Order.objects.get(pk=order.pk)


def shipped(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order that the carrier has."""
    order = packed(by, *lines, **fields)
    logistics.ship([move(order)])
    return Order.objects.get(pk=order.pk)


def waybill_of(order: Order) -> Waybill:
    """The waybill of an order in one parcel."""
    return Waybill.objects.get(parcel__order=order)


def track(
    status: str = DELIVERED, *, at: datetime = AT, text: str = "已签收", code: str = "301"
) -> TrackPoint:
    """One thing that a carrier tells."""
    return TrackPoint(status, code, text, "上海", at, at.isoformat())


def delivered(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order that has arrived."""
    order = shipped(by, *lines, **fields)
    logistics.record_tracking([logistics.Report(waybill_of(order).pk, (track(),), AT, "carrier:SF")])
    return Order.objects.get(pk=order.pk)


def signed(by: Member, *lines: tuple[Sku, int], **fields: object) -> Order:
    """An order whose member has confirmed receipt."""
    order = delivered(by, *lines, **fields)
    orders.confirm_receipt([move(order, by=f"member:{by.number}")])
    return Order.objects.get(pk=order.pk)
