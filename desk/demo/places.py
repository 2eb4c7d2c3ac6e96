"""Where the demo mall sends from, and who carries its parcels. Tariffs are invented; carrier codes are kdniao's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place gifts are sent from; the lowest priority number is drawn on first."""

    code: str
    name: str
    name_en: str
    region_code: str
    priority: int


@dataclass(frozen=True, slots=True)
class Service:
    """One product of a carrier. No provinces means everywhere; weights in grams, prices in fen."""

    code: str
    name: str
    name_en: str
    provinces: tuple[str, ...]
    max_weight_g: int
    max_length_mm: int
    first_weight_g: int
    first_price: int
    additional_weight_g: int
    additional_price: int
    days: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier, by its code at the tracking aggregator."""

    code: str
    name: str
    name_en: str
    services: tuple[Service, ...]


WAREHOUSES: tuple[Warehouse, ...] = (
    Warehouse("shanghai", "上海仓", "Shanghai warehouse", "310114", 10),
    Warehouse("guangzhou", "广州仓", "Guangzhou warehouse", "440112", 20),
)

COAST = ("310000", "320000", "330000", "340000", "350000", "360000", "440000")
NORTH = ("110000", "120000", "130000", "140000", "210000", "220000", "230000", "370000", "410000")
CENTRE = ("420000", "430000", "450000", "460000", "500000", "510000", "520000", "530000", "610000")
WEST = ("150000", "540000", "620000", "630000", "640000", "650000")
MAINLAND = COAST + NORTH + CENTRE + WEST

CARRIERS: tuple[Carrier, ...] = (
    Carrier(
        "SF",
        "顺丰速运",
        "SF Express",
        (
            Service("sf-standard", "顺丰标快", "SF standard", (), 30_000, 1_800, 1_000, 1_600, 1_000, 500, 2),
            Service(
                "sf-large",
                "顺丰大件",
                "SF large parcel",
                MAINLAND,
                100_000,
                3_000,
                20_000,
                5_800,
                1_000,
                260,
                3,
            ),
        ),
    ),
    Carrier(
        "JD",
        "京东快递",
        "JD Express",
        (
            Service(
                "jd-standard",
                "京东标快",
                "JD standard",
                COAST + NORTH + CENTRE,
                30_000,
                1_500,
                1_000,
                1_400,
                1_000,
                400,
                2,
            ),
        ),
    ),
    Carrier(
        "ZTO",
        "中通快递",
        "ZTO Express",
        (
            Service(
                "zto-standard",
                "中通标快",
                "ZTO standard",
                COAST + NORTH + CENTRE,
                40_000,
                1_500,
                1_000,
                800,
                1_000,
                250,
                3,
            ),
        ),
    ),
    Carrier(
        "YTO",
        "圆通速递",
        "YTO Express",
        (
            Service(
                "yto-standard",
                "圆通标快",
                "YTO standard",
                COAST + NORTH,
                30_000,
                1_200,
                1_000,
                750,
                1_000,
                220,
                3,
            ),
            Service(
                "yto-inland", "圆通中西部", "YTO inland", CENTRE, 30_000, 1_200, 1_000, 950, 1_000, 450, 4
            ),
        ),
    ),
    Carrier(
        "EMS",
        "EMS",
        "EMS",
        (
            Service(
                "ems-standard", "EMS 标准快递", "EMS standard", (), 40_000, 1_500, 500, 2_000, 500, 600, 3
            ),
            Service(
                "ems-economy",
                "EMS 经济快递",
                "EMS economy",
                MAINLAND,
                40_000,
                1_500,
                1_000,
                1_200,
                1_000,
                450,
                5,
            ),
        ),
    ),
    Carrier(
        "YZPY",
        "邮政快递包裹",
        "China Post parcel",
        (
            Service(
                "post-parcel",
                "邮政快递包裹",
                "Post parcel",
                MAINLAND,
                40_000,
                1_500,
                1_000,
                1_000,
                1_000,
                350,
                6,
            ),
        ),
    ),
)
