"""Pieces that members cancelled: the picker's pages say what goes back, and nothing is packed before."""

from __future__ import annotations

import re

import pytest

from inventory.models import Sku
from logistics import services as logistics
from logistics.models import Parcel, PickTask
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.desk.operators import browser, page, refusals, told
from tests.desk.test_admin_deeds.deeds import do, status_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin() -> Member:
    return worlds.member(points=100_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=9, price=100)


def cancel(order: Order, quantity: int, *, key: str = "click") -> None:
    wanted = [orders.LineCancel(order.lines.get().pk, quantity)]
    orders.cancel_units(worlds.move(order, by=f"member:{order.member.number}"), wanted, key=key)
    while events.deliver_waiting(at=worlds.AT):
        pass


def picked(order: Order, mug: Sku, quantity: int) -> PickTask:
    task = order.pick_tasks.get()
    for _ in range(quantity):
        logistics.scan(task.pk, barcode=mug.barcode, at=worlds.AT, by="operator:wang")
    return task


def test_the_scanner_says_what_goes_back_and_goes_on_when_it_is_there(lin: Member, mug: Sku) -> None:
    order, client = worlds.picking(lin, (mug, 4)), browser("warehouse")
    task = picked(order, mug, 3)
    address = page("logistics.picktask", "scan", task.pk)
    assert "Put back" not in client.get(address).content.decode()
    cancel(order, 2)
    shown = client.get(address).content.decode()
    assert f"Put back 1 × {mug.code}" in shown
    assert "All of it is back on the shelf" in shown
    assert (PickTask.objects.get(pk=task.pk).state, status_of(order)) == ("picked", "picking")
    packing = page("logistics.picktask", "pack", task.pk)
    assert f"Put back 1 × {mug.code}" in client.get(packing).content.decode()
    worlds.carrier_service()
    box = {"box1-weight_g": 500, "box1-length_mm": 200, "box1-width_mm": 100, "box1-height_mm": 50}
    refused = client.post(packing, box)
    assert (refused.status_code, Parcel.objects.count()) == (409, 0)
    assert refusals(refused)[0].startswith(f"The member has cancelled some of order {order.number}")
    done = do(client, "logistics.picktask", "put_back", task.pk)
    assert done["Location"] == packing
    assert "Put back" not in client.get(packing).content.decode()
    assert client.post(packing, box)["Location"] == page(
        "logistics.parcel", "change", Parcel.objects.get().pk
    )


def list_in(shown: str) -> dict[str, str]:
    return dict(re.findall(r'name="(put_back-shown)" value="([^"]+)"', shown))


@pytest.mark.parametrize("shown_on", ["scan", "pack", "change"])
def test_what_was_cancelled_after_the_page_was_read_is_still_to_be_put_back(
    shown_on: str, lin: Member, mug: Sku
) -> None:
    order, client = worlds.picking(lin, (mug, 4)), browser("warehouse")
    task = picked(order, mug, 4)
    cancel(order, 1)
    shown = client.get(page("logistics.picktask", shown_on, task.pk)).content.decode()
    seen = list_in(shown)
    cancel(order, 1, key="another")
    address = page("logistics.picktask", "put_back", task.pk)
    for _ in range(2):  # clicked twice
        refused = client.post(address, seen)
        assert (refused.status_code, refusals(refused)[0][:30]) == (409, "The member has cancelled more ")
    assert list(task.lines.values_list("picked", "to_put_back")) == [(2, 2)]
    seen = list_in(refused.content.decode())  # the page of the refusal shows the new list
    for _ in range(2):
        assert client.post(address, seen).status_code == 302
    assert list(task.lines.values_list("picked", "to_put_back")) == [(2, 0)]
    cancel(order, 1, key="one more")
    assert client.post(address, seen).status_code == 409
    assert list(task.lines.values_list("picked", "to_put_back")) == [(1, 1)]


@pytest.mark.parametrize("said", ["x", "\0", "1:1/1", "9" * 5_000])
def test_a_list_that_no_page_showed_puts_nothing_back(said: str, lin: Member, mug: Sku) -> None:
    order, client = worlds.picking(lin, (mug, 2)), browser("warehouse")
    task = picked(order, mug, 2)
    cancel(order, 1)
    refused = client.post(page("logistics.picktask", "put_back", task.pk), {"put_back-shown": said})
    assert (refused.status_code in (400, 409), task.lines.get().to_put_back) == (True, 1)


def test_what_goes_back_is_a_queue_and_counts_on_the_front_page(lin: Member, mug: Sku) -> None:
    order, client = worlds.picking(lin, (mug, 2)), browser("warehouse")
    task = picked(order, mug, 1)
    orders.cancel_orders([worlds.move(order)])
    while events.deliver_waiting(at=worlds.AT):
        pass
    queue = page("logistics.picktask") + "?queue=put_back"
    assert order.number in client.get(queue).content.decode()
    (card,) = (card for card in client.get("/admin/").context["work"] if card["name"] == "put_back")
    assert card["count"] == 1
    dossier = page("logistics.picktask", "change", task.pk)
    assert 'id="deed-put_back"' in client.get(dossier).content.decode()
    assert do(client, "logistics.picktask", "put_back", task.pk)["Location"] == dossier
    assert 'id="deed-put_back"' not in client.get(dossier).content.decode()
    assert order.number not in client.get(queue).content.decode()


def test_a_printed_list_holds_what_is_left_to_pick(lin: Member, mug: Sku) -> None:
    tea = worlds.sku(stock=9, price=50)
    order = worlds.picking(lin, (mug, 2), (tea, 1))
    task = picked(order, tea, 1)
    line = order.lines.get(sku=tea)
    orders.cancel_units(worlds.move(order), [orders.LineCancel(line.pk, 1)], key="tea")
    while events.deliver_waiting(at=worlds.AT):
        pass
    sheet = browser("warehouse").get(page("logistics.picktask", "print") + f"?ids={task.pk}").content.decode()
    assert (mug.barcode in sheet, tea.barcode in sheet) == (True, False)


def test_an_opened_parcel_is_not_shipped_and_says_why(lin: Member, mug: Sku) -> None:
    order, client = worlds.packed(lin, (mug, 3)), browser("warehouse")
    parcel = order.parcels.get()
    wanted = [orders.LineCancel(order.lines.get().pk, 1)]
    orders.cancel_units(worlds.move(order), wanted, key="click")  # the fact is on its way
    response = do(client, "logistics.parcel", "ship", parcel.pk)
    assert (response.status_code, status_of(order)) == (409, "packed")
    assert refusals(response)[0].startswith(
        f"The member has cancelled some of order {order.number}. Open its parcels"
    )
    while events.deliver_waiting(at=worlds.AT):
        pass
    listed = client.get(page("logistics.parcel") + "?queue=to_ship").content.decode()
    assert parcel.number not in listed


def test_a_reviewer_sees_what_is_left_of_the_order(lin: Member, mug: Sku) -> None:
    order, client = worlds.under_review(lin, (mug, 5)), browser("reviewer")
    cancel(order, 2)
    assert '<span class="num">300</span>' in client.get(page("orders.reviewtask")).content.decode()
    dossier = client.get(page("orders.reviewtask", "change", order.review_task.pk)).content.decode()
    assert "points of what was cancelled" in dossier.lower()
    assert told(client.get(page("orders.reviewtask"))) == []
    do(client, "orders.reviewtask", "approve", order.review_task.pk)
    assert (status_of(order), worlds.points_of(lin)) == ("ready", (99_700, 0))
