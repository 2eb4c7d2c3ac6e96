"""Waybills over real HTTP: issued once for each reference, cancelled, and every way to get no answer."""

import pytest

from logistics.gateways import kdniao
from logistics.gateways.kdniao import KdniaoSettings
from logistics.terms import CarrierRefused, CarrierUnavailable
from simulators.front import Front
from simulators.kdniao import BUSINESS_ID
from tests.logistics.test_kdniao.one_parcel import NOWHERE, control, parcel, query


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
