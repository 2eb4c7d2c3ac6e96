"""Keys of programs, passwords of operators, and what is tried again."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory.models import Sku
from logistics.models import CarrierPush, Waybill
from members import services as members
from members.models import ApiKey, Member, Message, User
from members.services.people import digest_of
from orders.models import OrderEvent
from tests import worlds
from tests.desk.operators import browser, page
from tests.desk.test_admin_deeds.deeds import do

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_revoked() -> None:
    client = browser("manager")
    made = client.post(
        page("members.apikey", "add"), {"name": "Bank", "channel": "bank", "scopes": ["orders:read"]}
    )
    key = re.search(r"<code>(pmk_[\w-]+)</code>", made.content.decode())
    row = ApiKey.objects.get()
    assert key is not None
    assert ("no-store" in made.headers["Cache-Control"], row.digest) == (True, digest_of(key[1]))
    assert key[1] not in client.get(page("members.apikey", "change", row.pk)).content.decode()
    do(client, "members.apikey", "revoke", row.pk)
    row.refresh_from_db()
    assert row.revoked_at is not None


@pytest.mark.parametrize("channel", ["portal", "api", "import"])
def test_no_key_opens_the_channels_of_members(channel: str) -> None:
    values = {"name": "Bank", "channel": channel, "scopes": ["orders:read"]}
    assert browser("manager").post(page("members.apikey", "add"), values).status_code == 200
    assert not ApiKey.objects.exists()


def test_another_password_signs_programs_out(lin: Member) -> None:
    User.objects.create_superuser("root", password="well-kept-2026")
    client = Client()
    assert client.login(username="root", password="well-kept-2026")
    values = {"password1": "better-kept-2026", "password2": "better-kept-2026", "usable_password": "true"}
    address = reverse("admin:auth_user_password_change", args=[lin.user_id])
    assert client.post(address, values).status_code == 302
    lin.user.refresh_from_db()
    assert (lin.user.check_password("better-kept-2026"), lin.user.token_epoch) == (True, 1)


def test_dead_letters_are_tried_again(lin: Member, mug: Sku) -> None:
    order = worlds.packed(lin, (mug, 1))
    now = timezone.now()
    OrderEvent.objects.filter(order=order, seq=1).update(dead_at=now, attempts=8)
    members.send_notices([members.Notice(lin.pk, "order.signed", "fact", now, {"number": order.number})])
    Message.objects.update(state="dead", attempts=8)
    Waybill.objects.update(state="dead", number="", attempts=8, issued_at=None)
    CarrierPush.objects.create(
        source="kdniao", digest="d", body="{}", received_at=now, next_attempt_at=now, dead_at=now, attempts=8
    )
    client = browser("manager")
    dead: dict[str, OrderEvent | Message | Waybill | CarrierPush] = {
        "orders.orderevent": OrderEvent.objects.get(dead_at__isnull=False),
        "members.message": Message.objects.order_by("pk")[0],
        "logistics.waybill": Waybill.objects.get(),
        "logistics.carrierpush": CarrierPush.objects.get(),
    }
    for model, row in dead.items():
        assert str(row.pk) in client.get(page(model)).content.decode()
        assert do(client, model, "replay", row.pk).status_code == 302
        row.refresh_from_db()
        assert (model, row.attempts) == (model, 0)
    assert OrderEvent.objects.filter(dead_at__isnull=False).count() == 0
    assert (Waybill.objects.get().state, CarrierPush.objects.get().dead_at) == ("wanted", None)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["dead", "waiting"]
