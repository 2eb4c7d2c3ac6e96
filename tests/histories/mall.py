"""A points mall in plain Python, slow and obvious: what the services must do, said a second time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from orders.rules.deadlines import deadline

GRACE = timedelta(days=30)
REVIEW_FROM = 500
"""Points from which a person looks at an order."""
LIMIT = 3
"""Units of the limited SKU's gift that one member may keep."""


class No(Exception):
    """The mall refuses; nothing has changed."""


@dataclass(eq=False)
class Lot:
    """Points that expire together."""

    serial: int
    issued: int
    remaining: int
    expires_at: datetime
    held: int = 0


@dataclass
class Person:
    lots: list[Lot] = field(default_factory=list)

    def free_lots(self, at: datetime) -> list[Lot]:
        """Lots with points to spend, the first to expire first."""
        lots = [lot for lot in self.lots if lot.expires_at > at and lot.remaining > lot.held]
        return sorted(lots, key=lambda lot: (lot.expires_at, lot.serial))

    @property
    def balance(self) -> tuple[int, int]:
        """Available and held."""
        held = sum(lot.held for lot in self.lots)
        return sum(lot.remaining for lot in self.lots) - held, held


@dataclass
class Item:
    price: int
    is_limited: bool = False
    is_virtual: bool = False
    on_hand: int = 0
    reserved: int = 0


@dataclass
class Line:
    item: str
    quantity: int
    price: int
    cancelled: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.cancelled


@dataclass(eq=False)
class Redemption:
    """An order."""

    owner: int
    lines: list[Line]
    status: str
    parts: list[tuple[Lot, int]]
    """What is held, then captured, of which lot."""
    deadline_at: datetime | None
    place: int | None
    """Which of its owner's addresses; None for codes."""
    refunded: int = 0
    back: dict[int, int] = field(default_factory=dict)
    """Points that went back, by the lot's serial."""
    wanted: dict[int, int] | None = None
    """Units by line that a refund is asked for."""
    is_late: bool = False
    has_task: bool = False
    is_open: bool = False
    """Its parcel holds what was cancelled, and is packed again before it is sent."""

    @property
    def points(self) -> int:
        return sum(line.quantity * line.price for line in self.lines)

    @property
    def left(self) -> int:
        return sum(line.left * line.price for line in self.lines)


SHELVED = ("under_review", "ready", "picking", "packed")
STEPS = {
    "start": {"ready": "picking"},
    "pack": {"picking": "packed"},
    "repack": {"packed": "packed"},
    "ship": {"packed": "shipped"},
    "arrive": {"shipped": "delivered"},
    "confirm": {"shipped": "signed", "delivered": "signed"},
    "close": {"signed": "closed"},
    "approve": {"under_review": "ready"},
    "reject": {"under_review": "rejected"},
    "cancel": dict.fromkeys(SHELVED, "cancelled"),
}


def _fee(status: str, points: int) -> int:
    return points * 5 // 100 if status in ("picking", "packed") else 0


class Mall:
    """Everything there is, and the verbs; each either happens or raises No."""

    def __init__(self, now: datetime, items: dict[str, Item], people: int) -> None:
        self.now = now
        self.items = items
        self.people = [Person() for _ in range(people)]
        self.orders: list[Redemption] = []
        self._serial = count()

    def grant(self, who: int, points: int, days: int) -> None:
        lot = Lot(next(self._serial), points, points, self.now + timedelta(days=days))
        self.people[who].lots.append(lot)

    def place(self, who: int, wishes: list[tuple[str, int]]) -> Redemption:
        wanted: dict[str, int] = {}
        for name, quantity in wishes:
            wanted[name] = wanted.get(name, 0) + quantity
        kinds = {self.items[name].is_virtual for name in wanted}
        if len(kinds) > 1:
            raise No("virtual_alone")
        for name, quantity in wanted.items():
            if self.items[name].is_limited and self._kept(who, name) + quantity > LIMIT:
                raise No("limit_reached")
        for name, quantity in wanted.items():
            if self.items[name].on_hand - self.items[name].reserved < quantity:
                raise No("out_of_stock")
        lines = [Line(name, quantity, self.items[name].price) for name, quantity in wanted.items()]
        points = sum(line.quantity * line.price for line in lines)
        parts = self._hold(who, points)
        for line in lines:
            self.items[line.item].reserved += line.quantity
        status, place = "under_review" if points >= REVIEW_FROM else "ready", None if kinds == {True} else 0
        order = Redemption(who, lines, status, parts, None, place)
        if order.status == "ready":
            self._capture(order)
        self._enter(order, order.status)
        self.orders.append(order)
        return order

    def _hold(self, who: int, points: int) -> list[tuple[Lot, int]]:
        lots = self.people[who].free_lots(self.now)
        if sum(lot.remaining - lot.held for lot in lots) < points:
            raise No("insufficient_points")
        parts = []
        for lot in lots:
            part = min(points, lot.remaining - lot.held)
            if part:
                parts.append((lot, part))
                lot.held += part
                points -= part
        return parts

    def _kept(self, who: int, name: str) -> int:
        ended = ("rejected", "cancelled")
        mine = [order for order in self.orders if order.owner == who and order.status not in ended]
        return sum(line.left for order in mine for line in order.lines if line.item == name)

    def step(self, verb: str, order: Redemption) -> None:
        before = order.status
        self._check(verb, order)
        if verb == "repack":
            order.is_open = False
            return
        if verb in ("reject", "cancel"):
            self._end(order)
        self._enter(order, STEPS[verb][before])
        if verb == "approve":
            self._capture(order)
        if verb == "ship":
            self._send(order)

    def _check(self, verb: str, order: Redemption) -> None:
        if verb == "close" and order.wanted is not None:
            raise No("case_open")
        if order.status not in STEPS[verb] or (verb == "start" and order.place is None):
            raise No("transition_not_allowed")
        if verb == "repack" and not order.is_open:
            raise No("transition_not_allowed")
        if verb == "ship" and order.is_open:
            raise No("pack_again")

    def _end(self, order: Redemption) -> None:
        left = order.left
        for line in order.lines:
            self.items[line.item].reserved -= line.left
            line.cancelled = line.quantity
        if order.status == "under_review":
            self._release(order)
        else:
            self._give_back(order, left - _fee(order.status, left))

    def take_out(self, order: Redemption, units: dict[int, int]) -> None:
        """Cancel some units; with the last one, the order."""
        if order.status not in SHELVED:
            raise No("transition_not_allowed")
        if any(order.lines[n].left < units[n] for n in units):
            raise No("invalid")
        if sum(units.values()) == sum(line.left for line in order.lines):
            self.step("cancel", order)
            return
        for n, quantity in units.items():
            order.lines[n].cancelled += quantity
            self.items[order.lines[n].item].reserved -= quantity
        points = sum(order.lines[n].price * quantity for n, quantity in units.items())
        if order.status == "under_review":
            self._release_part(order, points)
        else:
            self._give_back(order, points - _fee(order.status, points))
        order.is_open = order.is_open or order.status == "packed"

    def redirect(self, order: Redemption, place: int | None) -> None:
        """Send an order to another address of its owner; to nobody's, it is refused."""
        if order.status not in SHELVED:
            raise No("transition_not_allowed")
        if place is not None and order.place == place:
            return
        if order.place is None or order.status == "packed":
            raise No("address_final")
        if place is None:
            raise No("address_invalid")
        order.place = place

    def hand_out_codes(self) -> None:
        for order in self.orders:
            if order.status == "ready" and order.place is None:
                self._send(order)
                self._enter(order, "delivered")

    def _send(self, order: Redemption) -> None:
        for line in order.lines:
            self.items[line.item].on_hand -= line.left
            self.items[line.item].reserved -= line.left

    def ask(self, order: Redemption, units: dict[int, int]) -> None:
        if order.status not in ("delivered", "signed"):
            raise No("not_delivered")
        if order.place is None:
            raise No("codes_final")
        if order.wanted is not None:
            raise No("refund_request_open")
        if any(order.lines[n].left - order.lines[n].returned < units[n] for n in units):
            raise No("invalid")
        order.wanted = units

    def answer(self, order: Redemption, decision: str, *, restock: bool) -> None:
        if order.wanted is None:
            raise No("refund_request_decided")
        if decision == "approve":
            for n, quantity in order.wanted.items():
                order.lines[n].returned += quantity
                if restock:
                    self.items[order.lines[n].item].on_hand += quantity
            self._give_back(
                order, sum(order.lines[n].price * quantity for n, quantity in order.wanted.items())
            )
        order.wanted = None

    def receive(self, name: str, quantity: int) -> None:
        self.items[name].on_hand += quantity

    def adjust(self, name: str, change: int) -> None:
        if self.items[name].on_hand + change < self.items[name].reserved:
            raise No("out_of_stock")
        self.items[name].on_hand += change

    def expire(self) -> None:
        for person in self.people:
            for lot in person.lots:
                if lot.expires_at <= self.now:
                    lot.remaining = lot.held

    def run_clock(self) -> None:
        due = [
            order for order in self.orders if order.deadline_at is not None and order.deadline_at <= self.now
        ]
        for order in due:
            if order.status in ("delivered", "signed"):
                if order.wanted is None:
                    self._enter(order, "signed" if order.status == "delivered" else "closed")
            else:
                order.is_late = True

    def _enter(self, order: Redemption, status: str) -> None:
        order.status, order.is_late = status, False
        order.deadline_at = deadline(status, self.now)

    def _capture(self, order: Redemption) -> None:
        for lot, part in order.parts:
            lot.held -= part
            lot.remaining -= part

    def _release(self, order: Redemption) -> None:
        for lot, part in order.parts:
            self._revive(lot)
            lot.held -= part

    def _release_part(self, order: Redemption, points: int) -> None:
        """What is held longest anyway goes first."""
        order.refunded += points
        for lot, part in sorted(order.parts, key=lambda it: (it[0].expires_at, it[0].serial), reverse=True):
            back = min(points, part)
            if back:
                self._revive(lot)
                lot.held -= back
                points -= back
                order.parts.remove((lot, part))
                order.parts.append((lot, part - back))

    def _give_back(self, order: Redemption, points: int) -> None:
        order.refunded += points
        for lot, part in sorted(order.parts, key=lambda it: (it[0].expires_at, it[0].serial), reverse=True):
            back = min(points, part - order.back.get(lot.serial, 0))
            if back:
                order.back[lot.serial] = order.back.get(lot.serial, 0) + back
                self._revive(lot)
                lot.remaining += back
                points -= back

    def _revive(self, lot: Lot) -> None:
        """What comes back to an expired lot lives on; what was left in it does not."""
        if lot.expires_at <= self.now:
            lot.remaining = lot.held
            lot.expires_at = self.now + GRACE
