"""The mall and its plain model side by side: the same is done to both, and both must hold the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from foundation.refusals import Refusal
from inventory.models import Sku, Stock
from logistics import services as logistics
from logistics.models import Waybill
from members.models import Member, PointsAccount, PointsLot
from orders import services as orders
from orders.models import ExceptionCase, Order, OrderLine
from tests import worlds
from tests.histories.mall import Mall, No, Redemption

CLERK, REVIEWER = "operator:clerk", "operator:reviewer"


class BothSides(RuleBasedStateMachine):
    """What is done to the model is done to the services; after each step they are compared."""

    mall: Mall
    skus: dict[str, Sku]
    members: list[Member]
    places: list[list[int]]
    """Addresses of each member."""
    found: list[Order]
    """The rows of the model's orders, in the same order."""

    def among(self, *statuses: str) -> list[int]:
        """Where the orders in these states stand in the list; all of them when none is named."""
        return [at for at, known in enumerate(self.mall.orders) if not statuses or known.status in statuses]

    def one(self, n: int, *statuses: str) -> tuple[Order, Redemption]:
        places = self.among(*statuses)
        at = places[n % len(places)]
        return self.found[at], self.mall.orders[at]

    def both(self, plain: Callable[[], object], real: Callable[[], Any]) -> Any:
        """Do it in the model and in the services; return the services' answer, None when both refuse alike."""
        refusal = None
        try:
            plain()
        except No as no:
            refusal = str(no)
        answer, refused = None, None
        try:
            answer = real()
        except Refusal as no:
            refused = no.code
        assert refused == refusal
        return answer

    def services(self, verb: str, order: Order) -> object:
        """Move an order by its own service, with what stands around it."""
        move = orders.Move(order.pk, self.mall.now, REVIEWER, "because")
        verbs: dict[str, Callable[[], object]] = {
            "approve": lambda: orders.approve([move]),
            "reject": lambda: orders.reject([move]),
            "cancel": lambda: orders.cancel_orders([move]),
            "confirm": lambda: orders.confirm_receipt([move]),
            "close": lambda: orders.close_orders([move]),
            "start": lambda: self.pick(verb, order),
            "pack": lambda: self.pack(verb, order),
            "repack": lambda: self.pack(verb, order),
            "ship": lambda: logistics.ship([move]),
            "arrive": lambda: self.arrive(order),
        }
        return verbs[verb]()

    def pick(self, verb: str, order: Order) -> object:
        now = self.mall.now
        if order.is_virtual:
            raise orders.TransitionRefused(status="nobody picks a code")
        logistics.open_pick_tasks([orders.Move(order.pk, now, CLERK)])
        task = order.pick_tasks.first()
        if task is None or task.state != "open":
            raise orders.TransitionRefused(status="no task")
        return logistics.start_picking([logistics.TaskMove(task.pk, now, CLERK)])

    def pack(self, verb: str, order: Order) -> object:
        """Pack, for the first time or again; what was cancelled goes back to its shelf first."""
        now, task = self.mall.now, order.pick_tasks.first()
        status = {"pack": "picking", "repack": "packed"}[verb]
        if task is None or Order.objects.get(pk=order.pk).status != status:
            raise orders.TransitionRefused(status="no task")
        moved = logistics.TaskMove(task.pk, now, CLERK)
        with transaction.atomic():
            logistics.trim_tasks(orders.Move(order.pk, now, CLERK))
            logistics.put_back([moved])
            task.refresh_from_db()
            if task.state == "picking":
                logistics.pick_all([moved])
            elif task.state != "picked":
                raise orders.TransitionRefused(status="packed")
            box = logistics.Box(1_000, waybill=f"SF{order.number}-{order.parcels.count()}")
            return logistics.pack([logistics.Packing(task.pk, (box,), now, CLERK)])

    def scan(self, order: Order, pieces: int) -> None:
        """Put some pieces into the trolley, as long as some are missing."""
        for line in order.pick_tasks.get().lines.select_related("sku"):
            for _ in range(min(pieces, line.quantity - line.picked)):
                try:
                    logistics.scan(line.task_id, barcode=line.sku.barcode, at=self.mall.now, by=CLERK)
                except (logistics.AlreadyPicked, logistics.WrongBarcode):
                    return  # cancelled before the warehouse heard of it

    def arrive(self, order: Order) -> object:
        waybill = Waybill.objects.filter(parcel__order=order, parcel__handed_over_at__isnull=False).first()
        if waybill is None or Order.objects.get(pk=order.pk).status != "shipped":
            raise orders.TransitionRefused(status="not on its way")
        point = worlds.track(at=self.mall.now)
        return logistics.record_tracking(
            [logistics.Report(waybill.pk, (point,), self.mall.now, "carrier:SF")]
        )

    # --- What must hold after each step

    @invariant()
    def points_are_those_of_the_model(self) -> None:
        if not hasattr(self, "found"):
            return
        accounts = PointsAccount.objects.filter(member__in=self.members).order_by("pk")
        assert list(accounts.values_list("available", "held")) == [one.balance for one in self.mall.people]
        lots = PointsLot.objects.order_by("pk").values_list("issued", "remaining", "held", "expires_at")
        ours = sorted((lot for one in self.mall.people for lot in one.lots), key=lambda lot: lot.serial)
        assert list(lots) == [(lot.issued, lot.remaining, lot.held, lot.expires_at) for lot in ours]

    @invariant()
    def stock_is_that_of_the_model(self) -> None:
        if not hasattr(self, "found"):
            return
        counters = {
            name: Stock.objects.values_list("on_hand", "reserved").get(sku=item)
            for name, item in self.skus.items()
        }
        assert counters == {name: (item.on_hand, item.reserved) for name, item in self.mall.items.items()}

    @invariant()
    def orders_are_those_of_the_model(self) -> None:
        if not hasattr(self, "found"):
            return
        rows = Order.objects.order_by("pk").values_list(
            "status", "points_total", "points_refunded", "deadline_at", "open_cases"
        )
        assert list(rows) == [
            (known.status, known.points, known.refunded, known.deadline_at, int(known.wanted is not None))
            for known in self.mall.orders
        ]
        lines = OrderLine.objects.order_by("order", "position")
        assert list(lines.values_list("order", "cancelled", "returned")) == [
            (order.pk, line.cancelled, line.returned)
            for order, known in zip(self.found, self.mall.orders, strict=True)
            for line in known.lines
        ]
        goes_to = Order.objects.order_by("pk").values_list("address", flat=True)
        assert list(goes_to) == [
            None if known.place is None else self.places[known.owner][known.place]
            for known in self.mall.orders
        ]
        late = set(ExceptionCase.objects.filter(resolved_at=None).values_list("order", flat=True))
        assert late == {
            order.pk for order, known in zip(self.found, self.mall.orders, strict=True) if known.is_late
        }
