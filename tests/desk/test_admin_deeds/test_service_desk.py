"""The service desk cancels, refunds and resolves cases."""

from __future__ import annotations

import pytest

from aftersales import services as aftersales
from aftersales.models import ReturnLine, ReturnRequest
from inventory.models import Sku
from logistics import services as logistics
from members.models import Member
from orders import services as orders
from orders.models import ExceptionCase
from tests import worlds
from tests.desk.operators import browser, page, refusals
from tests.desk.test_admin_deeds.deeds import do, status_of

pytestmark = pytest.mark.django_db


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
