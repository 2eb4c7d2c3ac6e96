"""The shapes of the demo people: plain records, without Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    """A member's standing with the bank; a higher rank includes what the lower ones may do."""

    code: str
    rank: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Lot:
    """Points granted together, which expire together; days count from the moment of loading."""

    points: int
    granted_days_ago: int
    expires_in_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where gifts are sent; the first of a member is the default. `region_code` is the official county code."""

    recipient: str
    phone: str
    region_code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Member:
    """A customer of the bank."""

    number: str
    name: str
    phone: str
    email: str
    bank_reference: str
    tier: str
    joined_days_ago: int
    lots: tuple[Lot, ...]
    addresses: tuple[Address, ...]
    language: str = "zh-hans"
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at the operators' desk."""

    username: str
    role: str
    last_name: str
    first_name: str
    is_superuser: bool = False

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.username.replace('_', '-')}@example.com"
