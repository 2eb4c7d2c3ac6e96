"""Fills an empty database with the demo mall: its shelves, its people, and what they have redeemed so far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import Group

from desk.demo import catalogue, people, places
from desk.demo.stories import OPENED, tell_stories
from inventory import services as inventory
from inventory.models import Category, Gift, Sku, Warehouse
from logistics.models import Carrier, CarrierService
from members import services as members
from members.models import Member, Tier, User
from members.services.people import Person
from orders.models import RedemptionRule, ReviewRule

PASSWORD = "mall-demo-2026"  # noqa: S105  (the demo's own, printed for everybody)


def is_empty() -> bool:
    """Tell whether there is nobody and nothing yet."""
    return not Member.objects.exists() and not Gift.objects.exists()


def load_demo(*, at: datetime, say: Callable[[str], None]) -> None:
    """Fill an empty database; every row that the house guards goes through its services.

    :param say: told what is being done
    """
    say("regions")
    members.load_regions()
    say("shelves")
    load_places()
    load_shelves(at=at)
    say("people")
    load_operators()
    grants = load_members(at=at)
    say("rules")
    load_rules()
    say("orders")
    tell_stories(grants, at=at)


def load_places() -> None:
    """Warehouses, carriers and what the carriers offer."""
    for place in places.WAREHOUSES:
        inventory.add_warehouse(
            Warehouse(
                code=place.code,
                name=place.name,
                name_en=place.name_en,
                region_code=place.region_code,
                priority=place.priority,
            )
        )
    for carrier in places.CARRIERS:
        row = Carrier.objects.create(code=carrier.code, name=carrier.name, name_en=carrier.name_en)
        CarrierService.objects.bulk_create(
            CarrierService(
                carrier=row,
                code=service.code,
                name=service.name,
                name_en=service.name_en,
                provinces=list(service.provinces),
                max_weight_g=service.max_weight_g,
                max_length_mm=service.max_length_mm,
                first_weight_g=service.first_weight_g,
                first_price=service.first_price,
                additional_weight_g=service.additional_weight_g,
                additional_price=service.additional_price,
                days=service.days,
            )
            for service in carrier.services
        )


def load_shelves(*, at: datetime) -> None:
    """Categories, gifts, SKUs and the stock they opened with."""
    categories = {
        category.code: Category.objects.create(
            code=category.code, name=category.name, name_en=category.name_en, position=position
        )
        for position, category in enumerate(catalogue.CATEGORIES)
    }
    for position, gift in enumerate(catalogue.GIFTS):
        row = Gift.objects.create(
            code=gift.code.lower(),
            category=categories[gift.category],
            name=gift.name,
            name_en=gift.name_en,
            summary=gift.summary,
            summary_en=gift.summary_en,
            description=gift.description,
            description_en=gift.description_en,
            picture=gift.picture,
            kind=gift.kind,
            is_listed=gift.is_listed,
            return_days=gift.return_days,
            on_shelf_from=_days(at, gift.on_shelf_from_days),
            on_shelf_until=_days(at, gift.on_shelf_until_days),
            position=position,
        )
        inventory.add_skus([_sku(row, sku, place) for place, sku in enumerate(gift.skus)])
    warehouses = [place.code for place in places.WAREHOUSES]
    inventory.receive_stock(
        [
            inventory.Arrival(
                sku.code, warehouse, units, f"opening/{sku.code}", at - OPENED, "operator:warehouse"
            )
            for gift in catalogue.GIFTS
            if gift.kind == "physical"
            for sku in gift.skus
            for warehouse, units in zip(warehouses, sku.on_hand, strict=True)
            if units
        ]
    )
    _load_codes(at=at)


def _load_codes(*, at: datetime) -> None:
    """The codes of virtual gifts, made up."""
    for gift in catalogue.GIFTS:
        for sku in gift.skus if gift.kind != "physical" else ():
            codes = [
                f"DEMO-{sku.code}-{unit:04}-{unit * 7919 % 10_000:04}" for unit in range(sum(sku.on_hand))
            ]
            inventory.add_codes(sku.code, codes, batch="opening", at=at - OPENED, by="operator:warehouse")


def _days(at: datetime, days: int | None) -> datetime | None:
    return None if days is None else at + timedelta(days=days)


def _sku(gift: Gift, sku: catalogue.Sku, position: int) -> Sku:
    return Sku(
        code=sku.code,
        gift=gift,
        barcode=sku.barcode,
        specification=sku.specification,
        specification_en=sku.specification_en,
        weight_g=sku.weight_g,
        length_mm=sku.length_mm,
        width_mm=sku.width_mm,
        height_mm=sku.height_mm,
        points_price=sku.points_price,
        cash_price=sku.cash_price,
        position=position,
    )


def load_operators() -> None:
    """One operator for each role, and an administrator."""
    for operator in people.OPERATORS:
        user = User(
            username=operator.username,
            first_name=operator.first_name,
            last_name=operator.last_name,
            email=operator.email,
            is_staff=True,
            is_superuser=operator.is_superuser,
        )
        user.set_password(PASSWORD)
        user.save()
        if not operator.is_superuser:
            user.groups.add(Group.objects.get_or_create(name=operator.role)[0])


def load_members(*, at: datetime) -> list[members.Grant]:
    """Members with their addresses; return the points they are given over time."""
    grants: list[members.Grant] = []
    for tier in people.TIERS:
        Tier.objects.create(code=tier.code, rank=tier.rank, name=tier.name, name_en=tier.name_en)
    for person in people.MEMBERS:
        joined = at - timedelta(days=person.joined_days_ago)
        row = members.register_member(
            Person(
                number=person.number,
                bank_reference=person.bank_reference,
                name=person.name,
                phone=person.phone,
                tier=person.tier,
                email=person.email,
                language=person.language,
            ),
            password=PASSWORD,
            at=joined,
        )
        for address in person.addresses:
            members.add_address(
                row.pk,
                recipient=address.recipient,
                phone=address.phone,
                region_code=address.region_code,
                detail=address.detail,
                is_default=False,
                at=joined,
            )
        grants += _grants(row.pk, person, at)
        Member.objects.filter(pk=row.pk).update(status=person.status)
    return grants


def _grants(member_id: int, person: people.Member, at: datetime) -> list[members.Grant]:
    """The points a member was given, the oldest first."""
    return [
        members.Grant(
            member_id=member_id,
            points=lot.points,
            expires_at=at + timedelta(days=lot.expires_in_days),
            reference=f"{lot.source}/{person.number}/{serial}",
            at=at - timedelta(days=lot.granted_days_ago),
            by="channel:bank",
        )
        for serial, lot in enumerate(sorted(person.lots, key=lambda lot: -lot.granted_days_ago), start=1)
    ]


def load_rules() -> None:
    """What the catalogue says of tiers and limits, and what a reviewer looks at."""
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    kinds = RedemptionRule.Kind
    for gift in catalogue.GIFTS:
        row = Gift.objects.get(code=gift.code.lower())
        if gift.minimum_tier:
            RedemptionRule.objects.create(kind=kinds.TIER_AT_LEAST, gift=row, tier=tiers[gift.minimum_tier])
        if gift.monthly_limit:
            RedemptionRule.objects.create(
                kind=kinds.MAX_PER_PERIOD, gift=row, quantity=gift.monthly_limit, period="month"
            )
    RedemptionRule.objects.create(kind=kinds.MAX_PER_ORDER, quantity=10)
    ReviewRule.objects.create(kind=ReviewRule.Kind.HIGH_VALUE, points_from=30_000)
    ReviewRule.objects.create(kind=ReviewRule.Kind.NEW_MEMBER, days=30, points_from=10_000)
    ReviewRule.objects.create(kind=ReviewRule.Kind.FIRST_TO_ADDRESS, points_from=20_000)
    ReviewRule.objects.create(kind=ReviewRule.Kind.MANY_ORDERS, orders=5, minutes=30)


def logins() -> list[tuple[str, str, str]]:
    """Return who can log in to the demo: what they are, their log-in, their password."""
    members_shown = [(person.name, person.phone) for person in people.MEMBERS[:3]]
    operators = [(operator.role, operator.username) for operator in people.OPERATORS]
    return [(who, login, PASSWORD) for who, login in [*members_shown, *operators]]
