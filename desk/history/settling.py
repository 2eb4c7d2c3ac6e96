"""What an order of the past needs before it can be placed: its member, address, gifts, stock and points."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from desk.history.past import PastLine, PastOrder
from desk.history.reading import Trouble, Unusable
from inventory import services as inventory
from inventory.models import Category, Gift, Sku, Warehouse
from logistics import services as logistics
from logistics.models import Waybill
from members import services as members
from members.models import Member, Region, Tier
from members.services.people import Person

BY = "import"
REFERENCE = "import"
"""What the references of grants and arrivals begin with; the order's own reference follows."""

LIFE_OF_A_GRANT = timedelta(seconds=1)
"""An order's points are there just long enough to be held by it, so that no other order takes them.

When they come back, from a cancelled or refunded order, they live on for the grace days like any expired lot.
"""

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,45}", re.ASCII)


@dataclass(frozen=True, slots=True)
class House:
    """Where everything of an import goes: the tier of new members, the warehouse, the category of new gifts."""

    tier: str
    warehouse: str
    category_id: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Who an order is for and where it went."""

    member_id: int
    address_id: int


def open_house(warehouse: str | None) -> House:
    """Find, or make in an empty mall, what every order of the past needs.

    :raises Unusable: no such warehouse, or no regions yet
    """
    if not Region.objects.exists():
        raise Unusable(_("There are no regions yet. Run “manage.py load_regions” first."))
    places = Warehouse.objects.order_by("priority", "code")
    if warehouse is not None and not places.filter(code=warehouse).exists():
        raise Unusable(_("There is no warehouse “%(code)s”.") % {"code": warehouse})
    if not places.exists():
        place = Warehouse(code="main", name="总仓", name_en="Main warehouse", region_code="310104")
        inventory.add_warehouse(place)
    if not Tier.objects.exists():
        Tier.objects.create(code="standard", name="普通会员", name_en="Standard", rank=1)
    names = {"name": "往期礼品", "name_en": "Gifts of the past", "position": 999}
    category, _is_new = Category.objects.get_or_create(code="past", defaults=names)
    return House(
        tier=str(Tier.objects.order_by("rank").values_list("code", flat=True)[0]),
        warehouse=warehouse or str(places.values_list("code", flat=True)[0]),
        category_id=category.pk,
    )


def what_hinders(orders: Sequence[PastOrder]) -> dict[str, Trouble]:
    """Return, by reference, why orders cannot be settled: their region, member or waybill is not theirs to use."""
    codes = {order.region_code for order in orders}
    regions = set(Region.objects.filter(pk__any=codes, children=None).values_list("pk", flat=True))
    known = set(
        Member.objects.filter(bank_reference__any={order.member_ref for order in orders}).values_list(
            "bank_reference", flat=True
        )
    )
    newcomers = [order for order in orders if order.member_ref not in known]
    numbers, phones = _owners(newcomers)
    waybills = _known_waybills(orders)
    virtual = _virtual({line.sku for order in orders for line in order.lines})
    troubles: dict[str, Trouble] = {}
    for order in orders:
        waybill = (order.carrier, order.waybill)
        code = next((line.sku for line in order.lines if line.sku in virtual), None)
        if code is not None:
            reason = _("“%(code)s” is handed out as codes; orders of the past bring none.") % {"code": code}
            troubles[order.ref] = Trouble("sku_virtual", reason)
        elif order.region_code not in regions:
            reason = _("There is no county with the code “%(code)s”.") % {"code": order.region_code}
            troubles[order.ref] = Trouble("unknown_region", reason)
        elif order.waybill and waybills.setdefault(waybill, order.ref) != order.ref:
            troubles[order.ref] = Trouble("waybill_taken", _("The waybill belongs to another order."))
    for order in newcomers:  # who is known keeps number and phone, whatever the file says of them
        if numbers.setdefault(_number(order), order.member_ref) != order.member_ref:
            reason = _("The member number “%(number)s” belongs to somebody else.") % {
                "number": _number(order)
            }
            troubles[order.ref] = Trouble("member_number_taken", reason)
        elif phones.setdefault(order.member_phone, order.member_ref) != order.member_ref:
            troubles[order.ref] = Trouble("phone_taken", _("The member's phone belongs to somebody else."))
    return troubles


def _virtual(codes: set[str]) -> set[str]:
    """Return those SKU codes whose gifts are handed out as codes: bringing stock would promise codes nobody has."""
    found = Sku.objects.filter(code__any=codes).exclude(gift__kind=Gift.Kind.PHYSICAL)
    return set(found.values_list("code", flat=True))


def _owners(newcomers: Sequence[PastOrder]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the bank references of those who have the member numbers and phones that newcomers want."""
    numbers = Member.objects.filter(number__any={_number(order) for order in newcomers})
    phones = Member.objects.filter(phone__any={order.member_phone for order in newcomers})
    return (
        dict(numbers.values_list("number", "bank_reference")),
        dict(phones.values_list("phone", "bank_reference")),
    )


def _known_waybills(orders: Sequence[PastOrder]) -> dict[tuple[str, str], str]:
    numbers = {order.waybill for order in orders if order.waybill}
    rows = Waybill.objects.filter(number__any=numbers).values_list("carrier__code", "number")
    return dict.fromkeys(rows, "")


def _number(order: PastOrder) -> str:
    """Return the number of a member; one that the bank gave none gets one made from the bank's reference."""
    digits = int(hashlib.sha256(order.member_ref.encode()).hexdigest(), 16) % 10**15
    return order.member_number or f"9{digits:015d}"


def settle(orders: Sequence[PastOrder], house: House) -> dict[str, Settled]:
    """Make the members, addresses, gifts, stock and points that orders need, and return who and where by reference."""
    ids = members.register_members(
        [
            (
                Person(
                    number=_number(order),
                    bank_reference=order.member_ref,
                    name=order.member_name or order.recipient,
                    phone=order.member_phone,
                    tier=house.tier,
                ),
                order.placed_at,
            )
            for order in sorted(orders, key=lambda order: order.placed_at, reverse=True)
        ]
    )
    places = {order.ref: _place(order, ids[order.member_ref]) for order in orders}
    addresses = members.keep_addresses(places.values(), at=min(order.placed_at for order in orders))
    _shelve(orders, house)
    members.grant_points(
        [
            members.Grant(
                member_id=ids[order.member_ref],
                points=order.points,
                expires_at=order.placed_at + LIFE_OF_A_GRANT,
                reference=f"{REFERENCE}/{order.ref}",
                at=order.placed_at,
                by=BY,
            )
            for order in orders
        ]
    )
    return {ref: Settled(place.member_id, addresses[place]) for ref, place in places.items()}


def _place(order: PastOrder, member_id: int) -> members.Place:
    return members.Place(member_id, order.recipient, order.phone, order.region_code, order.address)


def _shelve(orders: Sequence[PastOrder], house: House) -> None:
    """Put on the shelf just what the orders take off it; gifts that are new are not listed."""
    lines = {line.sku: line for order in reversed(orders) for line in order.lines}
    known = set(Sku.objects.filter(code__any=lines).values_list("code", flat=True))
    fresh = [line for code, line in lines.items() if code not in known]
    gifts = inventory.add_gifts([_gift(line, house) for line in fresh])
    inventory.add_skus([_sku(line, gift) for line, gift in zip(fresh, gifts, strict=True)])
    inventory.receive_stock(
        [
            inventory.Arrival(
                sku_code=line.sku,
                warehouse=house.warehouse,
                quantity=line.quantity,
                reference=f"{REFERENCE}/{order.ref}/{position}",
                at=order.placed_at,
                by=BY,
            )
            for order in orders
            for position, line in enumerate(order.lines, start=1)
        ]
    )


def _gift(line: PastLine, house: House) -> Gift:
    code = line.sku if _SLUG.fullmatch(line.sku) else hashlib.sha256(line.sku.encode()).hexdigest()[:40]
    return Gift(
        code=f"past-{code}", category_id=house.category_id, name=line.name, is_listed=False, position=99_999
    )


def _sku(line: PastLine, gift: Gift) -> Sku:
    digits = int(hashlib.sha256(line.sku.encode()).hexdigest(), 16) % 10**18
    return Sku(
        code=line.sku,
        gift=gift,
        barcode=f"29{digits:018d}",
        specification=line.specification,
        weight_g=line.weight_g,
        points_price=line.unit_points,
    )


def past_services(orders: Sequence[PastOrder]) -> dict[str, str]:
    """Return the carrier services of the past by carrier code."""
    return logistics.name_past_services({order.carrier for order in orders if order.carrier})
