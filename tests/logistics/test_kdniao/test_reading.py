"""What a track says, read: its times, its codes, and what cannot be read at all."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from logistics import terms
from logistics.gateways import kdniao, kdniao_track
from logistics.terms import CarrierRefused, TrackPoint
from simulators.kdniao import BUSINESS_ID
from tests.logistics.test_kdniao.one_parcel import AT, NOWHERE

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "tracking_samples" / "tracking_samples.json"


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
