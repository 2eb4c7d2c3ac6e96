"""What operators do at the desk: one service call each, refusals told in place, nothing changed by them."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales import services as aftersales
from aftersales.models import ReturnLine, ReturnRequest
from inventory.models import Sku, Stock, StockMovement
from logistics import services as logistics
from logistics.models import CarrierPush, Parcel, PickTask, Waybill
from members import services as members
from members.models import ApiKey, Member, Message, PointsTransaction, User
from members.services.people import digest_of
from orders import services as orders
from orders.models import ExceptionCase, Order, OrderEvent, ReviewTask
from tests import worlds
from tests.desk.operators import browser, page, refusals, told

pytestmark = pytest.mark.django_db

CHECKBOX = "_selected_action"


@pytest.fixture
def lin() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=20)


def do(client: Client, model: str, deed: str, pk: int, **values: object) -> HttpResponse:
    """Press the button of a deed, with what was filled in."""
    return client.post(page(model, deed, pk), {f"{deed}-{name}": value for name, value in values.items()})


def status_of(order: Order) -> str:
    return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))


# --- Review


def test_a_reviewer_approves_and_goes_on_to_the_next(lin: Member, mug: Sku) -> None:
    first, second = worlds.under_review(lin, (mug, 1)), worlds.under_review(lin, (mug, 2))
    response = do(browser("reviewer"), "orders.reviewtask", "approve", first.review_task.pk)
    assert response.url == page("orders.reviewtask", "change", second.review_task.pk)
    assert (status_of(first), status_of(second)) == ("ready", "under_review")
    task = ReviewTask.objects.get(order=first)
    assert (task.decision, task.decided_by) == ("approved", "operator:reviewer")
    assert list(first.events.values_list("kind", "by"))[-1] == ("order.approved", "operator:reviewer")


def test_a_reject_without_a_reason_is_refused_in_place(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    for reason in ("", "   "):
        response = do(
            browser("reviewer", name=f"r{len(reason)}"),
            "orders.reviewtask",
            "reject",
            order.review_task.pk,
            reason=reason,
        )
        assert (response.status_code, refusals(response)) == (400, ["This field is required."])
    assert (status_of(order), order.events.count(), worlds.points_of(lin)) == (
        "under_review",
        2,
        (9_900, 100),
    )


def test_a_reject_gives_everything_back_and_says_why(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    response = do(
        browser("reviewer"), "orders.reviewtask", "reject", order.review_task.pk, reason="address unclear"
    )
    assert response.url == page("orders.reviewtask")
    assert (status_of(order), worlds.points_of(lin), worlds.stock_of(mug)) == (
        "rejected",
        (10_000, 0),
        (20, 0),
    )
    assert order.events.last().reason == "address unclear"


def test_a_maker_is_no_checker(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1), requested_by="operator:reviewer")
    response = do(browser("reviewer"), "orders.reviewtask", "approve", order.review_task.pk)
    assert response.status_code == 403
    assert refusals(response) == ["You placed this order yourself; somebody else has to review it."]
    assert status_of(order) == "under_review"


def test_a_deed_done_twice_is_refused_the_second_time(lin: Member, mug: Sku) -> None:
    client, order = browser("reviewer"), worlds.under_review(lin, (mug, 1))
    do(client, "orders.reviewtask", "approve", order.review_task.pk)
    response = do(client, "orders.reviewtask", "approve", order.review_task.pk)
    assert response.status_code == 409
    assert refusals(response) == ["This cannot be done now: the order is “ready to pick”."]
    assert order.events.count() == 3


def test_a_deed_wants_a_post_a_role_and_a_token(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    pk = order.review_task.pk
    assert browser("reviewer").get(page("orders.reviewtask", "approve", pk)).url == page(
        "orders.reviewtask", "change", pk
    )
    for role in ("warehouse", "service_desk", "finance", "auditor"):
        assert do(browser(role), "orders.reviewtask", "approve", pk).status_code == 403
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(username="reviewer"))
    assert do(careful, "orders.reviewtask", "approve", pk).status_code == 403
    assert status_of(order) == "under_review"


def test_reviews_are_decided_in_bulk_after_a_page_to_confirm(lin: Member, mug: Sku) -> None:
    client = browser("reviewer")
    good = [worlds.under_review(lin, (mug, 1)) for _ in range(2)]
    own = worlds.under_review(lin, (mug, 1), requested_by="operator:reviewer")
    chosen = {"action": "approve", CHECKBOX: [order.review_task.pk for order in [*good, own]]}
    asked = client.post(page("orders.reviewtask"), {**chosen, "index": "0"})
    assert (asked.status_code, [status_of(order) for order in good]) == (200, ["under_review"] * 2)
    assert all(order.number in asked.content.decode() for order in [*good, own])
    done = client.post(page("orders.reviewtask"), {**chosen, "confirmed": "1"}, follow=True)
    assert told(done) == [
        f"{own.number}: You placed this order yourself; somebody else has to review it.",
        "Approve: 2 done.",
    ]
    assert [status_of(order) for order in [*good, own]] == ["ready", "ready", "under_review"]


def test_a_bulk_reject_asks_for_its_reason(lin: Member, mug: Sku) -> None:
    client, order = browser("reviewer"), worlds.under_review(lin, (mug, 1))
    chosen = {"action": "reject", CHECKBOX: [order.review_task.pk], "confirmed": "1"}
    assert refusals(client.post(page("orders.reviewtask"), {**chosen, "reject-reason": " "})) == [
        "This field is required."
    ]
    assert status_of(order) == "under_review"
    client.post(page("orders.reviewtask"), {**chosen, "reject-reason": "duplicate"})
    assert status_of(order) == "rejected"


def test_actions_of_others_are_not_offered(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    chosen = {"action": "approve", CHECKBOX: [order.review_task.pk], "confirmed": "1"}
    client = browser("auditor")
    assert 'value="approve"' not in client.get(page("orders.reviewtask")).content.decode()
    client.post(page("orders.reviewtask"), chosen)
    assert status_of(order) == "under_review"


# --- Pick, pack, ship


def scan(client: Client, task: PickTask, barcode: str) -> list[str]:
    return told(client.post(page("logistics.picktask", "scan", task.pk), {"barcode": barcode}, follow=True))


def test_a_scanner_picks_piece_by_piece_and_says_what_is_wrong(lin: Member, mug: Sku) -> None:
    client = browser("warehouse")
    task = worlds.pick_task(worlds.placed(lin, (mug, 2)))
    assert scan(client, task, mug.barcode)[0].endswith("the pick task is “to pick”.")
    started = do(client, "logistics.picktask", "start", task.pk)
    assert started.url == page("logistics.picktask", "scan", task.pk)
    client.get(started.url)
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
    assert response.url == page("logistics.parcel", "change", parcel.pk)
    assert (parcel.weight_g, parcel.waybill.state, status_of(task.order)) == (1_100, "wanted", "packed")
    shown = client.get(response.url)
    assert shown.headers["Refresh"] == "3"  # until a worker has the number
    Waybill.objects.filter(parcel=parcel).update(state="issued", number="SF1")
    assert "Refresh" not in client.get(response.url).headers
    assert client.get(address).url == page("logistics.picktask", "change", task.pk)


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
    sheets = client.get(client.post(page("logistics.picktask"), chosen).url).content.decode()
    assert (sheets.count('class="sheet"'), sheets.count(mug.barcode)) == (2, 2)
    assert (
        client.get(page("logistics.picktask", "print") + "?ids=x,-1,,99999999999999999999").status_code == 404
    )


# --- Orders, refunds, cases


def test_cancelling_shows_its_fee_and_takes_just_that(lin: Member, mug: Sku) -> None:
    order, client = worlds.picking(lin, (mug, 2)), browser("service_desk")
    shown = client.get(page("orders.order", "change", order.pk)).content.decode()
    assert "190 points go back, the fee is 10 points" in shown
    values = {"reason": "changed their mind", "fee": 10}
    assert refusals(do(client, "orders.order", "cancel", order.pk, **values)) == ["This field is required."]
    stale = do(client, "orders.order", "cancel", order.pk, **values | {"fee": 0, "confirm": "on"})
    assert refusals(stale) == ["The fee has changed because the order went on. Look at it again."]
    assert (status_of(order), worlds.points_of(lin)) == ("picking", (9_800, 0))
    do(client, "orders.order", "cancel", order.pk, **values | {"confirm": "on"})
    assert (status_of(order), worlds.points_of(lin)) == ("cancelled", (9_990, 0))


def test_cancelling_takes_no_fee_that_was_not_shown(
    lin: Member, mug: Sku, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, client = worlds.placed(lin, (mug, 2)), browser("service_desk")
    cancel = orders.cancel_orders

    def pick_meanwhile(moves: list[orders.Move]) -> object:
        task = worlds.pick_task(order)
        logistics.start_picking([logistics.TaskMove(task.pk, worlds.AT, "operator:wu")])
        return cancel(moves)

    monkeypatch.setattr(orders, "cancel_orders", pick_meanwhile)
    do(client, "orders.order", "cancel", order.pk, reason="changed their mind", fee=0, confirm="on")
    assert (status_of(order), worlds.points_of(lin)) == ("picking", (9_800, 0))


def test_no_button_where_nothing_can_be_done(lin: Member, mug: Sku) -> None:
    order = worlds.shipped(lin, (mug, 1))
    assert (
        'id="deed-'
        not in browser("service_desk").get(page("orders.order", "change", order.pk)).content.decode()
    )


def asked(by: Member, sku: Sku, quantity: int = 2) -> ReturnRequest:
    order = worlds.delivered(by, (sku, quantity))
    return aftersales.request_refund(order.pk, None, reason="broken", at=worlds.AT, by=f"member:{by.number}")


def test_a_refund_goes_back_to_the_member_and_to_stock_line_by_line(lin: Member, mug: Sku) -> None:
    request = asked(lin, mug)
    line = request.lines.get()
    do(
        browser("service_desk"),
        "aftersales.returnrequest",
        "approve",
        request.pk,
        **{f"line_{line.pk}": "write_off", "note": ""},
    )
    assert ReturnRequest.objects.get(pk=request.pk).status == "refunded"
    assert ReturnLine.objects.get(pk=line.pk).disposition == "write_off"
    assert (worlds.points_of(lin), worlds.stock_of(mug)) == ((10_000, 0), (18, 0))


def test_a_declined_refund_needs_an_answer(lin: Member, mug: Sku) -> None:
    request, client = asked(lin, mug), browser("service_desk")
    response = do(client, "aftersales.returnrequest", "reject", request.pk, note=" ")
    assert refusals(response) == ["This field is required."]
    do(client, "aftersales.returnrequest", "reject", request.pk, note="worn")
    request = ReturnRequest.objects.get(pk=request.pk)
    assert (request.status, request.decided_by, request.decision_note) == (
        "rejected",
        "operator:service_desk",
        "worn",
    )


def test_goods_go_nowhere_else(lin: Member, mug: Sku) -> None:
    request = asked(lin, mug)
    values = {f"line_{request.lines.get().pk}": "keep", "note": ""}
    response = do(browser("service_desk"), "aftersales.returnrequest", "approve", request.pk, **values)
    assert (response.status_code, ReturnRequest.objects.get(pk=request.pk).status) == (400, "requested")


def test_a_case_is_resolved_with_a_note(lin: Member, mug: Sku) -> None:
    order = worlds.shipped(lin, (mug, 1))
    case = ExceptionCase.objects.create(
        order=order, kind="overdue", status_then="shipped", opened_at=worlds.AT
    )
    client = browser("reviewer")
    assert refusals(do(client, "orders.exceptioncase", "resolve", case.pk)) == ["This field is required."]
    do(client, "orders.exceptioncase", "resolve", case.pk, note="called the carrier")
    case.refresh_from_db()
    assert (case.note, case.resolved_by) == ("called the carrier", "operator:reviewer")


# --- Points, stock, keys, dead letters


def grant(client: Client, member: Member, **values: object) -> HttpResponse:
    filled = {"points": 50, "expires_at": "2099-01-01T00:00", "reference": "thanks/1", "note": "sorry"}
    return do(client, "members.member", "grant", member.pk, **filled | values)


def test_finance_grants_points_once_per_reference(lin: Member) -> None:
    client = browser("finance")
    assert grant(client, lin).status_code == 302
    assert worlds.points_of(lin) == (10_050, 0)
    given = PointsTransaction.objects.get(reference="thanks/1")
    assert (given.kind, given.by, given.note) == ("grant", "operator:finance", "sorry")
    again = grant(client, lin)
    assert (again.status_code, len(refusals(again)), worlds.points_of(lin)) == (409, 1, (10_050, 0))


@pytest.mark.parametrize(
    "wrong",
    [{"points": value} for value in (0, -1, "1.5", "1e3", 10**9, 2**63)]
    + [
        {"expires_at": value}
        for value in ("2020-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "soon", "")
    ]
    + [{"reference": ""}, {"reference": "x" * 81}, {"note": "\0"}],
)
def test_a_wrong_grant_changes_nothing(wrong: dict[str, object], lin: Member) -> None:
    response = grant(browser("finance"), lin, **wrong)
    assert (response.status_code, len(refusals(response)), worlds.points_of(lin)) == (400, 1, (10_000, 0))


def test_only_finance_grants(lin: Member) -> None:
    for role in ("manager", "service_desk", "auditor"):
        assert grant(browser(role), lin).status_code == 403
    assert worlds.points_of(lin) == (10_000, 0)


def test_stock_comes_in_once_per_delivery_note(mug: Sku) -> None:
    stock, client = Stock.objects.get(sku=mug), browser("warehouse")
    assert do(client, "inventory.stock", "receive", stock.pk, quantity=5, reference="DN-1").status_code == 302
    again = do(client, "inventory.stock", "receive", stock.pk, quantity=5, reference="DN-1")
    assert (again.status_code, worlds.stock_of(mug)) == (409, (25, 0))


def test_stock_is_adjusted_with_a_reason_and_never_below_what_is_promised(lin: Member, mug: Sku) -> None:
    worlds.placed(lin, (mug, 15))
    stock, client = Stock.objects.get(sku=mug), browser("warehouse")
    values = {"change": -2, "reason": "broken", "reference": "adjust/1"}
    assert refusals(do(client, "inventory.stock", "adjust", stock.pk, **values | {"reason": " "})) == [
        "This field is required."
    ]
    assert do(client, "inventory.stock", "adjust", stock.pk, **values).status_code == 302
    twice = do(client, "inventory.stock", "adjust", stock.pk, **values)  # the same click, sent again
    assert (twice.status_code, worlds.stock_of(mug)) == (409, (18, 15))
    below = do(
        client, "inventory.stock", "adjust", stock.pk, **values | {"change": -4, "reference": "adjust/2"}
    )
    assert (below.status_code, worlds.stock_of(mug)) == (409, (18, 15))
    assert StockMovement.objects.filter(kind="adjusted").values_list("by", "reason").get() == (
        "operator:warehouse",
        "broken",
    )


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
    for model, row in {
        "orders.orderevent": OrderEvent.objects.get(dead_at__isnull=False),
        "members.message": Message.objects.first(),
        "logistics.waybill": Waybill.objects.get(),
        "logistics.carrierpush": CarrierPush.objects.get(),
    }.items():
        assert str(row.pk) in client.get(page(model)).content.decode()
        assert do(client, model, "replay", row.pk).status_code == 302
        row.refresh_from_db()
        assert (model, row.attempts) == (model, 0)
    assert OrderEvent.objects.filter(dead_at__isnull=False).count() == 0
    assert (Waybill.objects.get().state, CarrierPush.objects.get().dead_at) == ("wanted", None)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["dead", "waiting"]
