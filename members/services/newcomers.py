"""Many people at once: the customers a bank brings along, each registered once, and where their gifts went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from members.models import Address, Member, PointsAccount, Region, Tier, User
from members.services.people import AddressInvalid, Person, full_name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member had gifts sent."""

    member_id: int
    recipient: str
    phone: str
    region_code: str
    detail: str


@transaction.atomic
def register_members(newcomers: Sequence[tuple[Person, datetime]]) -> dict[str, int]:
    """Make members with an empty points account and no password, and return all ids by bank reference.

    Who is known by their bank reference stays as they are.

    :param newcomers: people, and since when they are members
    :raises IntegrityError: a number or phone belongs to somebody else already
    """
    wanted = {person.bank_reference: (person, joined) for person, joined in newcomers}
    known = dict(Member.objects.filter(bank_reference__any=wanted).values_list("bank_reference", "pk"))
    fresh = [(person, joined) for reference, (person, joined) in wanted.items() if reference not in known]
    tiers = dict(Tier.objects.values_list("code", "pk"))
    users = User.objects.bulk_create(
        User(
            username=person.number,
            first_name=person.name,
            email=person.email,
            password=make_password(None),
            date_joined=joined,
        )
        for person, joined in fresh
    )
    made = Member.objects.bulk_create(
        Member(
            user=user,
            number=person.number,
            bank_reference=person.bank_reference,
            name=person.name,
            phone=person.phone,
            email=person.email,
            tier_id=tiers[person.tier],
            language=person.language,
            joined_at=joined,
        )
        for user, (person, joined) in zip(users, fresh, strict=True)
    )
    PointsAccount.objects.bulk_create(PointsAccount(member=member) for member in made)
    return known | {member.bank_reference: member.pk for member in made}


@transaction.atomic
def keep_addresses(places: Iterable[Place], *, at: datetime) -> dict[Place, int]:
    """Give members the addresses they do not have yet and return all ids; a member's first one is the default.

    :raises AddressInvalid: a region is no county we know
    """
    wanted = list(dict.fromkeys(places))
    owners = {place.member_id for place in wanted}
    list(Member.objects.filter(pk__any=owners).order_by("pk").select_for_update().values_list("pk"))
    known = {
        Place(*row[1:]): row[0]
        for row in Address.objects.filter(member__any=owners, retired_at=None).values_list(
            "pk", "member_id", "recipient", "phone", "region_id", "detail"
        )
    }
    settled = {place.member_id for place in known}
    names = _region_names({place.region_code for place in wanted})
    fresh = []
    for place in wanted:
        if place in known:
            continue
        if place.region_code not in names:
            raise AddressInvalid
        fresh.append(
            _address(place, names[place.region_code], is_default=place.member_id not in settled, at=at)
        )
        settled.add(place.member_id)
    made = Address.objects.bulk_create(fresh)
    return known | {
        Place(row.member_id, row.recipient, row.phone, row.region_id, row.detail): row.pk for row in made
    }


def _region_names(codes: set[str]) -> dict[str, str]:
    regions = Region.objects.filter(pk__any=codes, children=None).select_related("parent__parent")
    return {region.code: full_name(region) for region in regions}


def _address(place: Place, region_name: str, *, is_default: bool, at: datetime) -> Address:
    return Address(
        member_id=place.member_id,
        recipient=place.recipient,
        phone=place.phone,
        region_id=place.region_code,
        region_name=region_name,
        detail=place.detail,
        is_default=is_default,
        created_at=at,
    )
