"""Whatever is sent: a stable code in the user's language, nothing changes, nothing is a bug (law 10, issue 2)."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone, translation

from inventory.models import Gift, Sku
from members.models import Member, Tier
from orders import services as orders
from orders.models import RedemptionRule
from tests.api_clients import Api, api_of, everything, integrator
from tests.worlds import AT, address, member, move, placed, sku
from tests.worlds import wish as click

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(minutes=1))


@pytest.fixture
def lin() -> Member:
    return member(points=1000)


@pytest.fixture
def mug() -> Sku:
    return sku(stock=5, price=100)


def wish(by: Member, item: Sku, **fields: object) -> dict[str, Any]:
    address_id = by.addresses.get(is_default=True).pk
    return {"lines": [{"sku": item.code, "quantity": 1}], "address_id": address_id} | fields


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def has_catalogue() -> bool:
    """Tell whether the Chinese catalogue is there; while the mall is being built it comes last."""
    with translation.override("zh-hans"):
        return is_chinese(translation.gettext("The request is too large."))


def assert_refused(answers: list[Any], status: int, code: str, field: str | None = None) -> None:
    """The same problem in Chinese (asked without a language) and in English."""
    chinese, english = answers
    problems = [json.loads(answer.content) for answer in answers]
    assert [(a.status_code, p["code"], p.get("field")) for a, p in zip(answers, problems, strict=True)] == [
        (status, code, field)
    ] * 2
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert [chinese["Content-Language"], english["Content-Language"]] == ["zh-hans", "en"]
    assert [problem["type"] for problem in problems] == [f"urn:pointsmall:problem:{code}"] * 2
    assert not is_chinese(problems[1]["title"])
    assert is_chinese(problems[0]["title"]) or not has_catalogue()


def refused(by: Member, body: object, **headers: str) -> list[Any]:
    """Send the same bad order in both languages; nothing may have changed."""
    before = everything()
    answers = [api_of(by).order(body, **headers), api_of(by).order(body, accept_language="en", **headers)]
    assert everything() == before
    return answers


# --- Fields

NO_QUANTITIES = [0, -1, 1.5, 1.0, "1", "1e3", True, None, 2**63, 10**6, [], {}]


@pytest.mark.parametrize("quantity", NO_QUANTITIES, ids=repr)
def test_a_quantity_that_is_none(lin: Member, mug: Sku, quantity: object) -> None:
    body = wish(lin, mug, lines=[{"sku": mug.code, "quantity": 1}, {"sku": mug.code, "quantity": quantity}])
    assert_refused(refused(lin, body), 400, "invalid", "lines[1].quantity")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": None}, "lines"),
        ({"lines": [None]}, "lines[0]"),
        ({"lines": [["SKU1", 1]]}, "lines[0]"),
        ({"lines": [{"sku": 7, "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "", "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "x" * 41, "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "a\0b", "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "\ud800", "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "SKU", "quantity": 1}] * 101}, "lines"),
        ({"address_id": "1"}, "address_id"),
        ({"address_id": True}, "address_id"),
        ({"address_id": 0}, "address_id"),
        ({"address_id": 2**63}, "address_id"),
        ({"note": "a\0b"}, "note"),
        ({"note": "\udfff"}, "note"),
        ({"note": 7}, "note"),
        ({"note": "很" * 201}, "note"),
        ({"expected_points": "100"}, "expected_points"),
        ({"expected_points": -1}, "expected_points"),
    ],
    ids=repr,
)
def test_a_field_that_holds_what_it_cannot(
    lin: Member, mug: Sku, fields: dict[str, object], field: str
) -> None:
    assert_refused(refused(lin, wish(lin, mug, **fields)), 400, "invalid", field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lines"),
        ({"lines": [{"quantity": 1}], "address_id": 1}, "lines[0].sku"),
        ({"lines": [{"sku": "A"}], "address_id": 1}, "lines[0].quantity"),
    ],
)
def test_a_field_that_is_missing(lin: Member, body: object, field: str) -> None:
    assert_refused(refused(lin, body), 400, "missing_field", field)


@pytest.mark.parametrize(
    "name", ["unit_points", "status", "member", "external_ref", "paid_at", "is_staff", "", "a\0b", "\ud800"]
)
def test_a_field_that_does_not_exist(lin: Member, mug: Sku, name: str) -> None:
    echoed = name.encode(errors="replace").decode()
    assert_refused(refused(lin, wish(lin, mug, **{name: 1})), 400, "unknown_field", echoed)
    line = {"sku": mug.code, "quantity": 1, name: 1}
    assert_refused(refused(lin, wish(lin, mug, lines=[line])), 400, "unknown_field", f"lines[0].{echoed}")


# --- Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"nonsense",
        b'{"lines": NaN}',
        b'{"lines": 1, "lines": 2}',
        b'{"note": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"address_id": ' + b"9" * 5_000 + b"}",
        json.dumps({}).encode("utf-16"),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_not_a_json_object(lin: Member, body: bytes) -> None:
    assert_refused(refused(lin, body), 400, "malformed")


def test_a_body_of_two_megabytes(lin: Member, mug: Sku) -> None:
    assert_refused(refused(lin, wish(lin, mug, note="x" * 2_000_000)), 413, "too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_type(lin: Member, mug: Sku, content_type: str) -> None:
    answers = refused(lin, wish(lin, mug), content_type=content_type)
    assert_refused(answers, 415, "unsupported_media_type")


def test_a_body_in_chunks(lin: Member) -> None:
    assert_refused(refused(lin, b"", transfer_encoding="chunked"), 411, "length_required")


def test_the_other_posts_read_bodies_as_strictly(lin: Member, mug: Sku) -> None:
    order, before = placed(lin, (mug, 1)), None
    before = everything()
    for path in ("tokens", "points/grants", f"orders/{order.number}/cancel"):
        api = integrator("points:grant", "orders:write", channel="portal")
        before = everything()
        codes = [
            (answer.status_code, json.loads(answer.content)["code"])
            for answer in (
                api.post(path, b"{"),
                api.post(path, b"x" * 2_000_000),
                api.post(path, b"{}", content_type="text/plain"),
                api.post(path, {"is_staff": True}),
            )
        ]
        assert codes == [
            (400, "malformed"),
            (413, "too_large"),
            (415, "unsupported_media_type"),
            (400, "unknown_field"),
        ]
        assert everything() == before


# --- Idempotency keys


def test_a_missing_key(lin: Member, mug: Sku) -> None:
    assert_refused(refused(lin, wish(lin, mug), key=""), 400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["x" * 65, "a\tb", "é", "a\x7f"])
def test_a_key_that_is_none(lin: Member, mug: Sku, key: str) -> None:
    assert_refused(refused(lin, wish(lin, mug), key=key), 400, "invalid", "Idempotency-Key")


def test_a_key_that_was_used_for_another_body(lin: Member, mug: Sku) -> None:
    assert api_of(lin).order(wish(lin, mug)).status_code == 201
    for other in (wish(lin, mug, note="other"), wish(lin, mug, lines=[{"sku": mug.code, "quantity": 2}])):
        assert_refused(refused(lin, other), 422, "idempotency_mismatch")


# --- What the mall cannot do


def test_a_foreign_address_answers_as_a_missing_one(lin: Member, mug: Sku) -> None:
    foreign = refused(lin, wish(lin, mug, address_id=address(member()).pk))
    assert_refused(foreign, 422, "address_invalid")
    missing = refused(lin, wish(lin, mug, address_id=2**62))
    assert [answer.content for answer in foreign] == [answer.content for answer in missing]


def test_an_unknown_sku(lin: Member, mug: Sku) -> None:
    body = wish(lin, mug, lines=[{"sku": mug.code, "quantity": 1}, {"sku": "NO-SUCH", "quantity": 1}])
    assert_refused(refused(lin, body), 422, "unknown_sku")


def test_an_off_shelf_gift(lin: Member, mug: Sku) -> None:
    Gift.objects.filter(pk=mug.gift_id).update(is_listed=False)
    assert_refused(refused(lin, wish(lin, mug)), 409, "gift_unavailable")


def test_a_closed_window(lin: Member, mug: Sku) -> None:
    RedemptionRule.objects.create(kind="window", gift=mug.gift, starts_at=AT + timedelta(days=1))
    assert_refused(refused(lin, wish(lin, mug)), 409, "window_closed")


def test_a_closed_channel(lin: Member, mug: Sku) -> None:
    RedemptionRule.objects.create(kind="channel", gift=mug.gift, channels=["portal"])
    assert_refused(refused(lin, wish(lin, mug)), 409, "channel_closed")


def test_no_points(mug: Sku) -> None:
    assert_refused(refused(poor := member(points=99), wish(poor, mug)), 409, "insufficient_points")


def test_no_stock(lin: Member) -> None:
    assert_refused(refused(lin, wish(lin, sku(stock=0))), 409, "out_of_stock")


def test_another_price(lin: Member, mug: Sku) -> None:
    assert_refused(refused(lin, wish(lin, mug, expected_points=99)), 409, "price_changed")


def test_a_frozen_member(lin: Member, mug: Sku) -> None:
    Member.objects.filter(pk=lin.pk).update(status="frozen")
    assert_refused(refused(lin, wish(lin, mug)), 403, "member_not_active")


# --- Other objects, other states


@pytest.mark.parametrize("path", ["orders/{}", "orders/{}/cancel", "orders/{}/confirm"])
def test_a_foreign_order_answers_as_a_missing_one(lin: Member, mug: Sku, path: str) -> None:
    foreign = placed(member(points=1000), (mug, 1)).number
    before = everything()
    for api in (api_of(lin), integrator("orders:read", "orders:write")):
        before = everything()
        call = api.post if path.count("/") == 2 else api.get
        answers = {
            number: [call(path.format(number)), call(path.format(number), **{"accept-language": "en"})]
            for number in (foreign, "0" * 18, "no-number", "%00", "１２")
        }
        assert_refused(answers[foreign], 404, "not_found")
        assert {answer.content for answer, _english in answers.values()} == {answers[foreign][0].content}
        assert everything() == before


def test_receipt_cannot_be_confirmed_before_it_ships(lin: Member, mug: Sku) -> None:
    path, before = f"orders/{placed(lin, (mug, 1)).number}/confirm", None
    before = everything()
    answers = [api_of(lin).post(path), api_of(lin).post(path, accept_language="en")]
    assert {json.loads(answer.content)["code"] for answer in answers} == {"transition_not_allowed"}
    assert {answer.status_code for answer in answers} == {409}
    assert everything() == before


def test_an_order_cannot_be_cancelled_twice(lin: Member, mug: Sku) -> None:
    order = placed(lin, (mug, 1))
    orders.cancel_orders([move(order)])
    before = everything()
    answer = api_of(lin).post(f"orders/{order.number}/cancel")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "transition_not_allowed")
    assert everything() == before


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("status=lost", "invalid", "status"),
        ("size=0", "invalid", "size"),
        ("size=x", "invalid", "size"),
        ("size=-1", "invalid", "size"),
        ("cursor=x", "invalid", "cursor"),
        ("placed_from=yesterday", "invalid", "placed_from"),
        ("placed_to=2026-13-01", "invalid", "placed_to"),
        ("placed_to=0001-01-01T00:00:00%2B14:00", "invalid", "placed_to"),
        ("q=a%00b", "invalid", "q"),
        ("member=1", "unknown_field", "member"),
    ],
)
def test_a_list_asked_for_badly(lin: Member, query: str, code: str, field: str) -> None:
    answers = [
        api_of(lin).get(f"orders?{query}"),
        api_of(lin).get(f"orders?{query}", **{"accept-language": "en"}),
    ]
    assert_refused(answers, 400, code, field)


def test_an_address_and_a_method_that_do_not_exist(lin: Member) -> None:
    for call, status, code in ((Api().get, 404, "not_found"), (api_of(lin).post, 405, "method_not_allowed")):
        path = "nothing" if status == 404 else "me"
        assert_refused([call(path), call(path, **{"accept-language": "en"})], status, code)


@pytest.mark.parametrize("bearer", ["", "x", "pmt_", "pmt_e30.x", "pmk_nothing", "pmt_\0", "pmk_é"])
def test_nobody_we_know(lin: Member, mug: Sku, bearer: str) -> None:
    before = everything()
    stranger = Api(bearer)
    for call in (partial(stranger.order, wish(lin, mug)), partial(stranger.get, "orders")):
        answers = [call(), call(**{"accept-language": "en"})]
        assert_refused(answers, 401, "unauthenticated")
        assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert everything() == before


def test_clicks_decided_together_are_each_refused_in_their_own_language(lin: Member, mug: Sku) -> None:
    RedemptionRule.objects.create(
        kind="tier_at_least", tier=Tier.objects.create(code="gold", name="金卡", name_en="Gold", rank=9)
    )
    with translation.override("en"):
        (refusal,) = orders.place_orders([click(lin, (mug, 1))])
        english = str(refusal)
    with translation.override("zh-hans"):
        chinese = str(refusal)
    assert (mug.gift.name_en in english, "Gold" in english) == (True, True)
    assert (mug.gift.name in chinese, "金卡" in chinese) == (True, True)
