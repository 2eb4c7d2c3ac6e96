"""A member with points and a SKU with stock."""

from __future__ import annotations

import pytest

from inventory.models import Sku
from members.models import Member
from tests import worlds


@pytest.fixture
def lin() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=20)
