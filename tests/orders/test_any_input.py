"""Whatever is posted as an order: it is one, or it is refused, and then nothing has changed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from inventory.models import Sku
from members.models import Member
from tests.api_clients import api_of, everything
from tests.worlds import AT, member, sku

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(minutes=1))


@pytest.fixture
def lin() -> Member:
    return member(points=1000)


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_LINE = st.fixed_dictionaries(
    {},
    optional={
        "sku": st.just("FUZZ") | _ANYTHING,
        "quantity": st.integers(-2, 4) | _ANYTHING,
        "price": _ANYTHING,
    },
)
_BODY = st.fixed_dictionaries(
    {},
    optional={
        "lines": st.lists(_LINE, max_size=3) | _ANYTHING,
        "address_id": st.just("mine") | _ANYTHING,
        "note": st.text() | _ANYTHING,
        "expected_points": st.integers(0, 400) | _ANYTHING,
        "extra": _ANYTHING,
    },
)


@given(body=_BODY | _ANYTHING, key=st.text(min_size=1))
@trying(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_whatever_is_posted_is_an_order_or_a_problem(lin: Member, body: Any, key: str) -> None:
    if not Sku.objects.filter(code="FUZZ").exists():
        Sku.objects.filter(pk=sku(stock=10_000, price=1).pk).update(code="FUZZ")
    if isinstance(body, dict) and body.get("address_id") == "mine":
        body = body | {"address_id": lin.addresses.get(is_default=True).pk}
    before = everything()
    answer = api_of(lin).order(body, key="".join(c for c in key if " " < c < "\x7f") or "key")
    told = json.loads(answer.content)
    if answer.status_code == 201:
        assert told["points_total"] == sum(line["quantity"] for line in told["lines"])
    else:
        assert 400 <= answer.status_code < 500
        assert told["code"] in {
            "address_invalid", "idempotency_mismatch", "insufficient_points", "invalid", "malformed", "missing_field",
            "out_of_stock", "price_changed", "unknown_field", "unknown_sku",
        }  # fmt: skip
        assert everything() == before
