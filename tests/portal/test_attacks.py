"""What outsiders, other members and operators of the wrong role try, and what it gets them: nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse

from aftersales import services as aftersales
from aftersales.models import ReviewPicture
from aftersales.services import Opinion
from desk import services as desk
from foundation import pictures
from foundation.refusals import NotFound
from members import services as members
from members.models import Member
from orders import services as orders
from tests import worlds
from tests.aftersales.pictures import photo, sent
from tests.answers import Answer
from tests.desk import operators
from tests.desk.lived_in import deliver_all
from tests.portal import lived_in
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    made = worlds.member(points=10_000)
    made.user.set_password("well-kept-2026")
    made.user.save()
    return made


def kept_in_sessions() -> str:
    return json.dumps([session.get_decoded() for session in Session.objects.all()], ensure_ascii=False)


# --- What is typed while the session had ended


def test_no_session_ever_holds_a_password(member: Member) -> None:
    stranger = Client()
    typed = {"old": "well-kept-2026", "new": "brand-new-2027", "again": "brand-new-2027"}
    assert stranger.post(reverse("password"), typed).status_code == 302
    assert not [word for word in typed.values() if word in kept_in_sessions()]


def test_who_logs_in_next_on_a_shared_browser_reads_nothing_of_the_one_before(member: Member) -> None:
    shared = Client()
    shared.post(reverse("log-in"), {"login": member.phone, "password": "well-kept-2026"})
    Session.objects.all().delete()  # too long away
    page = reverse("address-new")
    shared.post(page, {"recipient": "欧阳文静", "detail": "桂林路 100 号", "save": "1"})
    assert "桂林路" in kept_in_sessions()
    shared.force_login(worlds.member().user)
    assert "桂林路" not in shared.get(page).content.decode()


def test_a_note_of_any_length_comes_through_the_address_form(member: Member) -> None:
    sku = worlds.sku(stock=5, price=100)
    client = english(member)
    page = f"{reverse('redeem', args=[sku.gift.code])}?sku={sku.code}&quantity=1"
    response = client.post(page, {"new_address": "1", "note": "😀" * 10_000})
    assert response.status_code == 302
    assert len(response["Location"]) < 8_000
    assert client.get(response["Location"]).status_code == 200


# --- Guessing who is there


def test_how_a_name_is_spelt_tells_nothing_about_whether_it_exists() -> None:
    operators.user("warehouse")

    def answers(name: str) -> list[int]:
        typed = [name.upper()] * 5 + [name]
        return [
            Client().post(reverse("log-in"), {"login": one, "password": "no"}).status_code for one in typed
        ]

    assert answers("warehouse") == answers("warehous3")


def test_a_key_that_was_left_empty_opens_nothing(settings: Any) -> None:
    settings.SMS_RECEIPT_KEY = ""
    for path in ("/api/v1/sms/aliyun/receipts", "/api/v1/sms/aliyun/receipts?key="):
        assert Client().post(path, "[]", content_type="application/json").status_code == 401


# --- Operators who may look at a list, but not at what it masks


@pytest.mark.parametrize(
    ("role", "model", "lookup"),
    [
        ("warehouse", "inventory.virtualcode", "secret__startswith"),
        ("auditor", "inventory.virtualcode", "secret__regex"),
        ("reviewer", "members.member", "phone__startswith"),
        ("finance", "members.member", "user__password__startswith"),
        ("finance", "members.member", "tier__member__phone__startswith"),
        ("service_desk", "members.message", "member__phone__startswith"),
        ("service_desk", "aftersales.complaint", "member__user__password__startswith"),
        ("auditor", "members.user", "password__startswith"),
        ("auditor", "members.smsreceipt", "phone__startswith"),
    ],
)
def test_no_filter_tells_letter_by_letter_what_is_masked(role: str, model: str, lookup: str) -> None:
    client = operators.browser(role)
    assert client.get(operators.page(model)).status_code == 200
    assert client.get(operators.page(model), {lookup: "1"}).status_code == 400


def test_filters_that_lists_offer_go_on_working() -> None:
    client = operators.browser("manager")
    for model, choice in (
        ("members.member", {"tier__id__exact": "1", "status__exact": "active"}),
        ("inventory.virtualcode", {"given_at__isempty": "1"}),
        ("inventory.sku", {"gift__category__id__exact": "1"}),
        ("inventory.stockmovement", {"stock__warehouse__id__exact": "1"}),
        ("orders.order", {"status__exact": "shipped"}),
        ("members.message", {"queue": "dead", "channel__exact": "sms"}),
    ):
        response = client.get(operators.page(model), choice)
        assert (response.status_code, model) == (200, model)


# --- Forgotten


def test_nothing_of_what_a_forgotten_member_wrote_or_drew_is_left(
    member: Member, django_capture_on_commit_callbacks: Any, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    by = f"member:{member.number}"
    mug = worlds.sku(stock=100, price=500)
    order = worlds.signed(member, (mug, 2))
    secret = "请打 13712345678 找欧阳文静"
    request = aftersales.request_refund(order.pk, None, reason=secret, at=NOW, by=by)
    aftersales.approve_refund(request.pk, {}, at=NOW, by="operator:lin")
    other = worlds.signed(member, (mug, 1))
    content = photo(size=(40, 30))
    drawn = pictures.redrawn(sent(content), name="p.jpg", size=len(content))
    aftersales.review_gift(other.lines.get().pk, Opinion(5, secret, (drawn,)), at=NOW, by=by)
    name = aftersales.picture_path(ReviewPicture.objects.get().name)
    assert default_storage.exists(name)
    filed = aftersales.file_complaint(
        member.pk, category="other", words=secret, request_id="1", order_number=other.number, at=NOW, by=by
    )
    agent = operators.user("service_desk")
    aftersales.resolve_complaint(filed.pk, answer=secret, assignee=agent, at=NOW, by="operator:lin")
    orders.close_orders([worlds.move(one, by="clock") for one in (order, other)])
    deliver_all(NOW)
    with django_capture_on_commit_callbacks(execute=True):
        wish = desk.ask_erasure(member.pk, gives_up_points=True, at=NOW)
        desk.fulfil_erasure(wish.pk, at=NOW + timedelta(hours=1), by="operator:lin")
    assert tables_with("13712345678") == []
    assert not default_storage.exists(name)


def test_a_click_on_its_way_writes_nothing_of_who_has_just_been_forgotten(member: Member) -> None:
    wish = desk.ask_erasure(member.pk, gives_up_points=True, at=NOW)
    desk.fulfil_erasure(wish.pk, at=NOW, by="operator:lin")
    with pytest.raises(NotFound):
        members.ask_mail_change(member.pk, address="late@example.com", link=str, at=NOW)
    county = worlds.region().code
    with pytest.raises(NotFound):
        members.add_address(
            member.pk, recipient="欧阳", phone="13712345678", region_code=county, detail="1",
            is_default=False, at=NOW,
        )  # fmt: skip
    assert tables_with("late@example.com") + tables_with("13712345678") == []


def tables_with(word: str) -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{word}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


# --- What is somebody else's


def test_what_is_somebody_elses_reads_like_what_does_not_exist(member: Member) -> None:
    home, stranger = lived_in.move_in(), english(member)
    found = home.pages()
    for name in MINE:
        for address in found[name]:
            nowhere = re.sub(r"(\d+)(?=/)", lambda match: "9" * len(match[1]), address, count=1)
            assert nowhere != address
            for send in (stranger.get, stranger.post):
                theirs, nobodys = send(address), send(nowhere)
                assert theirs.status_code in ({404, 405} if send == stranger.post else {404}), address
                assert bare(theirs, address) == bare(nobodys, nowhere), address


def bare(response: Answer, address: str) -> tuple[int, bytes]:
    """A page without its own address, which its form of languages names, and its token."""
    said = response.content.replace(address.encode(), b"")
    return response.status_code, re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", said)


MINE = {
    "order", "order-placed", "order-codes", "order-cancel", "order-cancel-part", "order-address", "order-confirm",
    "order-refund", "order-refunds", "order-feedback", "order-review", "parcel-track", "address-change",
    "address-remove", "complaint",
}  # fmt: skip


def test_a_header_does_not_say_where_the_mall_stands_for_whoever_comes_next(client: Client) -> None:
    """Gunicorn takes `SCRIPT_NAME` from a proxy's headers, and templates write addresses out once for everybody."""
    page = client.get(reverse("gifts"), SCRIPT_NAME="/elsewhere").content.decode()

    assert "/elsewhere" not in page
