"""Random lives of a small mall: after each step the services hold what the plain model holds, and the auditor agrees.

HISTORIES=500 make test (or pytest) takes more of them. A failure prints the steps and a blob that repeats it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aftersales import services as aftersales
from desk import services as desk
from inventory import services as inventory
from inventory.models import Gift, Stock
from logistics import services as logistics
from logistics.gateways import kdniao
from members import services as members
from members.services.messages import channels
from orders import events
from orders import services as orders
from orders.models import Order, RedemptionRule, ReviewRule
from orders.services import policy
from tests import worlds
from tests.histories.both_sides import CLERK, REVIEWER, BothSides
from tests.histories.mall import LIMIT, REVIEW_FROM, SHELVED, STEPS, Item, Mall, Redemption

HISTORIES = int(os.environ.get("HISTORIES", "20"))
STEPS_EACH = int(os.environ.get("STEPS", "25"))
ITEMS = ("mug", "lamp", "bike", "card")
WHICH = st.integers(0, 50)
"""One of what there is, counted round."""
DECISIONS = st.sampled_from(("approve", "reject", "withdraw", ""))
WISHES = st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 3)), min_size=1, max_size=2)
JOBS = ("expire_points", "run_the_clock", "run_the_workers")
UNITS = st.dictionaries(st.integers(0, 1), st.integers(1, 3), min_size=1)
NEXT = {
    "under_review": "approve",
    "ready": "start",
    "picking": "pack",
    "packed": "ship",
    "shipped": "arrive",
    "delivered": "confirm",
    "signed": "close",
}


class Life(BothSides):
    """One history, in a transaction that is taken back."""

    number: ClassVar[count[int]] = count(1)

    @initialize()
    def open_the_mall(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        policy._known = policy._NOTHING
        worlds.carrier_service()
        self.skus = {
            "mug": worlds.sku(price=30),
            "lamp": worlds.sku(price=110),
            "bike": worlds.sku(price=290),
            "card": worlds.sku(price=50),
        }
        Gift.objects.filter(pk=self.skus["card"].gift_id).update(kind=Gift.Kind.VIRTUAL_CODE)
        self.mall = Mall(
            worlds.AT,
            {
                "mug": Item(30),
                "lamp": Item(110, is_limited=True),
                "bike": Item(290),
                "card": Item(50, is_virtual=True),
            },
            people=2,
        )
        self.members = [worlds.member() for _ in self.mall.people]
        self.places = [
            [one.addresses.get().pk, worlds.address(one).pk, worlds.address(one).pk] for one in self.members
        ]
        self.found: list[Order] = []
        self.serial = count(1)
        ReviewRule.objects.create(kind="high_value", points_from=REVIEW_FROM)
        RedemptionRule.objects.create(kind="max_per_member", gift=self.skus["lamp"].gift, quantity=LIMIT)
        for who in range(len(self.members)):
            self.grant(who, 2_000, 40)
        for name in ITEMS:
            self.receive(name, 12)

    # --- What may happen

    @rule(who=st.integers(0, 1), points=st.integers(1, 600), days=st.integers(1, 60))
    def grant(self, who: int, points: int, days: int) -> None:
        expires_at = self.mall.now + timedelta(days=days)
        reference = f"grant/{next(self.serial)}"
        grant = members.Grant(self.members[who].pk, points, expires_at, reference, self.mall.now, "bank")
        self.both(lambda: self.mall.grant(who, points, days), lambda: members.grant_points([grant]))

    @rule(who=st.integers(0, 1), wishes=WISHES, steps=st.integers(0, 3))
    def place_and_cancel(self, who: int, wishes: list[tuple[str, int]], steps: int) -> None:
        if self.place(who, wishes):
            for _ in range(steps):
                self.go_on(-1)
            self.step("cancel", -1)

    @rule(who=st.integers(0, 1), wishes=WISHES, units=UNITS, decision=DECISIONS, restock=st.booleans())
    def place_and_send_back(
        self, who: int, wishes: list[tuple[str, int]], units: dict[int, int], decision: str, restock: bool
    ) -> None:
        if self.place(who, wishes):
            while self.mall.orders[-1].status != "delivered":
                self.go_on(-1)
            self.ask(*self.one(-1), units)
            if decision and self.mall.orders[-1].wanted is not None:
                self.decide(-1, decision, restock=restock)

    @rule(who=st.integers(0, 1), wishes=WISHES, steps=st.integers(0, 7))
    def place_and_go_on(self, who: int, wishes: list[tuple[str, int]], steps: int) -> None:
        if self.place(who, wishes):
            for _ in range(steps):
                self.go_on(-1)

    def place(self, who: int, wishes: list[tuple[str, int]]) -> bool:
        request = worlds.wish(
            self.members[who],
            *[(self.skus[name], quantity) for name, quantity in wishes],
            **({"address_id": None} if {name for name, _quantity in wishes} == {"card"} else {}),
            request_id=str(uuid.UUID(int=next(self.serial))),
            at=self.mall.now,
        )
        placed = self.both(lambda: self.mall.place(who, wishes), lambda: orders.place_order(request))
        if placed is not None:
            self.found.append(Order.objects.get(pk=placed.order_id))
            again = orders.place_order(request)
            assert (again.order_id, again.is_replay) == (placed.order_id, True)
        return placed is not None

    @precondition(lambda self: self.found)
    @rule(n=WHICH, verb=st.sampled_from((*sorted(STEPS), "ask")))
    def try_anything(self, n: int, verb: str) -> None:
        if verb == "ask":
            self.ask(*self.one(n), {0: 1})
        else:
            self.step(verb, n)

    def step(self, verb: str, n: int) -> None:
        order, known = self.one(n)
        self.both(lambda: self.mall.step(verb, known), lambda: self.services(verb, order))

    @precondition(lambda self: self.found)
    @rule(n=WHICH, steps=st.integers(1, 4))
    def hurry(self, n: int, steps: int) -> None:
        for _ in range(steps):
            self.go_on(n)

    def go_on(self, n: int) -> None:
        known = self.mall.orders[n % len(self.found)]
        verb = "repack" if known.status == "packed" and known.is_open else NEXT.get(known.status)
        if known.place is None and known.status == "ready":
            self.run_the_workers()
        elif verb is not None:
            self.step(verb, n)

    @precondition(lambda self: self.among(*SHELVED))
    @rule(n=WHICH)
    def cancel(self, n: int) -> None:
        order, known = self.one(n, *SHELVED)
        self.both(lambda: self.mall.step("cancel", known), lambda: self.services("cancel", order))

    @precondition(lambda self: self.among(*SHELVED))
    @rule(n=WHICH, units=UNITS)
    def take_out(self, n: int, units: dict[int, int]) -> None:
        self.cancel_part(*self.one(n, *SHELVED), units)

    @precondition(lambda self: self.among("picking"))
    @rule(n=WHICH, pieces=st.integers(1, 3))
    def pick_some(self, n: int, pieces: int) -> None:
        self.scan(self.one(n, "picking")[0], pieces)

    @rule(who=st.integers(0, 1), wishes=WISHES, units=UNITS, more=UNITS, steps=st.integers(0, 5))
    def place_and_take_out(
        self,
        who: int,
        wishes: list[tuple[str, int]],
        units: dict[int, int],
        more: dict[int, int],
        steps: int,
    ) -> None:
        if self.place(who, wishes):
            self.cancel_part(*self.one(-1), units)
            for _ in range(steps):
                self.go_on(-1)
            if self.mall.orders[-1].status == "picking":
                self.scan(self.found[-1], 2)
            self.cancel_part(*self.one(-1), more)
            for _ in range(steps):
                self.go_on(-1)

    def cancel_part(self, order: Order, known: Redemption, units: dict[int, int]) -> None:
        lines = list(order.lines.order_by("position"))
        units = {at: quantity for at, quantity in units.items() if at < len(lines)} or {0: 1}
        wanted = [orders.LineCancel(lines[at].pk, quantity) for at, quantity in units.items()]
        move = orders.Move(order.pk, self.mall.now, f"member:{self.members[known.owner].number}")
        key = f"click {next(self.serial)}"
        if self.both(
            lambda: self.mall.take_out(known, units), lambda: orders.cancel_units(move, wanted, key=key)
        ):
            orders.cancel_units(move, wanted, key=key)  # the same click, sent twice

    @precondition(lambda self: self.found)
    @rule(n=WHICH, place=st.sampled_from((0, 1, 2, None)))
    def redirect(self, n: int, place: int | None) -> None:
        order, known = self.one(n)
        chosen = self.places[1 - known.owner][0] if place is None else self.places[known.owner][place]
        move = orders.Move(order.pk, self.mall.now, f"member:{self.members[known.owner].number}")
        self.both(lambda: self.mall.redirect(known, place), lambda: orders.change_address(move, chosen))

    @precondition(lambda self: self.among("delivered", "signed"))
    @rule(n=WHICH, units=UNITS)
    def send_back(self, n: int, units: dict[int, int]) -> None:
        self.ask(*self.one(n, "delivered", "signed"), units)

    def ask(self, order: Order, known: Redemption, units: dict[int, int]) -> None:
        lines = list(order.lines.order_by("position"))
        units = {at: quantity for at, quantity in units.items() if at < len(lines)} or {0: 1}
        wanted = [aftersales.Wanted(lines[at].pk, quantity) for at, quantity in units.items()]
        by = f"member:{self.members[known.owner].number}"
        self.both(
            lambda: self.mall.ask(known, units),
            lambda: aftersales.request_refund(order.pk, wanted, reason="broken", at=self.mall.now, by=by),
        )

    @precondition(lambda self: any(known.wanted is not None for known in self.mall.orders))
    @rule(n=WHICH, decision=DECISIONS.filter(bool), restock=st.booleans())
    def answer(self, n: int, decision: str, restock: bool) -> None:
        open_ones = [at for at, known in enumerate(self.mall.orders) if known.wanted is not None]
        self.decide(open_ones[n % len(open_ones)], decision, restock=restock)

    def decide(self, at: int, decision: str, *, restock: bool) -> None:
        request = self.found[at].return_requests.get(status="requested")
        now = self.mall.now
        fates = {line.pk: "restock" if restock else "write_off" for line in request.lines.all()}
        decide: dict[str, Callable[[], object]] = {
            "approve": lambda: aftersales.approve_refund(request.pk, fates, at=now, by=REVIEWER),
            "reject": lambda: aftersales.reject_refund(request.pk, note="no", at=now, by=REVIEWER),
            "withdraw": lambda: aftersales.withdraw_refund(request.pk, at=now, by=request.requested_by),
        }
        known = self.mall.orders[at]
        self.both(lambda: self.mall.answer(known, decision, restock=restock), decide[decision])

    @rule(name=st.sampled_from(ITEMS), change=st.integers(-4, 6).filter(bool), is_delivery=st.booleans())
    def change_stock(self, name: str, change: int, is_delivery: bool) -> None:
        if is_delivery:
            self.receive(name, abs(change))
        elif name != "card":  # codes are counted by their rows
            self.adjust(name, change)

    def receive(self, name: str, quantity: int) -> None:
        reference = f"in/{next(self.serial)}"
        sku, now = self.skus[name].code, self.mall.now
        if name == "card":
            fresh = [f"{reference}-{n}" for n in range(quantity)]
            inventory.add_codes(sku, fresh, batch=reference, at=now, by=CLERK)
            self.mall.receive(name, quantity)
            return
        arrival = inventory.Arrival(sku, "main", quantity, reference, now, CLERK)
        self.both(lambda: self.mall.receive(name, quantity), lambda: inventory.receive_stock([arrival]))

    def adjust(self, name: str, change: int) -> None:
        stock = Stock.objects.get(sku=self.skus[name])
        reference = f"adjust/{next(self.serial)}"
        self.both(
            lambda: self.mall.adjust(name, change),
            lambda: inventory.adjust_stock(
                stock.pk, change=change, reason="counted", reference=reference, at=self.mall.now, by=CLERK
            ),
        )

    @rule(hours=st.sampled_from((1, 7, 30, 24 * 4, 24 * 9, 24 * 20)), jobs=st.sets(st.sampled_from(JOBS)))
    def wait(self, hours: int, jobs: set[str]) -> None:
        """Let time pass and some of what runs in the background run."""
        self.mall.now += timedelta(hours=hours)
        for job in sorted(jobs):
            getattr(self, job)()

    def run_the_clock(self) -> None:
        self.both(self.mall.run_clock, lambda: orders.run_deadlines(at=self.mall.now))
        aftersales.run_deadlines(at=self.mall.now)

    def expire_points(self) -> None:
        self.both(self.mall.expire, lambda: members.expire_points(at=self.mall.now, by="clock"))

    def run_the_workers(self) -> None:
        while events.deliver_waiting(at=self.mall.now):
            pass
        members.deliver_messages(at=self.mall.now)
        orders.issue_codes(at=self.mall.now)
        self.mall.hand_out_codes()
        logistics.cancel_waybills(at=self.mall.now)
        logistics.poll_tracking(at=self.mall.now)

    def teardown(self) -> None:
        if not hasattr(self, "block"):
            return
        try:
            if hasattr(self, "found"):
                self.run_the_clock()
                self.expire_points()
                self.run_the_workers()
                findings = desk.read_laws(at=self.mall.now)
                broken = {finding.law.code: finding.offenders for finding in findings if finding.violations}
                assert broken == {}
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_random_histories_end_with_balanced_books(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdniao, "subscribe", lambda *words, **more: None)
    monkeypatch.setattr(kdniao, "query_tracking", lambda *words, **more: [])
    monkeypatch.setattr(kdniao, "cancel_waybill", lambda *words, **more: None)
    monkeypatch.setattr(channels, "_text", lambda *words, **more: "a number")
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=STEPS_EACH,  # a short history hardly gets an order to the door
    )
