"""Reads of the catalogue that more than one page needs; how many statements each costs is pinned by a test."""

from inventory.queries.fronts import Front, forget_front, front
from inventory.queries.shelves import (
    SORTS,
    categories,
    free_units,
    gift_by_code,
    on_shelf,
    shelf,
    skus_by_code,
    variants_of,
    with_variants,
)

__all__ = [
    "SORTS",
    "Front",
    "categories",
    "forget_front",
    "free_units",
    "front",
    "gift_by_code",
    "on_shelf",
    "shelf",
    "skus_by_code",
    "variants_of",
    "with_variants",
]
