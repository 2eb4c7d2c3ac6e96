"""Orders over HTTP: placed once, read by whom they concern, for a pinned number of statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import services as inventory
from inventory.models import Gift, Sku
from members import services as members
from members.models import Member
from orders import services as orders
from orders.api.shapes import Receipt
from orders.models import Order
from tests.api_clients import Api, api_of, everything, integrator
from tests.worlds import AT, member, move, placed, points_of, sku, stock_of

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def lin() -> Member:
    return member(points=1000)


@pytest.fixture
def mug() -> Sku:
    return sku(stock=50, price=100)


def wish(by: Member, item: Sku, quantity: int = 1, **fields: object) -> dict[str, Any]:
    address_id = by.addresses.get(is_default=True).pk
    return {"lines": [{"sku": item.code, "quantity": quantity}], "address_id": address_id} | fields


@contextmanager
def statements(expected: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as asked:
        yield
    assert len(asked) == expected, "\n".join(query["sql"][:200] for query in asked)


def with_parcels(order: Order) -> Order:
    """An order on its way, in two parcels."""
    parcels = [{"carrier": "EMS", "waybill": "E1", "number": "P1"}, {"carrier": "EMS", "waybill": "E2"}]
    orders.mark_picking([move(order)])
    orders.mark_packed([move(order)])
    orders.mark_shipped([orders.Move(order.pk, AT, "operator:lin", data={"parcels": parcels})])
    return order


# --- Placing


def test_placing_answers_with_a_receipt_and_takes_points_and_stock(lin: Member, mug: Sku) -> None:
    answer = api_of(lin).order(wish(lin, mug, 2, note="谢谢", expected_points=200))
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/orders/{order.number}")
    assert "Idempotency-Replayed" not in answer
    assert answer.json() == {
        "number": order.number,
        "status": "ready",
        "placed_at": NOW.isoformat().replace("+00:00", "Z"),
        "points_total": 200,
        "cash_total": 0,
        "lines": [{"sku": mug.code, "name": mug.gift.name, "quantity": 2, "unit_points": 100}],
    }
    assert (order.channel, order.requested_by, order.note) == ("api", f"member:{lin.number}", "谢谢")
    assert (points_of(lin), stock_of(mug)) == ((800, 0), (50, 2))


def test_the_receipt_is_what_its_description_says(lin: Member, mug: Sku) -> None:
    receipt = api_of(lin).order(wish(lin, mug)).json()
    described = Receipt(data=receipt)
    assert described.is_valid(), described.errors
    assert list(receipt) == list(Receipt().fields)
    lines: Any = Receipt().fields["lines"]
    assert list(receipt["lines"][0]) == list(lines.child.fields)


def test_virtual_gifts_need_no_address_and_everything_else_does(lin: Member, mug: Sku) -> None:
    card = sku(price=100)
    Gift.objects.filter(pk=card.gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)
    inventory.add_codes(card.code, ["A", "B", "C"], batch="b", at=AT, by="test")
    line = {"quantity": 1}
    assert api_of(lin).order({"lines": [line | {"sku": card.code}]}).status_code == 201
    assert Order.objects.get().address is None
    without = api_of(lin).order({"lines": [line | {"sku": mug.code}], "address_id": None}, key="another")
    assert (without.status_code, without.json()["code"]) == (422, "address_invalid")


def test_the_same_click_again_gets_the_stored_answer_and_changes_nothing(lin: Member, mug: Sku) -> None:
    first = api_of(lin).order(wish(lin, mug))
    body = json.dumps(
        dict(reversed(wish(lin, mug).items())), indent=1
    ).encode()  # the same, written otherwise
    orders.cancel_orders([move(Order.objects.get())])
    before = everything()
    again = api_of(lin).order(body)
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert everything() == before


def test_the_same_key_of_another_member_is_another_click(lin: Member, mug: Sku) -> None:
    other = member(points=1000)
    answers = [api_of(lin).order(wish(lin, mug)), api_of(other).order(wish(other, mug))]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Order.objects.count() == 2


def test_placing_takes_seven_trips_none_of_them_to_authenticate(lin: Member, mug: Sku) -> None:
    api, body = api_of(lin), wish(lin, mug)
    assert api.order(body, key="warm").status_code == 201
    with statements(7):  # savepoint, wallets, lots, past, shelves, the writes together, release
        assert api.order(body).status_code == 201


def test_a_token_of_before_a_sign_out_no_longer_places_or_reads(lin: Member, mug: Sku) -> None:
    api = api_of(lin)
    members.sign_out_everywhere(lin.user_id)
    before = everything()
    answers = [api.order(wish(lin, mug)), api.get("orders"), api.get("me")]
    assert [(a.status_code, json.loads(a.content)["code"]) for a in answers] == [(401, "unauthenticated")] * 3
    assert everything() == before


def test_a_request_sets_no_cookie_and_needs_none(lin: Member, mug: Sku) -> None:
    answer = api_of(lin).order(wish(lin, mug))
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


# --- Integrators


def test_an_integrator_places_for_a_member_to_the_default_address(lin: Member, mug: Sku) -> None:
    api = integrator("orders:write")
    body = {"member": lin.number, "lines": [{"sku": mug.code, "quantity": 1}], "external_ref": "R-1"}
    first, again = api.order(body), api.order(body, key="another click")
    order = Order.objects.get()
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.content == again.content
    assert (order.channel, order.requested_by, order.external_ref) == ("bank", "channel:bank", "R-1")
    assert (order.member, order.address) == (lin, lin.addresses.get())


def test_an_integrator_is_refused_what_its_key_does_not_cover(lin: Member, mug: Sku) -> None:
    order, before = placed(lin, (mug, 1), channel="bank"), None
    reader, writer = integrator("orders:read"), integrator("orders:write")
    body = {"member": lin.number, "lines": [{"sku": mug.code, "quantity": 1}]}
    before = everything()
    answers = [
        reader.order(body),
        reader.post(f"orders/{order.number}/cancel"),
        writer.get("orders"),
        writer.get(f"orders/{order.number}"),
        writer.get("me"),
        writer.order(body | {"member": "nobody"}),
        writer.order({"lines": body["lines"]}),
        writer.order(body | {"address_id": 2**40}),
    ]
    assert [(a.status_code, json.loads(a.content)["code"]) for a in answers] == [
        (403, "scope_missing"),
        (403, "scope_missing"),
        (403, "scope_missing"),
        (403, "scope_missing"),
        (403, "forbidden"),
        (422, "unknown_member"),
        (400, "missing_field"),
        (422, "address_invalid"),
    ]
    assert everything() == before


def test_an_integrator_sees_the_orders_of_its_channel_only_and_recipients_masked(
    lin: Member, mug: Sku
) -> None:
    placed(lin, (mug, 1))
    ours = placed(lin, (mug, 1), channel="bank", external_ref="R-7")
    api = integrator("orders:read")
    for query in ("", "?q=R-7", f"?q={ours.number}"):
        assert [order["number"] for order in api.get(f"orders{query}").json()["orders"]] == [ours.number]
    assert api.get("orders?q=R-8").json() == {"orders": [], "cursor": ""}
    assert api.get(f"orders/{ours.number}").json()["recipient"] == {
        "name": "会**",
        "phone": f"{lin.phone[:3]}****{lin.phone[-4:]}",
        "region_code": "310104",
        "region_name": "上海市徐汇区",
        "detail": "***",
    }


def test_a_revoked_key_is_told_so(mug: Sku, monkeypatch: pytest.MonkeyPatch) -> None:
    row, key = members.create_api_key(name="bank", channel="bank", scopes=["orders:read"], at=AT)
    assert Api(key).get("orders").status_code == 200
    members.revoke_api_key(row.pk, at=AT)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(seconds=3))
    answer = Api(key).get("orders")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "key_revoked")


# --- Reading


def test_the_list_pages_through_a_members_own_orders_for_two_statements_a_page(lin: Member, mug: Sku) -> None:
    mine = [placed(lin, (mug, 1), at=AT + timedelta(seconds=n)).number for n in range(5)]
    placed(member(points=100), (mug, 1))
    walked, cursor = [], ""
    api = api_of(lin)
    while True:
        with statements(2):
            page = api.get(f"orders?size=2&cursor={cursor}").json()
        walked += [order["number"] for order in page["orders"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert walked == mine[::-1]
    found = api_of(lin).get(f"orders?q={mug.gift.name}&status=preparing&size=1000000").json()
    assert [order["number"] for order in found["orders"]] == walked


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("placed_from=2026-11-02&placed_to=2026-11-03", 1),
        ("placed_from=2026-11-03", 0),
        ("placed_to=2026-11-02", 0),
        ("placed_from=2026-11-02T10:00:00%2B08:00", 1),
        ("placed_from=2026-11-02T10:00:01%2B08:00", 0),
    ],
)
def test_the_list_knows_shanghai_days_and_instants(lin: Member, mug: Sku, query: str, count: int) -> None:
    placed(lin, (mug, 1))
    assert len(api_of(lin).get(f"orders?{query}").json()["orders"]) == count


def test_an_order_is_read_with_lines_timeline_and_parcels_for_four_statements(lin: Member, mug: Sku) -> None:
    order = with_parcels(placed(lin, (mug, 2), note="请轻放"))
    api = api_of(lin)
    with statements(4):
        told = api.get(f"orders/{order.number}", **{"accept-language": "en"}).json()
    assert [(event["kind"], event["status"]) for event in told.pop("timeline")] == [
        ("order.placed", "created"),
        ("order.confirmed", "ready"),
        ("order.picking_started", "picking"),
        ("order.packed", "packed"),
        ("order.shipped", "shipped"),
    ]
    assert told.pop("lines") == [
        {
            "position": 1,
            "sku": mug.code,
            "name": mug.gift.name_en,
            "specification": "",
            "quantity": 2,
            "unit_points": 100,
            "shipped": 2,
            "cancelled": 0,
            "returned": 0,
        }
    ]
    order.refresh_from_db()
    assert told == {
        "number": order.number,
        "status": "shipped",
        "status_display": "shipped",
        "channel": "portal",
        "external_ref": None,
        "placed_at": "2026-11-02T02:00:00Z",
        "points_total": 200,
        "cash_total": 0,
        "points_refunded": 0,
        "note": "请轻放",
        "deadline_at": order.deadline_at and order.deadline_at.isoformat().replace("+00:00", "Z"),
        "recipient": {
            "name": lin.name,
            "phone": lin.phone,
            "region_code": "310104",
            "region_name": "上海市徐汇区",
            "detail": "漕溪北路 1 号",
        },
        "parcels": [{"carrier": "EMS", "waybill": "E1"}, {"carrier": "EMS", "waybill": "E2"}],
        "can_cancel": False,
        "cancel_fee": 0,
        "can_confirm": True,
    }


def test_a_reason_is_told_only_where_it_was_written_for_the_member(lin: Member, mug: Sku) -> None:
    order = placed(lin, (mug, 1))
    orders.mark_picking([move(order, reason="not for members")])
    orders.cancel_orders([move(order, reason="缺货")])
    told = api_of(lin).get(f"orders/{order.number}").json()["timeline"]
    assert [event["reason"] for event in told] == ["", "", "", "缺货"]
    assert not {"by", "data"} & set(told[0])


# --- Moving


def test_a_member_cancels_and_gets_the_points_back(lin: Member, mug: Sku) -> None:
    order = placed(lin, (mug, 2))
    answer = api_of(lin).post(f"orders/{order.number}/cancel", {"reason": "想换一件"})
    assert (answer.status_code, answer.json()["status"], answer.json()["can_cancel"]) == (
        200,
        "cancelled",
        False,
    )
    event = order.events.get(kind="order.cancelled")
    assert (event.by, event.reason) == (f"member:{lin.number}", "想换一件")
    assert (points_of(lin), stock_of(mug)) == ((1000, 0), (50, 0))


def test_a_cancel_that_costs_more_than_was_shown_is_refused(lin: Member, mug: Sku) -> None:
    order = placed(lin, (mug, 2))
    orders.mark_picking([move(order)])
    before = everything()
    answer = api_of(lin).post(f"orders/{order.number}/cancel", {"fee": 0})
    told = json.loads(answer.content)
    assert (answer.status_code, told["code"], told["params"]) == (409, "fee_changed", {"fee": 10})
    assert everything() == before
    assert api_of(lin).get(f"orders/{order.number}").json()["cancel_fee"] == 10
    assert api_of(lin).post(f"orders/{order.number}/cancel", {"fee": 10}).status_code == 200
    assert points_of(lin) == (990, 0)


def test_a_member_confirms_receipt_once(lin: Member, mug: Sku) -> None:
    order = with_parcels(placed(lin, (mug, 1)))
    answers = [api_of(lin).post(f"orders/{order.number}/confirm") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert (answers[0].json()["status"], answers[0].json()["can_confirm"]) == ("signed", False)


def test_an_integrator_cancels_in_its_own_channel(lin: Member, mug: Sku) -> None:
    order = placed(lin, (mug, 1), channel="bank")
    answer = integrator("orders:write").post(f"orders/{order.number}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert order.events.get(kind="order.cancelled").by == "channel:bank"
