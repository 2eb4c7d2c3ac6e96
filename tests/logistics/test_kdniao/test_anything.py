"""Anything that a wire may bring, and any words of ours on their way out."""

import json
import string
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics import terms
from logistics.gateways import kdniao, wire
from logistics.terms import CarrierRefused, CarrierUnavailable, Contact, Goods, TrackPoint, WaybillRequest
from tests.logistics.test_kdniao.one_parcel import AT, NOWHERE, parcel, query

NAMES = [
    *(
        "Success",
        "Reason",
        "ResultCode",
        "Order",
        "OrderCode",
        "ShipperCode",
        "LogisticCode",
        "State",
        "StateEx",
    ),
    *(
        "Location",
        "Traces",
        "AcceptTime",
        "AcceptStation",
        "Action",
        "Data",
        "success",
        "traces",
        "logisticCode",
    ),
]
TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),
    st.text(string.printable, max_size=40),
    st.sampled_from(
        ["SF1000000000001", "P-1", "SF", "100", "106", "true", "301", "2026-11-20 12:00:00", "9" * 60]
    ),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**4000, 10**4001),
    st.floats(),
    TEXTS,
    st.just("\ud800\x00"),
)
JSONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXTS), inner, max_size=8),
    ),
    max_leaves=30,
)
TRACES = st.lists(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("AcceptTime", "AcceptStation", "Action", "Location"), LEAVES)
    ),
    max_size=4,
)
NEAR_MISSES = st.fixed_dictionaries(
    {
        "Success": st.one_of(st.just(True), LEAVES),
        "LogisticCode": st.one_of(st.just("SF1000000000001"), LEAVES),
    },
    optional={
        "Traces": st.one_of(TRACES, JSONS),
        "Order": st.fixed_dictionaries(
            {
                "OrderCode": st.one_of(st.just("P-1"), LEAVES),
                "ShipperCode": st.one_of(st.just("SF"), LEAVES),
                "LogisticCode": st.one_of(st.just("SF1000000000001"), LEAVES),
            }
        ),
        "ResultCode": LEAVES,
        "Reason": TEXTS,
        "State": LEAVES,
        "StateEx": LEAVES,
    },
)
BODIES = st.one_of(
    st.one_of(JSONS, NEAR_MISSES).map(json.dumps),
    st.lists(NEAR_MISSES, max_size=3).map(lambda entries: json.dumps({"Data": entries})),
    TEXTS,
)


def _storable(*texts: str) -> None:
    for text in texts:
        assert "\x00" not in text
        assert len(text.encode("utf-8")) <= 4 * 500


@given(BODIES)
def test_nothing_but_the_two_errors_comes_out_of_any_answer(body: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "post_form", lambda url, form: body)
        calls: list[Any] = [
            lambda: kdniao.issue_waybill(parcel(), settings=NOWHERE),
            lambda: query(NOWHERE, "SF1000000000001"),
            lambda: kdniao.subscribe("SF", "SF1", phone_last4="", reference="P-1", settings=NOWHERE),
            lambda: kdniao.parse_push(body, at=AT),
        ]
        for call in calls:
            try:
                result = call()
            except CarrierUnavailable as error:
                _storable(error.reason, error.excerpt)
            except CarrierRefused as error:
                _storable(error.reason, error.code)
            else:
                _check_result(result)


def _check_result(result: object) -> None:
    if isinstance(result, str):
        assert kdniao.WAYBILL.fullmatch(result)
    for entry in result if isinstance(result, list) else []:
        for point in [entry] if isinstance(entry, TrackPoint) else entry.points:
            assert point.status in terms.STATUSES
            assert AT - timedelta(days=400) <= point.occurred_at <= AT + timedelta(hours=1)
            assert len(point.key) == 64
            _storable(point.text, point.code, point.location, point.time_text)


@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30), st.integers(0, 10**9))
def test_any_words_of_ours_can_be_sent(name: str, reference: str, grams: int) -> None:
    strange = Contact(name, name, name, name, name, name)
    order = WaybillRequest(reference, "SF", strange, strange, (Goods(name, 1, grams),), grams, remark=name)
    sent: list[str] = []

    def post_form(url: str, form: dict[str, str]) -> str:
        sent.append(form["RequestData"])
        return "{}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "post_form", post_form)
        with pytest.raises(CarrierUnavailable):
            kdniao.issue_waybill(order, settings=NOWHERE)

    contact = json.loads(sent[0])["Receiver"]
    assert not any(mark in value for value in contact.values() for mark in "'\"#&+<>%\\")
    assert json.loads(sent[0])["Weight"] * 1000 == pytest.approx(grams)
