"""The shapes of the demo catalogue: plain records, without Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the demo mall."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Sku:
    """One variant of a gift. Sizes are those of the packed gift; `on_hand` follows the order of WAREHOUSES."""

    code: str
    barcode: str
    specification: str
    specification_en: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    points_price: int
    on_hand: tuple[int, int]
    cash_price: int = 0  # fen


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift of the demo mall. Shelf days count from the moment of loading, so that the demo never ages."""

    code: str
    category: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    description: str
    description_en: str
    skus: tuple[Sku, ...]
    minimum_tier: str = ""  # code of a tier; empty for everybody
    monthly_limit: int | None = None  # units per member and month
    return_days: int = 7  # 0: not returnable
    is_listed: bool = True
    on_shelf_from_days: int | None = None
    on_shelf_until_days: int | None = None
    kind: str = "physical"  # or "virtual_code", "coupon": then each unit on hand is a code

    @property
    def picture(self) -> str:
        """The static path of the drawn picture."""
        return f"gifts/{self.code}.svg"
