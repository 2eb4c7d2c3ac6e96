"""Reads of members that more than one caller needs; how many statements each costs is pinned by a test."""

from members.queries.devices import devices_of
from members.queries.people import (
    addresses_of,
    default_address_of,
    inbox_of,
    member_and_address,
    member_in_full,
    region_names,
    regions_within,
)
from members.queries.points import (
    KINDS,
    Asked,
    Statement,
    StatementLine,
    points_by_expiry,
    points_of,
    statement_of,
    whole_statement_of,
)

__all__ = [
    "KINDS",
    "Asked",
    "Statement",
    "StatementLine",
    "addresses_of",
    "default_address_of",
    "devices_of",
    "inbox_of",
    "member_and_address",
    "member_in_full",
    "points_by_expiry",
    "points_of",
    "region_names",
    "regions_within",
    "statement_of",
    "whole_statement_of",
]
