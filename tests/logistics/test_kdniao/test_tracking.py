"""Tracks over real HTTP: asked for and pushed, the same events both ways."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from logistics.gateways import kdniao
from logistics.gateways.kdniao import KdniaoSettings
from logistics.terms import CarrierRefused
from simulators.front import Front
from simulators.kdniao import APP_KEY, BUSINESS_ID, Account
from simulators.world import Choices, running
from tests.logistics.test_kdniao.one_parcel import AT, control, parcel, query


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
        front.parties["kdniao"].depot.pusher.send = _catch(heard)  # type: ignore[attr-defined]
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
    party.depot.pusher.callback = outside.url + "/api/dist"  # any address of ours will do to receive it
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
