"""Every write to the catalogue and the stock."""

from inventory.services.catalogue import add_gifts, add_skus, add_warehouse, picture_path, save_gift
from inventory.services.codes import (
    LONGEST_CODE,
    Handout,
    NoCodeLeft,
    NotVirtual,
    add_codes,
    give_codes,
    show_codes,
)
from inventory.services.movements import Movement, move
from inventory.services.stock import (
    Arrival,
    Departure,
    OutOfStock,
    PartRelease,
    Return,
    adjust_stock,
    receive_stock,
    release,
    release_units,
    ship_out,
    take_back,
)
from inventory.services.taking import Promise, Shelf, lock_shelves, reserve

__all__ = [
    "LONGEST_CODE",
    "Arrival",
    "Departure",
    "Handout",
    "Movement",
    "NoCodeLeft",
    "NotVirtual",
    "OutOfStock",
    "PartRelease",
    "Promise",
    "Return",
    "Shelf",
    "add_codes",
    "add_gifts",
    "add_skus",
    "add_warehouse",
    "adjust_stock",
    "give_codes",
    "lock_shelves",
    "move",
    "picture_path",
    "receive_stock",
    "release",
    "release_units",
    "reserve",
    "save_gift",
    "ship_out",
    "show_codes",
    "take_back",
]
