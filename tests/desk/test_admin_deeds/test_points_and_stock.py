"""Finance grants points; the warehouse takes stock in and adjusts it."""

from __future__ import annotations

import pytest
from django.test import Client

from inventory.models import Sku, Stock, StockMovement
from members.models import Member, PointsTransaction
from tests import worlds
from tests.answers import Answer
from tests.desk.operators import browser, refusals
from tests.desk.test_admin_deeds.deeds import do

pytestmark = pytest.mark.django_db


def grant(client: Client, member: Member, **values: object) -> Answer:
    filled = {"points": 50, "expires_at": "2099-01-01T00:00", "reference": "thanks/1", "note": "sorry"}
    return do(client, "members.member", "grant", member.pk, **filled | values)


def test_finance_grants_points_once_per_reference(lin: Member) -> None:
    client = browser("finance")
    assert grant(client, lin).status_code == 302
    assert worlds.points_of(lin) == (10_050, 0)
    given = PointsTransaction.objects.get(reference="thanks/1")
    assert (given.kind, given.by, given.note) == ("grant", "operator:finance", "sorry")
    again = grant(client, lin)
    assert (again.status_code, len(refusals(again)), worlds.points_of(lin)) == (409, 1, (10_050, 0))


@pytest.mark.parametrize(
    "wrong",
    [{"points": value} for value in (0, -1, "1.5", "1e3", 10**9, 2**63)]
    + [
        {"expires_at": value}
        for value in ("2020-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "soon", "")
    ]
    + [{"reference": ""}, {"reference": "x" * 81}, {"note": "\0"}],
)
def test_a_wrong_grant_changes_nothing(wrong: dict[str, object], lin: Member) -> None:
    response = grant(browser("finance"), lin, **wrong)
    assert (response.status_code, len(refusals(response)), worlds.points_of(lin)) == (400, 1, (10_000, 0))


def test_only_finance_grants(lin: Member) -> None:
    for role in ("manager", "service_desk", "auditor"):
        assert grant(browser(role), lin).status_code == 403
    assert worlds.points_of(lin) == (10_000, 0)


def test_stock_comes_in_once_per_delivery_note(mug: Sku) -> None:
    stock, client = Stock.objects.get(sku=mug), browser("warehouse")
    assert do(client, "inventory.stock", "receive", stock.pk, quantity=5, reference="DN-1").status_code == 302
    again = do(client, "inventory.stock", "receive", stock.pk, quantity=5, reference="DN-1")
    assert (again.status_code, worlds.stock_of(mug)) == (409, (25, 0))


def test_stock_is_adjusted_with_a_reason_and_never_below_what_is_promised(lin: Member, mug: Sku) -> None:
    worlds.placed(lin, (mug, 15))
    stock, client = Stock.objects.get(sku=mug), browser("warehouse")
    values = {"change": -2, "reason": "broken", "reference": "adjust/1"}
    assert refusals(do(client, "inventory.stock", "adjust", stock.pk, **values | {"reason": " "})) == [
        "This field is required."
    ]
    assert do(client, "inventory.stock", "adjust", stock.pk, **values).status_code == 302
    twice = do(client, "inventory.stock", "adjust", stock.pk, **values)  # the same click, sent again
    assert (twice.status_code, worlds.stock_of(mug)) == (409, (18, 15))
    below = do(
        client, "inventory.stock", "adjust", stock.pk, **values | {"change": -4, "reference": "adjust/2"}
    )
    assert (below.status_code, worlds.stock_of(mug)) == (409, (18, 15))
    assert StockMovement.objects.filter(kind="adjusted").values_list("by", "reason").get() == (
        "operator:warehouse",
        "broken",
    )
