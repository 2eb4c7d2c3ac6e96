"""The warehouse scans, packs, ships and prints."""

from __future__ import annotations

import pytest
from django.test import Client

from inventory.models import Sku
from logistics.models import Parcel, PickTask, Waybill
from members.models import Member
from tests import worlds
from tests.desk.operators import browser, page, refusals, told
from tests.desk.test_admin_deeds.deeds import CHECKBOX, do, status_of

pytestmark = pytest.mark.django_db


def scan(client: Client, task: PickTask, barcode: str) -> list[str]:
    return told(client.post(page("logistics.picktask", "scan", task.pk), {"barcode": barcode}, follow=True))


def test_a_scanner_picks_piece_by_piece_and_says_what_is_wrong(lin: Member, mug: Sku) -> None:
    client = browser("warehouse")
    task = worlds.pick_task(worlds.placed(lin, (mug, 2)))
    assert scan(client, task, mug.barcode)[0].endswith("the pick task is “to pick”.")
    started = do(client, "logistics.picktask", "start", task.pk)
    assert started["Location"] == page("logistics.picktask", "scan", task.pk)
    client.get(started["Location"])
    assert scan(client, task, f" {mug.barcode}\t") == [f"{mug.gift.name_en} · 1 / 2"]
    wrong = "This barcode is not on the pick list. Put the piece back and take the right one."
    assert scan(client, task, "4711") == [f"4711: {wrong}"]
    assert scan(client, task, "") == [f"—: {wrong}"]
    assert scan(client, task, mug.barcode) == [f"{mug.gift.name_en} · 2 / 2"]
    extra = "All pieces of this SKU have been picked. Put the extra one back."
    assert scan(client, task, mug.barcode) == [f"{mug.barcode}: {extra}"]
    task.refresh_from_db()
    assert (task.state, task.started_by, task.lines.get().picked) == ("picked", "operator:warehouse", 2)


def boxes(*boxes: dict[str, object]) -> dict[str, object]:
    return {
        f"box{serial}-{name}": value
        for serial, box in enumerate(boxes, start=1)
        for name, value in ({"length_mm": 200, "width_mm": 100, "height_mm": 50} | box).items()
    }


def picked(by: Member, sku: Sku, quantity: int) -> PickTask:
    worlds.carrier_service()
    task = worlds.picking(by, (sku, quantity)).pick_tasks.get()
    do(browser("warehouse", name="picker"), "logistics.picktask", "tick_off", task.pk)
    return task


def test_one_box_is_proposed_with_the_weight_of_what_is_in_it(lin: Member, mug: Sku) -> None:
    task, client = picked(lin, mug, 2), browser("warehouse")
    address = page("logistics.picktask", "pack", task.pk)
    assert 'name="box1-weight_g" value="1000"' in client.get(address).content.decode()
    response = client.post(address, boxes({"weight_g": 1_100}))
    parcel = Parcel.objects.get(task=task)
    assert response["Location"] == page("logistics.parcel", "change", parcel.pk)
    assert (parcel.weight_g, parcel.waybill.state, status_of(task.order)) == (1_100, "wanted", "packed")
    shown = client.get(response["Location"])
    assert shown.headers["Refresh"] == "3"  # until a worker has the number
    Waybill.objects.filter(parcel=parcel).update(state="issued", number="SF1")
    assert "Refresh" not in client.get(response["Location"]).headers
    assert client.get(address)["Location"] == page("logistics.picktask", "change", task.pk)


def test_several_boxes_hold_together_what_was_picked(lin: Member, mug: Sku) -> None:
    task, client = picked(lin, mug, 3), browser("warehouse")
    address, line = page("logistics.picktask", "pack", task.pk) + "?boxes=2", task.lines.get().pk
    short = client.post(
        address, boxes({"weight_g": 500, f"line_{line}": 1}, {"weight_g": 500, f"line_{line}": 1})
    )
    assert (short.status_code, refusals(short)) == (
        400,
        ["“contents” is not valid. Correct it and try again."],
    )
    assert Parcel.objects.count() == 0
    client.post(address, boxes({"weight_g": 500, f"line_{line}": 1}, {"weight_g": 900, f"line_{line}": 2}))
    assert list(Parcel.objects.values_list("weight_g", "lines__quantity")) == [(500, 1), (900, 2)]


@pytest.mark.parametrize("weight", ["0", "-1", "1.5", "1e3", str(2**63), "", "heavy"])
def test_a_box_of_no_weight_is_refused_in_place(weight: str, lin: Member, mug: Sku) -> None:
    task, client = picked(lin, mug, 1), browser("warehouse")
    response = client.post(page("logistics.picktask", "pack", task.pk), boxes({"weight_g": weight}))
    assert (response.status_code, len(refusals(response)), Parcel.objects.count()) == (400, 1, 0)


def test_a_box_that_nobody_takes_is_refused_in_place(lin: Member, mug: Sku) -> None:
    task, client = picked(lin, mug, 1), browser("warehouse")
    response = client.post(page("logistics.picktask", "pack", task.pk), boxes({"weight_g": 900_000}))
    assert (response.status_code, Parcel.objects.count()) == (409, 0)
    assert refusals(response)[0].startswith("No carrier takes this parcel (900000 g, 200 mm)")


def test_parcels_are_shipped_in_bulk_once_per_order(lin: Member, mug: Sku) -> None:
    orders = [worlds.packed(lin, (mug, 1)) for _ in range(2)]
    chosen = {"action": "ship", CHECKBOX: list(Parcel.objects.values_list("pk", flat=True)), "confirmed": "1"}
    done = browser("warehouse").post(page("logistics.parcel"), chosen, follow=True)
    assert told(done) == ["Hand to the carrier: 2 done."]
    assert [status_of(order) for order in orders] == ["shipped"] * 2


def test_a_parcel_without_waybill_is_not_shipped(lin: Member, mug: Sku) -> None:
    order = worlds.packed(lin, (mug, 1))
    Waybill.objects.update(state="wanted", number="", issued_at=None)
    parcel, client = order.parcels.get(), browser("warehouse")
    assert 'id="deed-ship"' not in client.get(page("logistics.parcel", "change", parcel.pk)).content.decode()
    response = do(client, "logistics.parcel", "ship", parcel.pk)
    assert (response.status_code, status_of(order)) == (409, "packed")
    assert refusals(response)[0].startswith(f"A parcel of order {order.number} has no waybill yet.")


def test_the_panels_of_a_parcel_are_headed_in_the_operators_language(lin: Member, mug: Sku) -> None:
    parcel = worlds.packed(lin, (mug, 1)).parcels.get()
    address = page("logistics.parcel", "change", parcel.pk)
    told = browser("warehouse").get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "<h2>包裹</h2>" in told


def test_pick_lists_are_printed_one_task_a_sheet(lin: Member, mug: Sku) -> None:
    tasks = [worlds.pick_task(worlds.placed(lin, (mug, 1))) for _ in range(2)]
    client = browser("warehouse")
    chosen = {"action": "print_lists", "index": "0", CHECKBOX: [task.pk for task in tasks]}
    sheets = client.get(client.post(page("logistics.picktask"), chosen)["Location"]).content.decode()
    assert (sheets.count('class="sheet"'), sheets.count(mug.barcode)) == (2, 2)
    assert (
        client.get(page("logistics.picktask", "print") + "?ids=x,-1,,99999999999999999999").status_code == 404
    )
