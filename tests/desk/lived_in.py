"""A mall where orders went every way there is, all through the services; nothing about it is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from aftersales import services as aftersales
from desk import services as desk
from inventory import services as inventory
from inventory.models import Sku, Stock, Warehouse
from logistics import services as logistics
from logistics import terms
from logistics.models import Carrier, CarrierService, Parcel, PickTask, Waybill
from members import services as members
from members.models import Member, User
from orders import events
from orders import services as orders
from orders.models import Order, OrderEvent, ReviewRule, ReviewTask
from orders.services import moving
from tests import worlds
from tests.worlds import AT, move, placed

LONG_AGO = AT - timedelta(days=40)
CLERK, REVIEWER = "operator:clerk", "operator:reviewer"


@dataclass
class Mall:
    """What tests reach for; orders are found by what became of them."""

    lin: Member
    wang: Member
    mug: Sku
    tea: Sku
    orders: dict[str, Order]
    gone: Member


def deliver_all(at: datetime = AT) -> None:
    """Do what the workers do: facts to their subscribers, messages to members."""
    while events.deliver_waiting(at=at):
        pass
    while members.deliver_messages(at=at):
        pass


def packed(order: Order, *waybills: str, at: datetime = AT, is_history: bool = False) -> None:
    """Pick and pack an order into one parcel for each waybill; without any, into one that waits for its own."""
    task = PickTask.objects.get(order=order)
    moved = logistics.TaskMove(task.pk, at, CLERK, is_history=is_history)
    logistics.start_picking([moved])
    logistics.pick_all([moved])
    boxes: list[logistics.Box] = [
        logistics.Box(weight_g=800, waybill=waybill) for waybill in waybills or [""]
    ]
    if len(boxes) > 1:
        units = [dict.fromkeys([line.pk], line.quantity) for line in task.lines.all()]
        boxes = [replace(box, contents=contents) for box, contents in zip(boxes, units, strict=True)]
    logistics.pack([logistics.Packing(task.pk, tuple(boxes), at, CLERK, is_history=is_history)])


def sent(order: Order, *waybills: str, at: datetime = AT, is_history: bool = False) -> None:
    """Pick, pack and ship an order."""
    packed(order, *waybills, at=at, is_history=is_history)
    logistics.ship([orders.Move(order.pk, at, CLERK, is_history=is_history)])


def arrived(order: Order, *, at: datetime = AT) -> None:
    """Let the carrier say that every parcel of an order was delivered."""
    for parcel in Parcel.objects.filter(order=order):
        point = terms.TrackPoint(terms.DELIVERED, "3", "已签收", "上海", at, at.isoformat())
        report = logistics.Report(parcel.waybill.pk, (point,), at, "carrier:SF")
        logistics.record_tracking([report])


def build() -> Mall:
    """Make the mall and live in it until AT."""
    carrier = Carrier.objects.create(code="SF", name="顺丰")
    CarrierService.objects.create(
        carrier=carrier, code="sf-std", name="标快", max_weight_g=30_000, max_length_mm=1_000, first_price=1_200,
        additional_price=200,
    )  # fmt: skip
    ReviewRule.objects.create(kind="high_value", points_from=5_000)
    lin, wang = worlds.member(), worlds.member()
    # The second lot of Lin's expires first; Wang's old lot expired unused.
    worlds.grant(lin, 40_000, days=700, at=LONG_AGO, reference="grant/late")
    worlds.grant(lin, 20_000, days=300, at=LONG_AGO, reference="grant/early")
    worlds.grant(wang, 90_000, days=300, reference="grant/wang")
    worlds.grant(wang, 50, days=10, at=LONG_AGO, reference="grant/lapsed")
    members.expire_points(at=AT - timedelta(days=20), by="clock")
    mug, tea = worlds.sku(stock=500, price=300), worlds.sku(stock=500, price=1_000)
    inventory.add_warehouse(Warehouse(code="cellar", name="地下仓", region_code="310104", priority=900))
    stock = Stock.objects.get(sku=mug, warehouse__code="main")
    inventory.adjust_stock(stock.pk, change=-2, reason="broken", reference="count/1", at=AT, by=CLERK)
    mall = Mall(lin, wang, mug, tea, {}, worlds.member(points=700))
    _redeem(mall)
    _review(mall)
    _send(mall)
    _give_back(mall)
    _say(mall)
    _complain(mall)
    _forget(mall.gone)
    deliver_all()
    return mall


def _forget(member: Member) -> None:
    """Forget a member, whose points expire long before their time."""
    request = desk.ask_erasure(member.pk, gives_up_points=True, at=AT)
    desk.fulfil_erasure(request.pk, at=AT, by=CLERK)


def _redeem(mall: Mall) -> None:
    book, lin, mug, tea = mall.orders, mall.lin, mall.mug, mall.tea
    for name in (
        "ready",
        "closed",
        "delivered",
        "refunded",
        "dropped",
        "stopped",
        "recalled",
        "packed",
        "picking",
    ):
        book[name] = placed(lin, (mug, 2), (tea, 1), request_id=name)
    book["parted"] = placed(lin, (mug, 3), (tea, 1), request_id="parted")
    book["elsewhere"] = placed(lin, (mug, 1), request_id="elsewhere")
    book["two parcels"] = placed(mall.wang, (mug, 1), (tea, 2))
    book["stuck"] = placed(mall.wang, (mug, 1), at=LONG_AGO)
    for name in ("review", "approved", "rejected", "expired", "withdrawn", "thinned"):
        book[name] = placed(mall.wang, (tea, 6), request_id=name)
    for name in ("half picked", "repacked"):
        book[name.replace(" ", "_")] = placed(lin, (mug, 3), (tea, 1), request_id=name)
    # Points that were held when their lot expired come back for some grace days.
    worlds.grant(lin, 6_000, days=20, at=LONG_AGO, reference="grant/revived")
    book["revived"] = placed(lin, (tea, 6), at=LONG_AGO)
    deliver_all()


def _review(mall: Mall) -> None:
    book = mall.orders
    orders.approve([move(book["approved"], by=REVIEWER)])
    orders.reject([move(book[name], by=REVIEWER, reason="too many") for name in ("rejected", "revived")])
    orders.cancel_orders([move(book["withdrawn"], by=f"member:{mall.wang.number}")])
    _ask_payment(book["expired"])
    orders.expire_orders([move(book["expired"], by="clock")])
    deliver_all()


@transaction.atomic
def _ask_payment(order: Order) -> None:
    """Ask for cash, as orders with a cash part will."""
    asked = [move(order, by=REVIEWER)]
    held = moving.lock_orders(asked)
    facts = moving.advance(held, asked, lambda each: each.ask_payment, OrderEvent.Kind.PAYMENT_ASKED)
    moving.save(held, facts)
    ReviewTask.objects.filter(order=order).update(decision="approved", decided_by=REVIEWER, decided_at=AT)


def _send(mall: Mall) -> None:
    book = mall.orders
    _mend(mall)
    _thin_out(mall)
    orders.cancel_orders([move(book["dropped"])])
    packed(book["stopped"], "SF100")
    orders.cancel_orders([move(book["stopped"])])
    packed(book["recalled"])  # a worker was asking its carrier for a waybill
    orders.settle_addresses([move(book["recalled"])])
    Waybill.objects.filter(parcel__order=book["recalled"]).update(asked_at=AT, attempts=1)
    orders.cancel_orders([move(book["recalled"])])
    packed(book["packed"])
    logistics.start_picking([logistics.TaskMove(book["picking"].pick_tasks.get().pk, AT, CLERK)])
    sent(book["closed"], "SF101")
    sent(book["delivered"], "SF102")
    sent(book["refunded"], "SF103")
    sent(book["two parcels"], "SF104", "SF105")
    sent(book["stuck"], "SF106", at=LONG_AGO + timedelta(days=1), is_history=True)
    for name in ("closed", "delivered", "refunded"):
        arrived(book[name])
    orders.confirm_receipt([move(book["two parcels"], by=f"member:{mall.wang.number}")])
    orders.confirm_receipt([move(book["closed"], by="clock")])
    orders.close_orders([move(book["closed"], by="clock")])
    orders.run_deadlines(at=AT)  # one order is long past its time on the way
    deliver_all()


def _mend(mall: Mall) -> None:
    """One order loses a mug and all its tea before it is sent, another goes to another address.

    Others lose pieces while a reviewer looks at them, out of the trolley, and out of their parcel.
    """
    parted, elsewhere = mall.orders["parted"], mall.orders["elsewhere"]
    by = f"member:{mall.lin.number}"
    mugs, teas = parted.lines.all()
    wanted = [orders.LineCancel(mugs.pk, 1), orders.LineCancel(teas.pk, 1)]
    orders.cancel_units(move(parted, by=by), wanted, key="one")
    orders.change_address(move(elsewhere, by=by), worlds.address(mall.lin).pk)
    sent(parted, "SF107")
    sent(elsewhere, "SF108")
    for order in (parted, elsewhere):
        arrived(order)
        orders.confirm_receipt([move(order, by=by)])


def _thin_out(mall: Mall) -> None:
    """Wang wants one tea less, and one less again once the rest is approved; Lin one mug less of what is at work."""
    book = mall.orders
    thinned, half_picked, repacked = book["thinned"], book["half_picked"], book["repacked"]
    _take_one(thinned, mall.wang, "one")
    orders.approve([move(thinned, by=REVIEWER)])
    _take_one(thinned, mall.wang, "two")
    _take_one(book["review"], mall.wang, "three")
    task = half_picked.pick_tasks.get()
    logistics.start_picking([logistics.TaskMove(task.pk, AT, CLERK)])
    for _ in range(3):
        logistics.scan(task.pk, barcode=mall.mug.barcode, at=AT, by=CLERK)
    packed(repacked, "SF109")
    for order in (half_picked, repacked):
        _take_one(order, mall.lin, "four")
    deliver_all()
    again = repacked.pick_tasks.get()
    logistics.put_back([logistics.TaskMove(again.pk, AT, CLERK)])
    box = logistics.Box(weight_g=800, waybill="SF110")
    logistics.pack([logistics.Packing(again.pk, (box,), AT, CLERK)])
    logistics.ship([move(repacked)])


def _take_one(order: Order, by: Member, key: str) -> None:
    line = order.lines.order_by("position").first()
    assert line is not None
    orders.cancel_units(move(order, by=f"member:{by.number}"), [orders.LineCancel(line.pk, 1)], key=key)


def _say(mall: Mall) -> None:
    """Lin writes what she thinks of a mug, and answers the two questions."""
    order, by = mall.orders["parted"], f"member:{mall.lin.number}"
    aftersales.review_gift(order.lines.get(position=1).pk, aftersales.Opinion(5, "good"), at=AT, by=by)
    aftersales.answer_survey(order.pk, delivery=3, again="yes", at=AT, by=by)


def _give_back(mall: Mall) -> None:
    order = mall.orders["refunded"]
    mugs, teas = order.lines.all()
    asker = f"member:{mall.lin.number}"
    for line, kind in ((mugs, "restock"), (teas, "write_off")):
        wanted = [aftersales.Wanted(line.pk, 1)]
        request = aftersales.request_refund(order.pk, wanted, reason="broken", at=AT, by=asker)
        aftersales.approve_refund(request.pk, {request.lines.get().pk: kind}, at=AT, by=REVIEWER)
    request = aftersales.request_refund(order.pk, None, reason="regret", at=AT, by=asker)
    aftersales.reject_refund(request.pk, note="used", at=AT, by=REVIEWER)
    request = aftersales.request_refund(order.pk, None, reason="regret", at=AT, by=asker)
    aftersales.withdraw_refund(request.pk, at=AT, by=asker)
    other = mall.orders["delivered"]
    aftersales.request_refund(other.pk, None, reason="regret", at=AT, by=asker)


def _complain(mall: Mall) -> None:
    order, by, agent = (
        mall.orders["two parcels"],
        f"member:{mall.wang.number}",
        User.objects.create(username="agent"),
    )
    told = {"words": "it came late", "by": by}
    about = aftersales.file_complaint(
        mall.wang.pk, category="delivery", request_id="c1", order_number=order.number, at=AT, **told
    )
    aftersales.resolve_complaint(about.pk, answer="we are sorry", assignee=agent, at=AT, by=CLERK)
    aftersales.reopen_complaint(about.pk, words="it broke, too", after_round=1, at=AT, by=by)
    aftersales.resolve_complaint(about.pk, answer="so sorry", assignee=agent, at=AT, by=CLERK)
    aftersales.file_complaint(mall.wang.pk, category="other", request_id="c2", at=LONG_AGO, **told)
    aftersales.run_complaint_deadlines(at=AT)
