"""Everything about me, and nothing about others; and a member who is forgotten, with the books still balanced."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales import services as aftersales
from aftersales.models import Complaint
from desk import services
from desk.disclosure import CHAPTERS
from desk.models import ErasureRequest
from foundation.refusals import Busy
from inventory.models import Sku
from members import services as members
from members.models import Address, Device, Member, Message, PointsPosting, User
from orders import services as orders
from orders.models import ExceptionCase, Order, OrderEvent
from tests import worlds
from tests.api_clients import api_of
from tests.desk import operators
from tests.desk.lived_in import deliver_all
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


def closed(by: Member, *lines: tuple[Sku, int]) -> Order:
    order = worlds.signed(by, *lines)
    orders.close_orders([worlds.move(order, by="clock")])
    return Order.objects.get(pk=order.pk)


def file_of(client: Client) -> dict[str, Any]:
    response = client.post(reverse("my-data-download"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Content-Disposition"].startswith('attachment; filename="pointsmall-')
    return dict(json.loads(b"".join(response)))


def asked(client: Client, **typed: str) -> Any:
    return client.post(reverse("my-data-erase"), {"is_sure": "on", **typed})


def test_each_page_of_mine_costs_its_statements(member: Member) -> None:
    client, found = english(member), {}
    names = ("profile", "devices", "sign-out-everywhere", "password", "mail", "my-data", "my-data-erase")
    for name in names:
        with CaptureQueriesContext(connection) as made:
            assert client.get(reverse(name)).status_code == 200
        found[name] = len(made)
    assert found == {
        "profile": 3,
        "devices": 3,
        "sign-out-everywhere": 2,
        "password": 2,
        "mail": 2,
        "my-data": 3,
        "my-data-erase": 6,
    }


# --- Everything about me


def test_the_file_holds_what_is_the_members_and_nothing_else(member: Member, mug: Sku) -> None:
    other = worlds.member(points=10_000)
    mine, theirs = closed(member, (mug, 2)), closed(other, (mug, 1))
    members.send_notices([members.Notice(member.pk, "order.signed", "x#1", NOW, {"number": mine.number})])
    told = file_of(english(member))
    assert list(told) == ["made_at", *(chapter.name for chapter in CHAPTERS)]
    assert told["profile"][0]["phone"] == member.phone
    assert [order["number"] for order in told["orders"]] == [mine.number]
    assert told["orders"][0]["lines"][0]["quantity"] == 2
    kinds = [event["kind"] for event in told["orders"][0]["events"]]
    assert kinds == list(OrderEvent.objects.filter(order=mine).values_list("kind", flat=True))
    assert sum(row["points"] for row in told["points_ledger"]) == 9_000
    assert mine.number in str(told["messages"])
    text = json.dumps(told, ensure_ascii=False)
    for word in (other.phone, other.number, other.name, theirs.number, "operator:wang"):
        assert word not in text


def test_secrets_are_not_in_the_file(member: Member) -> None:
    members.send_code(number=member.phone, address="10.0.0.1", at=NOW)
    code = Message.objects.get(template="sign_in.code").context["code"]
    assert code not in json.dumps(file_of(english(member))["messages"])


def test_many_orders_cost_no_more_statements(member: Member, mug: Sku) -> None:
    costs = []
    for _ in range(2):
        for _ in range(3):
            worlds.placed(member, (mug, 1))
        with CaptureQueriesContext(connection) as made:
            file_of(english(member))
        costs.append(len(made))
    assert costs[0] == costs[1]


def test_the_file_is_had_three_times_a_day(member: Member) -> None:
    client = english(member)
    for _ in range(3):
        file_of(client)
    refused = client.post(reverse("my-data-download"))
    assert (refused.status_code, refused["Retry-After"]) == (429, "86400")
    assert "Too many tries." in refused.content.decode()
    assert file_of(english(worlds.member()))


# --- Forgotten


def test_who_has_open_orders_reads_why_not_yet(member: Member, mug: Sku) -> None:
    worlds.shipped(member, (mug, 1))
    client = english(member)
    assert "1 of your orders are still under way." in client.get(reverse("my-data-erase")).content.decode()
    refused = asked(client, gives_up_points="on")
    assert (refused.status_code, ErasureRequest.objects.count()) == (409, 0)


def test_points_are_lost_only_by_who_agrees(member: Member) -> None:
    client = english(member)
    refused = asked(client)
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"gives_up_points"})
    with pytest.raises(services.PointsRemain):
        services.ask_erasure(member.pk, gives_up_points=False, at=NOW)
    assert asked(client, gives_up_points="on").status_code == 302
    request = ErasureRequest.objects.get()
    assert (request.state, request.gives_up_points, request.due_at) == (
        "waiting",
        True,
        NOW + timedelta(days=15),
    )
    assert asked(client, gives_up_points="on").status_code == 302
    assert ErasureRequest.objects.count() == 1


def test_a_wish_is_taken_back(member: Member) -> None:
    client = english(member)
    asked(client, gives_up_points="on")
    assert "I have changed my mind" in client.get(reverse("my-data")).content.decode()
    assert client.post(reverse("my-data-keep")).status_code == 302
    assert ErasureRequest.objects.get().state == "withdrawn"
    assert client.post(reverse("my-data-keep")).status_code == 404


def test_nobody_is_forgotten_without_ticking_it(member: Member) -> None:
    refused = english(member).post(reverse("my-data-erase"), {"gives_up_points": "on"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"is_sure"})


def wish(member: Member) -> ErasureRequest:
    deliver_all(NOW)
    return services.ask_erasure(member.pk, gives_up_points=True, at=NOW)


def test_a_forgotten_member_is_nowhere_and_the_books_balance(member: Member, mug: Sku) -> None:
    order = closed(member, (mug, 2))
    worlds.grant(member, 300, days=30)
    client = english(member)
    client.get(reverse("points"))
    deliver_all(NOW)
    before = list(PointsPosting.objects.order_by("pk").values())
    events = list(OrderEvent.objects.order_by("pk").values())
    request = wish(member)
    services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")
    gone = Member.objects.get(pk=member.pk)
    assert (gone.name, gone.email, gone.phone, gone.status) == ("", "", f"erased-{member.pk}", "closed")
    assert worlds.points_of(member) == (0, 0)
    assert list(PointsPosting.objects.order_by("pk").values())[: len(before)] == before
    assert list(OrderEvent.objects.order_by("pk").values()) == events
    order.refresh_from_db()
    assert (order.recipient, order.recipient_phone, order.address_detail, order.points_total) == (
        "",
        "",
        "",
        1_000,
    )
    assert not Message.objects.filter(member=member).exists()
    assert not Device.objects.filter(user=member.user_id).exists()
    assert client.get(reverse("points")).status_code == 302
    assert [f.law.code for f in services.read_laws(at=NOW) if f.violations] == []
    with pytest.raises(services.NotWaiting):
        services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")


def test_no_table_remembers_a_forgotten_member(member: Member, mug: Sku) -> None:
    closed(member, (mug, 1))
    words = [member.phone, member.name, member.email, member.bank_reference]
    services.fulfil_erasure(wish(member).pk, at=NOW, by="operator:lin")
    assert [remembered(word) for word in words] == [[]] * 4


def remembered(word: str) -> list[str]:
    """Every table that holds a word in any column of any row."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, %s) > 0)", [word])
            found += [table] if cursor.fetchone() == (True,) else []
    return found


def test_words_said_about_an_order_are_forgotten_and_its_facts_stay(member: Member, mug: Sku) -> None:
    """Words live in rows of their own: no fact, which nobody may change, holds any."""
    typed = "我叫王小明，电话 13800138000"
    dropped, refused = worlds.placed(member, (mug, 1)), worlds.under_review(member, (mug, 2))
    answer = api_of(member).post(f"orders/{dropped.number}/cancel", {"reason": typed})
    assert answer.json()["timeline"][-1]["reason"] == typed
    orders.reject([worlds.move(refused, reason=f"会员说：{typed}")])
    ExceptionCase.objects.create(
        order=dropped, kind="overdue", status_then="ready", opened_at=NOW, note=typed, resolved_at=NOW,
        resolved_by="operator:lin",
    )  # fmt: skip
    english(member).post(reverse("log-out"))
    deliver_all(NOW)
    assert remembered("13800138000")
    facts = list(OrderEvent.objects.order_by("pk").values())
    services.fulfil_erasure(wish(member).pk, at=NOW, by="operator:lin")
    assert remembered("13800138000") == []
    assert list(OrderEvent.objects.order_by("pk").values()) == facts
    assert [f.law.code for f in services.read_laws(at=NOW) if f.violations] == []


def test_what_came_in_between_stops_it_and_changes_nothing(member: Member, mug: Sku) -> None:
    request = wish(member)
    worlds.placed(member, (mug, 1))
    with pytest.raises(orders.OrdersOpen):
        services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")
    assert Member.objects.get(pk=member.pk).name == member.name
    assert ErasureRequest.objects.get().state == "waiting"


def test_nobody_is_forgotten_while_a_worker_is_about_to_tell_them_something(member: Member, mug: Sku) -> None:
    """What the worker read before would come to stand in a message after."""
    order = worlds.under_review(member, (mug, 1))
    orders.reject([worlds.move(order, reason="我叫王小明")])
    request = services.ask_erasure(member.pk, gives_up_points=True, at=NOW)
    with pytest.raises(Busy):
        services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")
    deliver_all(NOW)
    services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")
    assert remembered("王小明") == []


def test_points_that_came_in_between_are_not_taken_from_who_gave_none_up(mug: Sku) -> None:
    poor = worlds.member()
    request = services.ask_erasure(poor.pk, gives_up_points=False, at=NOW)
    worlds.grant(poor, 50)
    with pytest.raises(services.PointsRemain):
        services.fulfil_erasure(request.pk, at=NOW, by="operator:lin")
    assert worlds.points_of(poor) == (50, 0)


def test_who_is_owed_an_answer_is_not_forgotten(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    by = f"member:{member.number}"
    aftersales.request_refund(order.pk, None, reason="broken", at=NOW, by=by)
    Order.objects.filter(pk=order.pk).update(open_cases=0)
    with pytest.raises(aftersales.CasesOpen):
        aftersales.check_cases_over(member.pk)
    Complaint.objects.filter(member=member).delete()


def test_an_operator_forgets_or_declines(member: Member) -> None:
    desk = operators.browser("service_desk")
    request = wish(member)
    page = operators.page("desk.erasurerequest", "change", request.pk)
    assert desk.get(operators.page("desk.erasurerequest")).status_code == 200
    assert "lose the points" in desk.get(page).content.decode()
    unsure = desk.post(operators.page("desk.erasurerequest", "fulfil", request.pk), {})
    assert unsure.status_code == 400
    declined = desk.post(
        operators.page("desk.erasurerequest", "decline", request.pk), {"decline-reason": "Please call us."}
    )
    assert declined.status_code == 302
    assert "Please call us." in english(member).get(reverse("my-data")).content.decode()
    again = wish(member)
    fulfilled = desk.post(operators.page("desk.erasurerequest", "fulfil", again.pk), {"fulfil-is_sure": "on"})
    assert fulfilled.status_code == 302
    assert Member.objects.get(pk=member.pk).status == "closed"
    assert not User.objects.get(pk=member.user_id).is_active
    assert not Address.objects.filter(member=member).exclude(detail="").exists()


@pytest.mark.parametrize("role", ["warehouse", "finance", "reviewer", "auditor"])
def test_others_forget_nobody(member: Member, role: str) -> None:
    request = wish(member)
    desk = operators.browser(role)
    answer = desk.post(operators.page("desk.erasurerequest", "fulfil", request.pk), {"fulfil-is_sure": "on"})
    assert (answer.status_code, ErasureRequest.objects.get().state) == (403, "waiting")
