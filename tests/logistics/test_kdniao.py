"""The gateway to 快递鸟, against its simulator over real HTTP and against anything a wire may bring."""

import json
import string
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics import terms
from logistics.gateways import kdniao, kdniao_track, wire
from logistics.gateways.kdniao import KdniaoSettings
from logistics.terms import (
    CarrierRefused,
    CarrierUnavailable,
    Contact,
    Goods,
    TrackPoint,
    WaybillRequest,
)
from simulators.front import Front
from simulators.kdniao import APP_KEY, BUSINESS_ID, Account
from simulators.world import Choices, running

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOWHERE = KdniaoSettings("http://127.0.0.1:9", BUSINESS_ID, APP_KEY)
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "tracking_samples" / "tracking_samples.json"
SENDER = Contact(
    "积分商城仓库", "02155556666", "上海市", "上海市", "青浦区", "明珠路73号", company="积分商城"
)
RECEIVER = Contact("王小明", "13900005678", "四川省", "成都市", "武侯区", "天府大道1号 'A&B' 座 #3")


def parcel(reference: str = "P-1", carrier: str = "SF") -> WaybillRequest:
    goods = (Goods("马克杯 <红>", 2, 350), Goods("T恤", 1))
    return WaybillRequest(reference, carrier, SENDER, RECEIVER, goods, 1250, remark="轻放")


@pytest.fixture
def outside() -> Iterator[Front]:
    with running(Choices()) as front:
        control(front, "clock", now=AT.isoformat())
        yield front


@pytest.fixture
def settings(outside: Front) -> KdniaoSettings:
    return KdniaoSettings(outside.url + "/", BUSINESS_ID, APP_KEY)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same client with a patience that a test can bear."""
    with httpx.Client(timeout=httpx.Timeout(0.3, connect=0.3), trust_env=False) as client:
        monkeypatch.setattr(wire, "_client", lambda: client)
        monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.5)
        yield


def control(front: Front, what: str, **wish: object) -> Any:
    where = what if what == "clock" else f"kdniao/{what}"
    return httpx.post(f"{front.url}/control/{where}", json=wish).raise_for_status().json()


def query(
    settings: KdniaoSettings, waybill: str, carrier: str = "SF", phone: str = "5678"
) -> list[TrackPoint]:
    return kdniao.query_tracking(
        carrier, waybill, phone_last4=phone, reference="P-1", at=AT, settings=settings
    )


# Signature


@pytest.mark.parametrize(
    ("data", "key", "expected"),
    [
        (  # the provider's demo account and request; the digest by coreutils' md5sum and base64
            "{'OrderCode':'','ShipperCode':'SF','LogisticCode':'589707398027'}",
            "518a73d8-1f7f-441a-b644-33e77b49d846",
            "NTE1MzE5Yzc0MjljNzIyMjUyYjBjYWUzMDI2YWEyZjE=",
        ),
        (
            '{"ShipperCode":"YTO","LogisticCode":"YT8962646785389","CustomerName":"圆通"}',
            "key",
            "YjBhYTU4YzhiYTA5OThjOTliYjAwOTA1ZWMwNjM4ZmM=",
        ),
    ],
)
def test_data_sign_is_base64_of_the_hex_digest(data: str, key: str, expected: str) -> None:
    assert kdniao.data_sign(data, key) == expected
    assert kdniao.verify_push(data, expected, settings=KdniaoSettings("", "", key)) is True


def test_verify_push_accepts_a_sign_encoded_once_more() -> None:
    sign = quote(kdniao.data_sign("{}", APP_KEY))

    assert sign.endswith("%3D")
    assert kdniao.verify_push("{}", sign, settings=NOWHERE) is True


@pytest.mark.parametrize(
    "sign", ["", "签名", "\ud800", kdniao.data_sign("{}", "other"), kdniao.data_sign("{ }", APP_KEY)]
)
def test_verify_push_rejects_any_other_sign(sign: str) -> None:
    assert kdniao.verify_push("{}", sign, settings=NOWHERE) is False


def test_settings_do_not_print_their_secrets() -> None:
    account = kdniao.CarrierAccount("name", "secret-password")
    assert "secret" not in repr(KdniaoSettings("", "", "secret-key", accounts={"SF": account}))


# Waybills


@pytest.mark.parametrize("carrier", ["EMS", "YZPY", "SF", "ZTO", "YTO", "JD"])
def test_issue_waybill_returns_the_same_number_for_the_same_reference(
    settings: KdniaoSettings, outside: Front, carrier: str
) -> None:
    number = kdniao.issue_waybill(parcel(carrier=carrier), settings=settings)
    again = kdniao.issue_waybill(parcel(carrier=carrier), settings=settings)

    assert number == again
    assert [kept["waybill"] for kept in control(outside, "parcels")] == [number]
    assert control(outside, "effects", reference="P-1") == {"asked": 2, "issued": 1}


def test_issue_waybill_refuses_a_number_given_to_another_carrier(settings: KdniaoSettings) -> None:
    kdniao.issue_waybill(parcel(carrier="SF"), settings=settings)

    with pytest.raises(CarrierUnavailable, match="another order"):
        kdniao.issue_waybill(parcel(carrier="JD"), settings=settings)


BAD_ANSWERS: list[dict[str, object]] = [
    {"kind": "html"},
    {"kind": "charset"},
    {"kind": "wrong_types"},
    {"kind": "not_object"},
    {"kind": "foreign"},
    {"kind": "contradiction"},
    {"kind": "redirect"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 408},
    {"kind": "cut"},
    {"kind": "reset"},
    {"kind": "huge"},
    {"kind": "error"},
]


@pytest.mark.parametrize("fault", BAD_ANSWERS, ids=lambda fault: str(list(fault.values())))
def test_issue_waybill_is_unavailable_then_gets_the_one_number_issued(
    settings: KdniaoSettings, outside: Front, fault: dict[str, object]
) -> None:
    control(outside, "faults", only="1007", reference="P-1", **fault)

    with pytest.raises(CarrierUnavailable) as raised:
        kdniao.issue_waybill(parcel(), settings=settings)

    assert len(raised.value.excerpt) <= 500
    assert kdniao.issue_waybill(parcel(), settings=settings).startswith("SF1")
    assert control(outside, "effects", reference="P-1") == {"asked": 2, "issued": 1}


@pytest.mark.parametrize("fault", BAD_ANSWERS, ids=lambda fault: str(list(fault.values())))
def test_query_and_subscribe_are_unavailable_after_a_bad_answer(
    settings: KdniaoSettings, outside: Front, fault: dict[str, object]
) -> None:
    number = kdniao.issue_waybill(parcel(), settings=settings)
    control(outside, "step", waybill=number)
    control(outside, "faults", only="8002", **fault)

    with pytest.raises(CarrierUnavailable):
        query(settings, number)

    if fault["kind"] not in ("foreign", "contradiction"):  # a subscription's answer names no parcel
        control(outside, "faults", only="1008", **fault)
        with pytest.raises(CarrierUnavailable):
            kdniao.subscribe("SF", number, phone_last4="5678", reference="P-1", settings=settings)


@pytest.mark.parametrize("kind", ["slow", "silent", "drip"])
def test_issue_waybill_gives_up_waiting_and_finds_the_number_later(
    impatient: None, settings: KdniaoSettings, outside: Front, kind: str
) -> None:
    control(outside, "faults", kind=kind, seconds=0.1 if kind == "drip" else 5)

    with pytest.raises(CarrierUnavailable):
        kdniao.issue_waybill(parcel(), settings=settings)

    assert kdniao.issue_waybill(parcel(), settings=settings).startswith("SF1")


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(CarrierUnavailable, match="ConnectError"):
        kdniao.issue_waybill(parcel(), settings=NOWHERE)


@pytest.mark.parametrize(
    ("said", "heard"),
    [("30", 30), ("86400", 3600), ("", None), ("-1", None), ("Fri, 20 Nov 2026 04:00:00 GMT", None)],
)
def test_too_many_requests_say_when_to_come_back(
    settings: KdniaoSettings, outside: Front, said: str, heard: int | None
) -> None:
    control(outside, "faults", kind="status", status=429, retry_after=said)

    with pytest.raises(CarrierUnavailable) as raised:
        kdniao.issue_waybill(parcel(), settings=settings)

    assert raised.value.retry_after == heard


def test_cancel_waybill_takes_it_back_and_again_for_nothing(settings: KdniaoSettings, outside: Front) -> None:
    number = kdniao.issue_waybill(parcel(), settings=settings)
    for told in (number, number, ""):
        kdniao.cancel_waybill("SF", told, reference="P-1", settings=settings)
    kdniao.cancel_waybill("SF", "", reference="P-unknown", settings=settings)  # never came through
    assert control(outside, "effects", reference="P-1")["cancelled"] == 1
    with pytest.raises(CarrierRefused):  # the number of the order is used up
        kdniao.issue_waybill(parcel(), settings=settings)


def test_cancel_waybill_is_refused_once_the_courier_has_the_parcel(
    settings: KdniaoSettings, outside: Front
) -> None:
    number = kdniao.issue_waybill(parcel(), settings=settings)
    control(outside, "step", waybill=number, push=False)
    with pytest.raises(CarrierRefused, match="已揽收"):
        kdniao.cancel_waybill("SF", number, reference="P-1", settings=settings)


def test_a_final_no_keeps_its_words_and_code(settings: KdniaoSettings, outside: Front) -> None:
    control(outside, "faults", kind="error", reason="业务错误[没有可用套餐]", code="105")

    with pytest.raises(CarrierRefused) as raised:
        kdniao.issue_waybill(parcel(), settings=settings)

    assert (raised.value.reason, raised.value.code) == ("业务错误[没有可用套餐]", "105")


def test_a_wrong_key_is_refused(outside: Front) -> None:
    with pytest.raises(CarrierRefused, match="非法参数"):
        kdniao.issue_waybill(parcel(), settings=KdniaoSettings(outside.url, BUSINESS_ID, "guessed"))


def test_a_missing_page_is_refused(settings: KdniaoSettings, outside: Front) -> None:
    control(outside, "faults", kind="status", status=404)

    with pytest.raises(CarrierRefused, match="HTTP 404"):
        kdniao.issue_waybill(parcel(), settings=settings)


# Tracking


@pytest.mark.parametrize(
    ("journey", "statuses"),
    [
        ("door", ["collected", "in_transit", "in_transit", "out_for_delivery", "delivered"]),
        (
            "locker",
            ["collected", "in_transit", "in_transit", "out_for_delivery", "awaiting_pickup", "delivered"],
        ),
        (
            "second_attempt",
            [
                *("collected", "in_transit", "in_transit", "out_for_delivery"),
                *("exception", "out_for_delivery", "delivered"),
            ],
        ),
        (
            "refused",
            [
                *("collected", "in_transit", "in_transit", "out_for_delivery"),
                *("returning", "in_transit", "returned"),
            ],
        ),
        ("lost", ["collected", "in_transit", "lost"]),
    ],
)
def test_query_tracking_follows_a_parcel(
    settings: KdniaoSettings, outside: Front, journey: str, statuses: list[str]
) -> None:
    number = kdniao.issue_waybill(parcel(), settings=settings)
    control(outside, "journey", waybill=number, journey=journey)
    control(outside, "step", waybill=number, count="all")

    points = query(settings, number)

    assert [point.status for point in points] == statuses
    assert [point.occurred_at for point in points] == [AT + timedelta(seconds=n) for n in range(len(points))]
    assert (points[0].location, points[0].text) == ("上海市", "【上海市】顺丰速运 已揽收，快件正在处理")
    assert len({point.key for point in points}) == len(points)
    assert not any(point.doubtful for point in points)


def test_query_tracking_knows_nothing_yet_or_with_the_wrong_phone(
    settings: KdniaoSettings, outside: Front
) -> None:
    number = kdniao.issue_waybill(parcel(), settings=settings)
    assert query(settings, number) == []

    control(outside, "step", waybill=number)
    assert query(settings, number, phone="0000") == []
    assert len(query(settings, number)) == 1
    with pytest.raises(CarrierRefused, match="CustomerName"):
        query(settings, number, phone="")


def test_a_push_tells_the_same_events_as_a_query(settings: KdniaoSettings, outside: Front) -> None:
    heard: list[dict[str, str]] = []
    with running(Choices(kdniao=Account(callback=outside.url + "/nobody"))) as front:
        front.parties["kdniao"].pusher.send = _catch(heard)  # type: ignore[attr-defined]
        there = KdniaoSettings(front.url, BUSINESS_ID, APP_KEY)
        number = kdniao.issue_waybill(parcel(), settings=there)
        kdniao.subscribe("SF", number, phone_last4="5678", reference="P-1", settings=there)
        kdniao.subscribe("SF", number, phone_last4="5678", reference="P-1", settings=there)
        control(front, "clock", now=AT.isoformat())
        control(front, "step", waybill=number, count=4)
        asked = query(there, number)

    reports = [kdniao.parse_push(push["data"], at=AT + timedelta(minutes=5)) for push in heard]
    assert [len(report.points) for [report] in reports] == [1, 2, 3, 4]
    [last] = reports[-1]
    assert (last.carrier_code, last.waybill, last.reference) == ("SF", number, "P-1")
    assert list(last.points) == asked
    assert {point.key for [report] in reports for point in report.points} == {point.key for point in asked}


def _catch(heard: list[dict[str, str]]) -> Any:
    def send(data: str, *, wrong_sign: bool = False) -> dict[str, object]:
        heard.append({"data": data})
        return {"sent": True, "accepted": True}

    return send


def test_a_push_over_http_is_verified_as_it_was_signed(settings: KdniaoSettings, outside: Front) -> None:
    heard: list[bool] = []
    party: Any = outside.parties["kdniao"]
    party.pusher.callback = outside.url + "/api/dist"  # any address of ours will do to receive it
    done = threading.Event()

    def serve(call: Any) -> Any:
        form = call.form()
        heard.append(kdniao.verify_push(form["RequestData"], form["DataSign"], settings=settings))
        done.set()
        return original(call)

    original = party.serve
    number = kdniao.issue_waybill(parcel(), settings=settings)
    control(outside, "step", waybill=number)
    party.serve = serve
    control(outside, "push", waybill=number)
    control(outside, "push", waybill=number, sign="wrong")

    assert done.wait(5)
    assert heard == [True, False]


@pytest.mark.parametrize(
    ("time_text", "occurred_at", "kept"),
    [
        ("2026-11-20 12:00:00", AT, "2026-11-20T12:00:00+08:00"),
        ("2026/11/20 12:00", AT, "2026-11-20T12:00:00+08:00"),
        ("2026-11-20T12:00:00.123", AT, "2026-11-20T12:00:00+08:00"),
        ("Fri Nov 20 12:00:00 CST 2026", AT, "2026-11-20T12:00:00+08:00"),
        ("2026-11-20 12:59:59", AT + timedelta(minutes=59, seconds=59), "2026-11-20T12:59:59+08:00"),
    ],
)
def test_times_are_read_as_chinas(time_text: str, occurred_at: datetime, kept: str) -> None:
    point = _one_point(time_text)

    assert (point.occurred_at, point.doubtful, point.time_text) == (occurred_at, False, kept)
    assert point.occurred_at.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("time_text", "kept"),
    [
        ("1970-01-01 08:00:00", "1970-01-01T08:00:00+08:00"),
        ("2099-12-31 00:00:00", "2099-12-31T00:00:00+08:00"),
        ("2026-11-20 13:00:01", "2026-11-20T13:00:01+08:00"),
        ("2026-02-30 10:00:00", "2026-02-30 10:00:00"),
        ("0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        ("昨天", "昨天"),
        ("Fri Foo 20 12:00:00 CST 2026", "Fri Foo 20 12:00:00 CST 2026"),
        ("", ""),
    ],
)
def test_an_absurd_time_is_kept_and_flagged_and_ours_is_used(time_text: str, kept: str) -> None:
    point = _one_point(time_text)

    assert (point.occurred_at, point.doubtful, point.time_text) == (AT, True, kept)
    assert point.key == _one_point(time_text, at=AT + timedelta(hours=5)).key


def _one_point(time_text: str, at: datetime = AT, action: object = "2") -> TrackPoint:
    trace = {"AcceptTime": time_text, "AcceptStation": "快件在途", "Location": "上海市", "Action": action}
    [report] = kdniao.parse_push(_push(Traces=[trace]), at=at)
    [point] = report.points
    return point


def _push(**entry: object) -> str:
    return json.dumps(
        {"Data": [{"ShipperCode": "SF", "LogisticCode": "SF1000000000001", "Success": True, **entry}]}
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *[("1", "collected"), ("2", "in_transit"), ("201", "in_transit"), ("204", "in_transit")],
        *[("205", "in_transit"), ("206", "in_transit"), ("5", "in_transit"), ("6", "in_transit")],
        *[("202", "out_for_delivery"), ("419", "out_for_delivery")],
        *[("211", "awaiting_pickup"), ("412", "awaiting_pickup")],
        *[
            ("3", "delivered"),
            ("301", "delivered"),
            ("302", "delivered"),
            ("304", "delivered"),
            ("311", "delivered"),
        ],
        *[
            ("4", "exception"),
            ("401", "exception"),
            ("403", "exception"),
            ("405", "exception"),
            ("414", "exception"),
        ],
        *[("416", "exception"), ("423", "exception"), ("604", "exception"), ("499", "exception")],
        *[("404", "returning"), ("407", "returning"), ("413", "returning"), ("406", "returned")],
        *[("299", "in_transit"), ("", "in_transit"), ("?", "in_transit"), (202, "out_for_delivery")],
    ],
)
def test_every_code_has_one_of_our_statuses(code: object, status: str) -> None:
    assert _one_point("2026-11-20 12:00:00", action=code).status == status


def test_what_has_not_happened_is_no_event() -> None:
    waiting = {"AcceptTime": "2026-11-20 12:00:00", "AcceptStation": "等待揽收", "Action": "10"}
    [report] = kdniao.parse_push(_push(Traces=[waiting]), at=AT)

    assert report.points == ()


def test_ranks_rise_along_the_way() -> None:
    way = [terms.COLLECTED, terms.IN_TRANSIT, terms.OUT_FOR_DELIVERY, terms.LOST, terms.DELIVERED]
    back = [terms.RETURNING, terms.RETURNED]
    ranks = [terms.RANK[status] for status in way + back]

    assert ranks == sorted(set(ranks))
    assert (
        terms.RANK[terms.OUT_FOR_DELIVERY] == terms.RANK[terms.EXCEPTION] == terms.RANK[terms.AWAITING_PICKUP]
    )
    assert set(terms.STATUSES) == set(way) | set(back) | {terms.EXCEPTION, terms.AWAITING_PICKUP}


def test_real_answers_are_read() -> None:
    if not SAMPLES.exists():
        pytest.skip("../shared is not here")
    samples = {each["name"]: each["response"] for each in json.loads(SAMPLES.read_text(encoding="utf-8"))}
    read = {}
    for name in ("htky_2020_signed", "kdniao_doc_ZTO_78474409893076", "sto_2020_station"):
        at = datetime(2025, 1, 15, tzinfo=UTC) if "ZTO" in name else datetime(2020, 11, 1, tzinfo=UTC)
        report = kdniao_track.report_of(samples[name], at)
        assert not any(point.doubtful for point in report.points), name
        read[name] = (len(report.points), report.points[0].status, report.points[-1].status)

    assert read == {
        "htky_2020_signed": (len(samples["htky_2020_signed"]["Traces"]), "in_transit", "delivered"),
        "kdniao_doc_ZTO_78474409893076": (12, "collected", "delivered"),
        "sto_2020_station": (len(samples["sto_2020_station"]["traces"]), "in_transit", "delivered"),
    }
    empty = kdniao_track.report_of(samples["kdniao_doc_YTO_YT4841733297234"], AT)
    assert (empty.points, empty.reason) == ((), "暂无轨迹信息")


def test_one_bad_entry_does_not_hide_the_others() -> None:
    good = json.loads(_push())["Data"][0]
    data = json.dumps({"Data": [7, {"LogisticCode": "../etc"}, {"LogisticCode": "A" * 33}, good]})

    assert [report.waybill for report in kdniao.parse_push(data, at=AT)] == ["SF1000000000001"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "null",
        "[]",
        "<xml/>",
        '{"Data": {}}',
        '{"Data": [7]}',
        "[" * 100_000,
        '{"Data":' * 5000,
        "9" * 5000,
    ],
)
def test_a_push_of_which_nothing_can_be_read_is_refused(data: str) -> None:
    with pytest.raises(CarrierRefused):
        kdniao.parse_push(data, at=AT)


def test_push_answer_is_what_the_provider_waits_for() -> None:
    assert kdniao.push_answer(at=AT, settings=NOWHERE) == {
        "EBusinessID": BUSINESS_ID,
        "UpdateTime": "2026-11-20 12:00:00",
        "Success": True,
        "Reason": "",
    }
    assert kdniao.push_answer(at=AT, settings=NOWHERE, reason="busy")["Success"] is False


# Anything at all

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
