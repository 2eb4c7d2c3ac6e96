"""What the demo mall's members have redeemed so far: orders in every state, each with a believable history.

A story is a generator: it does one thing through the services, then names the moment it wants to go on. All stories
are told together in the order of time, so that ledgers, stock and messages read as if they had grown day by day.
"""

from __future__ import annotations

import heapq
import logging
import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales import services as aftersales
from desk.demo.postman import Postman
from foundation.refusals import Refusal
from inventory.models import Sku
from logistics import services as logistics
from logistics import terms
from logistics.models import Parcel, PickTask, Waybill
from members import services as members
from members.models import Member
from orders import events
from orders import services as orders
from orders.models import Order
from orders.services.clock import BY as CLOCK

REVIEWER, WAREHOUSE, DESK = "operator:reviewer", "operator:warehouse", "operator:service_desk"

OPENED = timedelta(days=200)
"""How long the demo mall has been open."""

HIGH_VALUE, MODEST = 30_000, 9_000
"""Points: what a reviewer looks at first, and what most orders stay under."""

Story = Iterator[datetime]

ENDINGS: tuple[tuple[str, int, tuple[float, float]], ...] = (
    # how far it comes, how many there are, and between how many days ago they were placed
    ("under_review", 4, (0.1, 0.9)),
    ("rejected", 2, (5, 40)),
    ("cancelled_before_review", 1, (10, 30)),
    ("awaiting_payment", 2, (0.004, 0.012)),
    ("expired", 2, (3, 30)),
    ("ready", 6, (0.05, 1.2)),
    ("late", 2, (5, 7)),
    ("cancelled", 3, (3, 60)),
    ("picking", 3, (0.3, 1.0)),
    ("cancelled_with_fee", 1, (15, 40)),
    ("packed", 3, (0.5, 1.2)),
    ("shipped", 7, (1.5, 4)),
    ("delivered", 6, (4, 8)),
    ("refund_requested", 2, (6, 9)),
    ("refunded", 2, (12, 40)),
    ("refund_rejected", 1, (10, 12)),
    ("signed", 6, (7, 11)),
    ("closed", 26, (25, 180)),
)


@dataclass(frozen=True, slots=True)
class Teller:
    """What every story needs: chance, the members with what they may like, and the present moment."""

    chance: random.Random
    members: list[Member]
    skus: list[Sku]
    now: datetime

    def later(self, at: datetime, low: float, high: float) -> datetime:
        """Return a moment between so many hours later, on the minute and never after now."""
        moment = at + timedelta(hours=self.chance.uniform(low, high))
        return min(moment.replace(second=self.chance.randrange(60), microsecond=0), self.now)


def tell_stories(grants: Sequence[members.Grant], *, at: datetime) -> None:
    """Let all stories happen, in the order of time, with the facts delivered as they would have been.

    :param grants: the points that members are given on the way: nobody spends what they have not got yet
    """
    teller = Teller(
        random.Random(20261122),  # noqa: S311  (the same demo each time)
        list(Member.objects.filter(status="active").select_related("tier").order_by("pk")),
        list(
            Sku.objects.filter(gift__is_listed=True, gift__on_shelf_from=None, gift__kind="physical")
            .select_related("gift")
            .order_by("pk")
        ),
        at,
    )
    waiting: list[tuple[datetime, int, Story]] = []
    for ending, count, (latest, earliest) in ENDINGS:
        for _n in range(count):
            start = at - timedelta(days=teller.chance.uniform(latest, earliest))
            start = start.replace(microsecond=0)
            heapq.heappush(waiting, (start, len(waiting), tell(teller, ending, start)))
    for granted in grants:
        heapq.heappush(waiting, (granted.at, len(waiting), reward(granted)))
    heapq.heappush(waiting, (at - OPENED, len(waiting), remind(at - OPENED, at)))
    with quietly():
        _play(waiting, at)
    # The carriers' provider was not there in the past; what waits for it waits from now on.
    Waybill.objects.filter(state=Waybill.State.WANTED).update(next_attempt_at=at)
    Waybill.objects.filter(next_poll_at__lte=at).update(next_poll_at=at)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the terminal free of what went wrong in the past on purpose: the desk shows it."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _play(waiting: list[tuple[datetime, int, Story]], at: datetime) -> None:
    """Go through the stories in the order of time; whoever is told something is told it then."""
    postman, serial = Postman(), len(waiting)
    while waiting:
        moment, _serial, story = heapq.heappop(waiting)
        onward = next(story, None)
        while events.deliver_waiting(at=moment) or postman.deliver(at=moment):
            pass
        if onward is not None:
            serial += 1
            heapq.heappush(waiting, (onward, serial, story))
    orders.run_deadlines(at=at)
    aftersales.run_deadlines(at=at)
    while events.deliver_waiting(at=at) or postman.deliver(at=at):
        pass


def reward(granted: members.Grant) -> Story:
    """The bank gives a member points."""
    members.grant_points([granted])
    yield from ()


def remind(since: datetime, until: datetime) -> Story:
    """The clock tells members every few days which of their points are about to expire."""
    while since <= until:
        members.remind_of_expiry(at=since)
        since += timedelta(days=4)
        yield since
    members.remind_of_expiry(at=until)


def tell(teller: Teller, ending: str, at: datetime) -> Story:
    """One order, from its click to where it stands today."""
    reviewed = ending in ("under_review", "rejected", "cancelled_before_review")
    unpaid = ending in ("awaiting_payment", "expired")
    order = _place(teller, at, reviewed=reviewed, unpaid=unpaid)
    if order is None or ending in ("under_review", "awaiting_payment"):
        return
    if ending == "expired":
        assert order.deadline_at is not None
        yield order.deadline_at
        orders.expire_orders([orders.Move(order.pk, order.deadline_at, CLOCK, is_history=True)])
        return
    if ending == "cancelled_before_review":
        yield (at := teller.later(at, 0.2, 1))
        orders.cancel_orders([orders.Move(order.pk, at, f"member:{order.member.number}", "想换一个颜色")])
        return
    if order.status == Order.Status.UNDER_REVIEW:
        yield (at := teller.later(at, 0.3, 4))
        move = orders.Move(
            order.pk,
            at,
            REVIEWER,
            "该收货地址近期有多个会员使用，请致电客服核实。" if ending == "rejected" else "",
        )
        (orders.reject if ending == "rejected" else orders.approve)([move])
    if ending in ("rejected", "ready", "late"):
        return
    if ending == "cancelled":
        yield (at := teller.later(at, 0.2, 2))
        orders.cancel_orders(
            [orders.Move(order.pk, at, f"member:{order.member.number}", "地址填错了，重新下单")]
        )
        return
    yield from _fulfil(teller, order, ending, at)


def _place(teller: Teller, at: datetime, *, reviewed: bool, unpaid: bool) -> Order | None:
    """Somebody redeems something they can afford; the first wish that nothing speaks against.

    Nothing in the mall costs cash yet, so orders that wait for a payment come as an import would bring them.
    """
    high = [sku for sku in teller.skus if sku.points_price >= HIGH_VALUE]
    modest = [sku for sku in teller.skus if sku.points_price < MODEST]
    for _attempt in range(200):
        member = teller.chance.choice(teller.members)
        if member.joined_at > at:
            continue
        skus = (
            teller.chance.sample(high, 1)
            if reviewed
            else teller.chance.sample(modest, teller.chance.choice((1, 1, 1, 2)))
        )
        lines = tuple(
            orders.LineWish(sku.code, 1 if reviewed else teller.chance.choice((1, 1, 1, 2))) for sku in skus
        )
        address = teller.chance.choice(list(member.addresses.filter(retired_at=None)))
        by = f"member:{member.number}"
        request = orders.PlacementRequest(
            member_id=member.pk,
            lines=lines,
            address_id=address.pk,
            requested_by=by,
            request_id=str(uuid.UUID(int=teller.chance.getrandbits(128))),
            digest="demo",
            channel="portal",
            by=by,
            at=at,
            note=teller.chance.choice(("", "", "", "", "工作日请送到前台", "周末送货，谢谢")),
            is_history=unpaid,
            past_status=Order.Status.AWAITING_PAYMENT if unpaid else Order.Status.READY,
        )
        placed = orders.place_orders([request])[0]
        if isinstance(placed, Refusal):
            continue
        return Order.objects.select_related("member").get(pk=placed.order_id)
    return None


def _fulfil(teller: Teller, order: Order, ending: str, at: datetime) -> Story:
    """The warehouse takes over."""
    yield (at := teller.later(at, 0.5, 8))
    tasks = list(PickTask.objects.filter(order=order))
    logistics.start_picking([logistics.TaskMove(task.pk, at, WAREHOUSE) for task in tasks])
    if ending == "cancelled_with_fee":
        yield (at := teller.later(at, 0.1, 0.5))
        orders.cancel_orders([orders.Move(order.pk, at, f"member:{order.member.number}", "不需要了")])
        return
    if ending == "picking":
        lines = list(tasks[0].lines.select_related("sku"))
        if sum(line.quantity for line in lines) > 1:  # else the task would be picked
            logistics.scan(tasks[0].pk, barcode=lines[0].sku.barcode, at=at, by=WAREHOUSE)
        return
    yield (at := teller.later(at, 0.1, 0.7))
    logistics.pick_all([logistics.TaskMove(task.pk, at, WAREHOUSE) for task in tasks])
    yield (at := teller.later(at, 0.1, 1))
    for task in tasks:
        weight = 150 + sum(line.quantity * line.sku.weight_g for line in task.lines.select_related("sku"))
        longest = max(max(line.sku.length_mm, line.sku.width_mm) for line in task.lines.select_related("sku"))
        waybill = "" if ending == "packed" else _past_waybill(teller)
        box = logistics.Box(weight, longest + 20, 200, 150, service=_service(teller), waybill=waybill)
        try:
            logistics.pack([logistics.Packing(task.pk, (box,), at, WAREHOUSE)])
        except logistics.NoCarrier:
            box = logistics.Box(weight, longest + 20, 200, 150, waybill=waybill)
            logistics.pack([logistics.Packing(task.pk, (box,), at, WAREHOUSE)])
    if ending == "packed":
        return
    yield (at := teller.later(at, 1, 6))
    logistics.ship([orders.Move(order.pk, at, WAREHOUSE)])
    yield from _travel(teller, order, ending, at)


def _service(teller: Teller) -> str:
    return teller.chance.choice(
        ("sf-standard", "zto-standard", "yto-standard", "jd-standard", "ems-standard", "post-parcel")
    )


def _past_waybill(teller: Teller) -> str:
    return f"DEMO{teller.chance.randrange(10**11):011d}"


def _travel(teller: Teller, order: Order, ending: str, at: datetime) -> Story:
    """The carrier takes over, then the member."""
    warehouse_city, city = "上海市", order.region_name
    legs = [
        (terms.COLLECTED, "1", f"【{warehouse_city}】快件已揽收", (0.5, 3)),
        (terms.IN_TRANSIT, "2", f"【{warehouse_city}】快件离开转运中心，发往【{city}】", (3, 10)),
        (terms.IN_TRANSIT, "201", f"【{city}】快件已到达派件网点", (8, 24)),
        (terms.OUT_FOR_DELIVERY, "202", f"【{city}】快件正在派送，请保持电话畅通", (1, 6)),
        (terms.DELIVERED, "301", f"【{city}】快件已签收，感谢使用", (0.5, 5)),
    ]
    for status, code, text, (low, high) in legs[: 3 if ending == "shipped" else 5]:
        onward = teller.later(at, low, high)
        if onward >= teller.now:
            return
        yield (at := onward)
        for waybill in Waybill.objects.filter(parcel__order=order).select_related("carrier"):
            point = terms.TrackPoint(status, code, text, city, at, at.isoformat())
            logistics.record_tracking(
                [logistics.Report(waybill.pk, (point,), at, f"carrier:{waybill.carrier.code}")]
            )
    if (
        Parcel.objects.filter(order=order).exclude(state=Parcel.State.DELIVERED).exists()
        or ending == "delivered"
    ):
        return
    yield from _receive(teller, order, ending, at)


def _receive(teller: Teller, order: Order, ending: str, at: datetime) -> Story:
    """What the member makes of it."""
    by = f"member:{order.member.number}"
    yield (at := teller.later(at, 1, 30))
    if ending.startswith("refund"):
        line = order.lines.first()
        assert line is not None
        request = aftersales.request_refund(
            order.pk, [aftersales.Wanted(line.pk, 1)], reason="收到时外包装破损，杯口有裂纹", at=at, by=by
        )
        if ending == "refund_requested":
            return
        yield (at := teller.later(at, 2, 20))
        if ending == "refund_rejected":
            aftersales.reject_refund(
                request.pk, note="照片显示为使用后的磨损，不在退货范围内。", at=at, by=DESK
            )
            return
        aftersales.approve_refund(request.pk, {}, note="已为您退回积分，礼品无需寄回。", at=at, by=DESK)
    orders.confirm_receipt([orders.Move(order.pk, at, by)])
    if ending in ("closed", "refunded"):
        yield (at := min(at + timedelta(days=7, minutes=1), teller.now))
        order.refresh_from_db()
        if order.deadline_at is not None and order.deadline_at <= at:
            orders.close_orders([orders.Move(order.pk, at, CLOCK)])
