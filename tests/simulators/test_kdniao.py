"""The simulated 快递鸟 keeps to the real one's protocol, and to what the control endpoint tells it."""

import csv
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from simulators.front import Front
from simulators.kdniao import APP_KEY, BUSINESS_ID, DIST_PATH, QUERY_PATH, WAYBILL_PATH, Account, sign
from simulators.parcels import JOURNEYS
from simulators.waybills import MAKERS, s10, waybill_for
from simulators.world import Choices, running

PATTERNS = Path(__file__).parents[3] / "shared" / "data" / "carriers" / "cn_tracking_patterns.csv"
SHAPES = {
    "EMS": r"E[A-Z]\d{9}CN",
    "YZPY": r"9[689]\d{11}",
    "SF": r"SF1\d{12}",
    "ZTO": r"7[3-68]\d{12}",
    "YTO": r"YT\d{13}",
    "JD": r"JDV[A-Z]\d{11}",
}
CONTACT = {
    "Name": "王小明",
    "Mobile": "13800001234",
    "PostCode": "200000",
    "ProvinceName": "上海市",
    "CityName": "上海市",
    "ExpAreaName": "青浦区",
    "Address": "明珠路73号",
}


def order(reference: str = "P-1", carrier: str = "SF", **other: object) -> dict[str, Any]:
    return {
        "OrderCode": reference,
        "ShipperCode": carrier,
        "PayType": 3,
        "ExpType": "1",
        "Quantity": 1,
        "Sender": CONTACT,
        "Receiver": CONTACT | {"Mobile": "13900005678", "CityName": "成都市"},
        "Commodity": [{"GoodsName": "马克杯", "Goodsquantity": 1}],
        **other,
    }


def ask(front: Front, path: str, kind: str, content: object, key: str = APP_KEY) -> dict[str, Any]:
    data = json.dumps(content, ensure_ascii=False)
    form = {
        "RequestData": data,
        "EBusinessID": BUSINESS_ID,
        "RequestType": kind,
        "DataSign": sign(data, key),
        "DataType": "2",
    }
    answer: dict[str, Any] = httpx.post(front.url + path, data=form).json()
    return answer


def control(front: Front, what: str, **wish: object) -> Any:
    return httpx.post(f"{front.url}/control/kdniao/{what}", json=wish).raise_for_status().json()


def issue(front: Front, reference: str = "P-1", carrier: str = "SF") -> str:
    number: str = ask(front, WAYBILL_PATH, "1007", order(reference, carrier))["Order"]["LogisticCode"]
    return number


class Merchant:
    """Somebody who takes pushes, and answers as told."""

    def __init__(self) -> None:
        self.pushes: list[dict[str, str]] = []
        self.says: object = {"Success": True}
        merchant = self

        class Talk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                merchant.pushes.append({key: values[0] for key, values in parse_qs(body).items()})
                answer = json.dumps(merchant.says).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Talk)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/push"

    def tracks(self) -> list[dict[str, Any]]:
        return [json.loads(push["RequestData"])["Data"][0] for push in self.pushes]


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    merchant = Merchant()
    thread = threading.Thread(target=merchant.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield merchant
    merchant.server.shutdown()
    thread.join()
    merchant.server.server_close()


@pytest.fixture
def watched(merchant: Merchant) -> Iterator[Front]:
    with running(Choices(kdniao=Account(callback=merchant.url))) as front:
        yield front


def test_healthz_answers(outside: Front) -> None:
    assert httpx.get(outside.url + "/healthz").json() == {
        "ok": True,
        "parties": ["aliyun", "kdniao", "sms", "tencent"],
    }
    assert httpx.get(outside.url + "/elsewhere").status_code == 404


@pytest.mark.parametrize("carrier", sorted(SHAPES))
def test_a_waybill_looks_like_its_carriers(outside: Front, carrier: str) -> None:
    numbers = {issue(outside, f"P-{n}", carrier) for n in range(20)}

    assert len(numbers) == 20
    assert [number for number in numbers if not re.fullmatch(SHAPES[carrier], number)] == []


def test_waybills_fit_the_patterns_in_public_use() -> None:
    if not PATTERNS.exists():
        pytest.skip("../shared is not here")
    names = {"SF": "顺丰", "ZTO": "中通", "YTO": "圆通", "JD": "京东", "YZPY": "邮政", "EMS": "EMS"}
    with PATTERNS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for code, name in names.items():
        patterns = [row["regex"] for row in rows if row["carrier"] == name]
        assert patterns, name
        number = waybill_for(code, "P-1")
        assert any(re.match(pattern, number, re.IGNORECASE) for pattern in patterns), (code, number)


@pytest.mark.parametrize(
    ("serial", "check"), [("12345678", "5"), ("22170069", "2"), ("92778935", "7"), ("21116036", "6")]
)
def test_s10_has_the_check_digit_of_real_numbers(serial: str, check: str) -> None:
    assert s10("RC", serial, "CN") == f"RC{serial}{check}CN"


def test_the_same_order_code_gets_the_same_number_and_counts_as_one_effect(outside: Front) -> None:
    first = ask(outside, WAYBILL_PATH, "1007", order())
    again = ask(outside, WAYBILL_PATH, "1007", order())

    assert (first["ResultCode"], again["ResultCode"], again["Reason"]) == ("100", "106", "该订单号已下单成功")
    assert first["Order"] == again["Order"]
    assert control(outside, "effects", reference="P-1") == {"asked": 2, "issued": 1}


def test_twenty_at_once_with_one_order_code_are_one_effect(outside: Front) -> None:
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.append(issue(outside))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(numbers) == 20
    assert len(set(numbers)) == 1
    assert control(outside, "effects", reference="P-1") == {"asked": 20, "issued": 1}


def test_a_wrong_signature_is_refused_and_has_no_effect(outside: Front) -> None:
    answer = ask(outside, WAYBILL_PATH, "1007", order(), key="guessed")

    assert (answer["Success"], answer["Reason"]) == (False, "非法参数")
    assert control(outside, "effects") == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (order(reference=""), "101"),
        (order(carrier="DHL"), "105"),
        (order(Receiver={**CONTACT, "Address": ""}), "101"),
        (order(Receiver={**CONTACT, "Address": "A&B"}), "103"),
        (order(carrier="EMS", Receiver={**CONTACT, "PostCode": ""}), "101"),
        (order(Receiver="王小明"), "103"),
        (order(Commodity=["马克杯"]), "103"),
        ([order()], "401"),
    ],
)
def test_a_waybill_is_refused_with_the_documented_code(outside: Front, content: object, code: str) -> None:
    answer = ask(outside, WAYBILL_PATH, "1007", content)

    assert (answer["Success"], answer["ResultCode"]) == (False, code)


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
def test_a_parcel_walks_through_its_life_to_the_end(outside: Front, journey: str) -> None:
    waybill = issue(outside, carrier="YTO")
    control(outside, "journey", waybill=waybill, journey=journey)

    told = control(outside, "step", waybill=waybill, count="all")
    track = ask(outside, QUERY_PATH, "8002", {"LogisticCode": waybill})

    codes = [code for code, _ in JOURNEYS[journey]]
    assert [step["code"] for step in told[waybill]] == codes
    assert [trace["Action"] for trace in track["Traces"]] == codes
    assert (track["StateEx"], track["State"]) == (codes[-1], codes[-1][0])
    times = [trace["AcceptTime"] for trace in track["Traces"]]
    assert times == sorted(set(times))


def test_sf_tells_nothing_without_the_right_phone(outside: Front) -> None:
    waybill = issue(outside)
    control(outside, "step", waybill=waybill)
    asked = {"ShipperCode": "SF", "LogisticCode": waybill}

    without = ask(outside, QUERY_PATH, "8002", asked)
    wrong = ask(outside, QUERY_PATH, "8002", asked | {"CustomerName": "0000"})
    right = ask(outside, QUERY_PATH, "8002", asked | {"CustomerName": "5678"})

    assert (without["Success"], wrong["Success"], wrong["Reason"]) == (False, True, "暂无轨迹信息")
    assert (wrong["Traces"], len(right["Traces"])) == ([], 1)


def test_the_clock_can_be_set(outside: Front) -> None:
    httpx.post(outside.url + "/control/clock", json={"now": "2026-02-28T23:59:59+08:00"}).raise_for_status()
    waybill = issue(outside, carrier="ZTO")
    control(outside, "step", waybill=waybill)
    httpx.post(outside.url + "/control/clock", json={"advance": 3600}).raise_for_status()
    control(outside, "step", waybill=waybill)

    [parcel] = control(outside, "parcels")
    assert [trace["AcceptTime"] for trace in parcel["traces"]] == [
        "2026-02-28 23:59:59",
        "2026-03-01 00:59:59",
    ]


def test_a_subscriber_hears_each_step_signed_with_the_whole_track(watched: Front, merchant: Merchant) -> None:
    waybill = issue(watched, carrier="JD")
    control(watched, "step", waybill=waybill)
    assert merchant.pushes == []

    assert ask(watched, DIST_PATH, "1008", {"ShipperCode": "JD", "LogisticCode": waybill})["Success"] is True
    control(watched, "step", waybill=waybill, count="all")

    assert [len(track["Traces"]) for track in merchant.tracks()] == [2, 3, 4, 5]
    assert {push["RequestType"] for push in merchant.pushes} == {"101"}
    assert [push["DataSign"] for push in merchant.pushes] == [
        sign(push["RequestData"], APP_KEY) for push in merchant.pushes
    ]
    assert merchant.tracks()[-1]["OrderCode"] == "P-1"


def test_pushes_can_be_held_repeated_reordered_and_forged(watched: Front, merchant: Merchant) -> None:
    waybill = issue(watched, carrier="JD")
    ask(watched, DIST_PATH, "1008", {"ShipperCode": "JD", "LogisticCode": waybill})
    control(watched, "step", waybill=waybill, count="all", push=False)
    assert merchant.pushes == []

    control(watched, "push", waybill=waybill, snapshots=[3, 5, 1], copies=2)
    control(watched, "push", waybill=waybill, sign="wrong")

    assert [len(track["Traces"]) for track in merchant.tracks()] == [3, 5, 1, 3, 5, 1, 5]
    last = merchant.pushes[-1]
    assert last["DataSign"] != sign(last["RequestData"], APP_KEY)


def test_a_parcel_moves_by_itself_until_the_last_push_is_confirmed(merchant: Merchant) -> None:
    merchant.says = {"Success": False}
    with running(Choices(step_seconds=0.01, kdniao=Account(callback=merchant.url))) as front:
        party = front.parties["kdniao"]
        waybill = issue(front, carrier="YZPY")
        ask(front, DIST_PATH, "1008", {"ShipperCode": "YZPY", "LogisticCode": waybill})
        for _ in range(60):
            threading.Event().wait(0.02)
            party.tick()
            [parcel] = control(front, "parcels")
            if parcel["finished"]:
                merchant.says = {"Success": True}
            if parcel["pushed"]:
                break

    assert parcel["pushed"] == len(parcel["traces"]) == len(JOURNEYS[parcel["journey"]])
    heard = len(merchant.pushes)
    party.tick()
    assert len(merchant.pushes) == heard


def test_a_parcel_nobody_asked_about_stays_where_it_is() -> None:
    with running(Choices(step_seconds=0.01)) as front:
        issue(front)
        front.parties["kdniao"].tick()
        [parcel] = control(front, "parcels")

    assert parcel["traces"] == []


def test_a_parcel_that_got_its_number_elsewhere_moves_by_hand_alone() -> None:
    with running(Choices(step_seconds=0.01)) as front:
        shown = {"ShipperCode": "ZTO", "LogisticCode": "DEMO12345678901"}
        for path, kind in ((DIST_PATH, "1008"), (DIST_PATH, "8002")):
            ask(front, path, kind, shown)
        threading.Event().wait(0.02)
        front.parties["kdniao"].tick()
        assert [parcel["traces"] for parcel in control(front, "parcels")] == [[]]
        control(front, "step", waybill="DEMO12345678901")
        assert [len(parcel["traces"]) for parcel in control(front, "parcels")] == [1]


def test_parcels_and_counts_outlive_a_restart(tmp_path: Path) -> None:
    with running(Choices(state=tmp_path)) as front:
        waybill = issue(front, carrier="EMS")
        control(front, "step", waybill=waybill, count=2)
        before = control(front, "parcels")
    with running(Choices(state=tmp_path)) as front:
        assert control(front, "parcels") == before
        assert issue(front, carrier="EMS") == waybill
        assert control(front, "effects", reference="P-1") == {"asked": 2, "issued": 1}


def test_every_carrier_has_a_maker() -> None:
    assert sorted(MAKERS) == sorted(SHAPES)


def test_control_says_what_is_wrong(outside: Front) -> None:
    for what, wish in (("nonsense", {}), ("step", {"waybill": "?"}), ("faults", {"kind": "kind"})):
        assert httpx.post(f"{outside.url}/control/kdniao/{what}", json=wish).status_code == 400
    assert httpx.post(outside.url + "/control/clock", json=[1]).status_code == 400
