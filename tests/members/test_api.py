"""Log-in, a member's own record, and points from integrators, over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import services as members
from members.models import Member, PointsTransaction, User
from tests.api_clients import Api, api_of, everything, integrator
from tests.worlds import AT, grant, member, points_of

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(minutes=1)
PASSWORD = "green-tea-1988"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def lin() -> Member:
    made = member(points=300)
    made.user.set_password(PASSWORD)
    made.user.save()
    return made


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


# --- Log-in


@pytest.mark.parametrize("by", ["phone", "number"])
def test_a_member_logs_in_by_phone_or_number_and_is_known_by_the_token(lin: Member, by: str) -> None:
    answer = Api().post("tokens", {"login": getattr(lin, by), "password": PASSWORD})
    told = answer.json()
    assert answer.status_code == 201
    assert told["expires_at"] == "2026-11-02T14:01:00Z"
    assert Api(told["token"]).get("me").json()["number"] == lin.number


def test_every_failed_log_in_gets_the_same_answer_for_the_same_work(
    lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("operator", password=PASSWORD, is_staff=True)
    closed = member()
    Member.objects.filter(pk=closed.pk).update(status="closed")
    User.objects.filter(pk=closed.user_id).update(password=lin.user.password)
    never = member()  # has no password at all
    hashed: list[str] = []

    def encode(_hasher: object, password: str, salt: str) -> str:
        hashed.append(password)
        return "argon2$x"

    def verify(_hasher: object, password: str, encoded: str) -> bool:
        hashed.append(password)
        return password == PASSWORD

    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", encode)
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.verify", verify)
    answers, work = [], []
    for login, password in (
        (lin.number, "wrong"),
        ("99999999999", "wrong"),
        (never.phone, PASSWORD),
        ("operator", PASSWORD),
        (closed.number, PASSWORD),
    ):
        hashed.clear()
        answers.append(Api().post("tokens", {"login": login, "password": password}))
        work.append(len(hashed))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert code_of(answers[0]) == (401, "log_in_failed")
    assert work == [1] * 5


def test_a_disabled_member_is_out_with_the_next_request(lin: Member) -> None:
    api = api_of(lin)
    assert api.get("me").status_code == 200
    User.objects.filter(pk=lin.user_id).update(is_active=False)
    assert code_of(api.get("me")) == (401, "unauthenticated")
    assert code_of(Api().post("tokens", {"login": lin.phone, "password": PASSWORD})) == (401, "log_in_failed")


def test_a_token_ends_after_twelve_hours(lin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    api = api_of(lin)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=12))
    for answer in (api.get("me"), api.order({})):
        assert code_of(answer) == (401, "token_expired")


def test_a_token_that_was_changed_or_signed_for_something_else_is_not_ours(lin: Member) -> None:
    token, _expires = members.sign_token(Member.objects.select_related("user").get(pk=lin.pk), at=AT)
    payload, signature = token.removeprefix("pmt_").split(".")
    other = signing.Signer(sep=".", salt="something.else").sign(payload)
    for forged in (
        f"{token[:-1]}x",
        f"pmt_{payload}x.{signature}",
        f"pmt_{payload}",
        f"pmt_{other}",
        f"pmt_.{signature}",
    ):
        assert code_of(Api(forged).get("me")) == (401, "unauthenticated")


@pytest.mark.parametrize("name", ["a\0b", "x" * 151, ""])
def test_no_log_in_name_breaks_the_log_in(name: str) -> None:
    assert authenticate(username=name, password="x") is None


def test_a_name_of_an_operator_wins_over_a_phone(lin: Member) -> None:
    operator = User.objects.create_user(lin.phone, password="another-password")
    assert authenticate(username=lin.phone, password="another-password") == operator
    assert authenticate(username=lin.phone, password=PASSWORD) is None


def test_a_member_does_not_get_into_the_operators_desk(lin: Member) -> None:
    browser = Client()
    assert browser.login(username=lin.phone, password=PASSWORD)
    answer = browser.get("/admin/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")


# --- Own record


def test_me_addresses_and_points_for_a_pinned_number_of_statements(lin: Member) -> None:
    grant(lin, 50, days=10)
    api, told = api_of(lin), {}
    for path, expected in (("me", 2), ("me/addresses", 2), ("me/points", 3)):
        with CaptureQueriesContext(connection) as asked:
            told[path] = api.get(path, **{"accept-language": "en"}).json()
        assert len(asked) == expected
    assert told["me"] == {
        "number": lin.number,
        "name": lin.name,
        "phone": lin.phone,
        "email": lin.email,
        "tier": {"code": "standard", "name": "standard"},
        "status": "active",
        "language": "zh-hans",
        "joined_at": lin.joined_at.isoformat().replace("+00:00", "Z"),
    }
    assert told["me/addresses"] == [
        {
            "id": lin.addresses.get().pk,
            "recipient": lin.name,
            "phone": lin.phone,
            "region_code": "310104",
            "region_name": "上海市徐汇区",
            "detail": "漕溪北路 1 号",
            "is_default": True,
        }
    ]
    lots = told["me/points"].pop("lots")
    assert told["me/points"] == {"available": 350, "held": 0}
    assert [(lot["remaining"], lot["held"]) for lot in lots] == [(50, 0), (300, 0)]


# --- Points from integrators


def wish(of: Member, **fields: object) -> dict[str, object]:
    expires_at = (AT + timedelta(days=365)).isoformat()
    return {
        "member": of.number,
        "points": 500,
        "expires_at": expires_at,
        "reference": "B-1",
        "note": "消费积分",
    } | fields


def test_a_grant_happens_once_per_reference(lin: Member) -> None:
    api = integrator("points:grant")
    first = api.post("points/grants", wish(lin))
    before = everything()
    again = api.post("points/grants", wish(lin))
    assert (first.status_code, again.status_code, first.content) == (201, 200, again.content)
    assert everything() == before
    assert points_of(lin) == (800, 0)
    granted = PointsTransaction.objects.get(reference="bank/B-1")
    assert (granted.kind, granted.by, granted.note) == ("grant", "channel:bank", "消费积分")


def test_a_reference_used_for_another_grant_is_refused(lin: Member) -> None:
    api = integrator("points:grant")
    assert api.post("points/grants", wish(lin)).status_code == 201
    before = everything()
    for other in (
        wish(member(), points=500),
        wish(lin, points=501),
        wish(lin, expires_at=(AT + timedelta(days=366)).isoformat()),
        wish(lin, note=""),
    ):
        before = everything()
        assert code_of(api.post("points/grants", other)) == (422, "idempotency_mismatch")
        assert everything() == before


def test_channels_do_not_share_references(lin: Member) -> None:
    answers = [
        integrator("points:grant", channel=name).post("points/grants", wish(lin)) for name in ("bank", "shop")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert points_of(lin) == (1300, 0)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"points": 0}, "invalid", "points"),
        ({"points": -5}, "invalid", "points"),
        ({"points": True}, "invalid", "points"),
        ({"points": 10**9 + 1}, "invalid", "points"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "invalid", "expires_at"),
        ({"expires_at": "2027-01-01"}, "invalid", "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "invalid", "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, "invalid", "expires_at"),
        ({"reference": ""}, "invalid", "reference"),
        ({"reference": "x" * 51}, "invalid", "reference"),
        ({"note": "a\0b"}, "invalid", "note"),
        ({"member": "nobody"}, "unknown_member", None),
        ({"by": "me"}, "unknown_field", "by"),
    ],
    ids=repr,
)
def test_a_bad_grant_changes_nothing(
    lin: Member, fields: dict[str, object], code: str, field: str | None
) -> None:
    program, before = integrator("points:grant"), everything()
    told = json.loads(program.post("points/grants", wish(lin, **fields)).content)
    assert (told["code"], told.get("field")) == (code, field)
    assert everything() == before


def test_only_integrators_with_the_scope_grant_points(lin: Member) -> None:
    assert code_of(integrator("orders:write").post("points/grants", wish(lin))) == (403, "scope_missing")
    assert code_of(api_of(lin).post("points/grants", wish(lin))) == (403, "forbidden")
    assert points_of(lin) == (300, 0)
