"""The demo catalogue: eight categories and their gifts, all invented for this mall."""

from __future__ import annotations

from desk.demo.catalogue import (
    baby,
    books,
    digital,
    food,
    health,
    home,
    kitchen,
    outdoor,
    virtual,
)
from desk.demo.catalogue.records import Category, Gift, Sku

__all__ = ["CATEGORIES", "GIFTS", "Category", "Gift", "Sku"]

CATEGORIES: tuple[Category, ...] = (
    Category("home", "居家生活", "Home"),
    Category("kitchen", "厨房餐厨", "Kitchen"),
    Category("food", "茶饮美食", "Tea & food"),
    Category("digital", "数码家电", "Digital"),
    Category("outdoor", "运动户外", "Sports & outdoor"),
    Category("baby", "母婴亲子", "Mother & baby"),
    Category("books", "图书文具", "Books & stationery"),
    Category("health", "健康个护", "Health & care"),
)

GIFTS: tuple[Gift, ...] = (
    *home.GIFTS,
    *kitchen.GIFTS,
    *food.GIFTS,
    *digital.GIFTS,
    *outdoor.GIFTS,
    *baby.GIFTS,
    *books.GIFTS,
    *health.GIFTS,
    *virtual.GIFTS,
)
