"""Who is a member, where they live, and with what integrators sign in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import NotFound, Refusal
from members.models import Address, ApiKey, Member, PointsAccount, Region, Tier, User


class AddressInvalid(Refusal):
    """The region is unknown, or not a county, or not served."""

    code = "address_invalid"
    status = 422
    message = _("We cannot deliver to this address. Choose another one.")


class MemberNotActive(Refusal):
    """A frozen account: its member still sees everything and takes back what they like, but moves no value."""

    code = "member_not_active"
    status = 403
    message = _("This account is restricted at the moment. Please call the service desk.")


@dataclass(frozen=True, slots=True)
class Person:
    """What the bank tells us of a new member."""

    number: str
    bank_reference: str
    name: str
    phone: str
    tier: str
    email: str = ""
    language: str = "zh-hans"


@transaction.atomic
def register_member(person: Person, *, password: str | None, at: datetime) -> Member:
    """Make a member with a log-in and an empty points account; without a password nobody can log in yet.

    :raises IntegrityError: number, bank reference or phone belong to somebody already
    """
    user = User(username=person.number, first_name=person.name, email=person.email)
    user.set_password(password)
    user.save()
    member = Member.objects.create(
        user=user,
        number=person.number,
        bank_reference=person.bank_reference,
        name=person.name,
        phone=person.phone,
        email=person.email,
        tier=Tier.objects.get(code=person.tier),
        language=person.language,
        joined_at=at,
    )
    PointsAccount.objects.create(member=member)
    return member


@transaction.atomic
def add_address(
    member_id: int,
    *,
    recipient: str,
    phone: str,
    region_code: str,
    detail: str,
    is_default: bool,
    at: datetime,
    replaces: int | None = None,
) -> Address:
    """Give a member an address, in place of an old one when that is named.

    :raises AddressInvalid: the region is no county we know
    :raises NotFound: the address to replace is not the member's, or the member has left
    """
    lock_customer(member_id)
    region = Region.objects.select_related("parent__parent").filter(pk=region_code, children=None).first()
    if region is None:
        raise AddressInvalid
    if replaces is not None:
        is_default = retire_address(member_id, replaces, at=at).is_default or is_default
    mine = Address.objects.filter(member_id=member_id, retired_at=None)
    is_default = is_default or not mine.exists()
    if is_default:
        mine.update(is_default=False)
    return Address.objects.create(
        member_id=member_id,
        recipient=recipient,
        phone=phone,
        region=region,
        region_name=full_name(region),
        detail=detail,
        is_default=is_default,
        created_at=at,
    )


def lock_customer(member_id: int) -> Member:
    """Lock a member who has not left: a click on its way while they are forgotten writes down nothing more of them.

    Every write of a member's own comes through here, after the locks of orders and accounts and before all others,
    as an erasure does. Rows that others write about them need no lock and do not wait for this one.

    :raises NotFound: the account is closed
    """
    here = Member.objects.select_for_update(no_key=True).exclude(status=Member.Status.CLOSED)
    member = here.filter(pk=member_id).first()
    if member is None:
        raise NotFound
    return member


def lock_active(member_id: int) -> Member:
    """Lock a member who may move value: spend it, or have it or our mail sent elsewhere.

    :raises NotFound: the account is closed
    :raises MemberNotActive: it is frozen
    """
    member = lock_customer(member_id)
    if member.status != Member.Status.ACTIVE:
        raise MemberNotActive
    return member


def full_name(region: Region) -> str:
    """Return province, city and county in one: a municipality's name not twice, no "directly under the province"."""
    names: list[str] = []
    step: Region | None = region
    while step is not None:
        if step.name not in names and "直辖县" not in step.name:
            names.insert(0, step.name)
        step = step.parent
    return "".join(names)


@transaction.atomic
def retire_address(member_id: int, address_id: int, *, at: datetime) -> Address:
    """Take an address out of a member's list and return it as it was; orders keep what they were given.

    :raises NotFound: not the member's, or retired before
    """
    address = (
        Address.objects.select_for_update()
        .filter(pk=address_id, member_id=member_id, retired_at=None)
        .first()
    )
    if address is None:
        raise NotFound
    Address.objects.filter(pk=address.pk).update(is_default=False, retired_at=at)
    return address


@transaction.atomic
def change_default_address(member_id: int, address_id: int) -> None:
    """Make an address the one that is offered first.

    :raises NotFound: not the member's, or retired
    """
    lock_customer(member_id)
    mine = Address.objects.filter(member_id=member_id, retired_at=None)
    if not mine.filter(pk=address_id).exists():
        raise NotFound
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(pk=address_id).update(is_default=True)


def digest_of(key: str) -> str:
    """Return what is stored of an API key."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_api_key(*, name: str, channel: str, scopes: list[str], at: datetime) -> tuple[ApiKey, str]:
    """Make a key for an integrator and return it with its text, which is shown this once."""
    key = f"pmk_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        name=name, channel=channel, scopes=scopes, digest=digest_of(key), hint=key[:8], created_at=at
    )
    return row, key


def revoke_api_key(key_id: int, *, at: datetime) -> None:
    """End an integrator's key."""
    ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at)
