"""The small world of the kill tests, as of now, and its books."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, Sum
from django.utils import timezone

from desk.services.audit import read_laws
from inventory import services as inventory
from inventory.models import Sku
from logistics.models import CarrierPush, PickTask, Waybill
from members import services as members
from members.models import Member, Message
from orders.models import Order, OrderEvent, OrderLine, ReviewRule
from orders.models.order import SENT
from orders.subscribers import TOLD
from tests import worlds
from tests.kills.buyers import Buyer

GRANTED = 1_000_000
RECEIVED = {"plenty": 10_000, "dear": 10_000, "scarce": 60}


@dataclass(frozen=True)
class World:
    """Members with points, and SKUs with stock: enough of two, the dear one reviewed, too little of the third."""

    members: list[Member]
    skus: dict[str, Sku]
    buyers: list[Buyer]

    @property
    def codes(self) -> list[str]:
        """The codes of the SKUs."""
        return [sku.code for sku in self.skus.values()]


def build(buyers: int) -> World:
    """Make a world in which members can buy at once."""
    now = timezone.now()
    who = [worlds.member(joined_days=1_000) for _ in range(buyers)]
    for each in who:
        worlds.grant(each, GRANTED, at=now - timedelta(days=1))
    skus = {name: worlds.sku(price=price) for name, price in (("plenty", 100), ("dear", 500), ("scarce", 50))}
    inventory.receive_stock(
        [
            inventory.Arrival(sku.code, "main", RECEIVED[name], f"test/{sku.code}", now, "test")
            for name, sku in skus.items()
        ]
    )
    worlds.carrier_service()
    ReviewRule.objects.create(kind="high_value", points_from=1_000)
    return World(who, skus, [_buyer(each) for each in who])


def _buyer(member: Member) -> Buyer:
    known = Member.objects.select_related("user").get(pk=member.pk)
    token, _expires = members.sign_token(known, at=timezone.now())
    return Buyer(f"member:{member.number}", token, member.addresses.get(is_default=True).pk)


def stored() -> list[tuple[str, str, str]]:
    """Return every order as the log of the clicks can be compared with it."""
    return list(Order.objects.values_list("requested_by", "request_id", "number"))


def is_quiet() -> bool:
    """Tell whether no job is left: facts, messages, waybills, callbacks.

    What a killed worker had begun waits half a minute for its next attempt; here it is told that this time is over.
    """
    now, later = timezone.now(), Q(attempts__gt=0, next_attempt_at__gt=timezone.now())
    left = (
        OrderEvent.objects.filter(delivered_at=None, dead_at=None),
        Message.objects.filter(state=Message.State.WAITING),
        Waybill.objects.filter(state=Waybill.State.WANTED),
        CarrierPush.objects.filter(applied_at=None, dead_at=None),
    )
    for jobs in left:
        jobs.filter(later).update(next_attempt_at=now)
    return not any(jobs.exists() for jobs in left)


def delivered() -> int:
    """Return how many facts have reached their subscribers."""
    return OrderEvent.objects.exclude(delivered_at=None).count()


def check_books(world: World) -> None:
    """Check that every law holds, and the arithmetic of this world by hand."""
    broken = [
        f"{finding.law.code}: {', '.join(finding.offenders)}"
        for finding in read_laws(at=timezone.now())
        if finding.violations
    ]
    assert broken == []
    for name, sku in world.skus.items():
        lines = OrderLine.objects.filter(sku=sku)
        sold = lines.aggregate(units=Sum("quantity", default=0))["units"]
        gone = lines.filter(order__status__in=SENT).aggregate(units=Sum("quantity", default=0))["units"]
        assert worlds.stock_of(sku) == (RECEIVED[name] - gone, sold - gone), name
        assert sold <= RECEIVED[name], name
    for member in world.members:
        totals = Counter(dict.fromkeys(("spent", "held"), 0))
        for status, points in Order.objects.filter(member=member).values_list("status", "points_total"):
            totals["spent"] += points
            totals["held"] += points if status == Order.Status.UNDER_REVIEW else 0
        assert worlds.points_of(member) == (GRANTED - totals["spent"], totals["held"])


def check_jobs() -> None:
    """Check that each fact had its effects, all of them and once, and that nothing was given up."""
    assert not OrderEvent.objects.exclude(dead_at=None).exists()
    told = {
        f"{number}#{seq}"
        for number, seq in OrderEvent.objects.filter(kind__in=TOLD).values_list("order__number", "seq")
    }
    for channel in (Message.Channel.INBOX, Message.Channel.MAIL):
        sent = Message.objects.filter(channel=channel, state=Message.State.SENT)
        assert Counter(sent.values_list("dedupe_key", flat=True)) == Counter(told)
    # A text that went to the provider with a worker that was killed is not sent again blindly.
    texts = Message.objects.filter(channel=Message.Channel.SMS)
    assert set(texts.values_list("state", flat=True)) <= {Message.State.SENT, Message.State.UNKNOWN}
    assert set(texts.values_list("dedupe_key", flat=True)) <= told
    accepted = Order.objects.exclude(status=Order.Status.UNDER_REVIEW)
    tasks = PickTask.objects.values_list("order", flat=True)
    assert Counter(tasks) == Counter(accepted.values_list("pk", flat=True))
    parcels = Waybill.objects.filter(state=Waybill.State.ISSUED).annotate(order=F("parcel__order"))
    shipped = Order.objects.filter(status=Order.Status.SHIPPED).values_list("pk", flat=True)
    assert Counter(parcels.values_list("order", flat=True)) == Counter(shipped)
