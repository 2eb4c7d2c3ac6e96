"""Web, worker and beat killed at random while orders come in over HTTP, and Redis away or emptied.

Afterwards everything is quiet, every acknowledged order is there once, and the auditor finds nothing.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
import redis
from django.utils import timezone

from desk import services as desk
from devtools.waiting import until
from inventory.models import Sku, Stock
from logistics import services as logistics
from logistics.models import PickTask, Waybill
from members import services as members
from members.models import Member, Message
from orders.models import Order, OrderEvent
from tests import worlds
from tests.kills.running import PATIENCE, RunningMall, Shoppers

pytestmark = pytest.mark.xdist_group("kills")

KILLS_EACH = int(os.environ.get("KILLS", "3"))
SHOPPERS, ORDERS_EACH = 4, 8 * KILLS_EACH


@pytest.fixture
def mug(mall: RunningMall) -> Sku:
    return worlds.sku(stock=10_000, price=10)


def shoppers(mall: RunningMall, mug: Sku, *, number: int = SHOPPERS, each: int = ORDERS_EACH) -> Shoppers:
    """Clients with tokens and points, ready to start."""
    bodies: dict[str, list[dict[str, object]]] = {}
    for _ in range(number):
        one = worlds.member()
        worlds.grant(one, 10_000, at=timezone.now())
        token, _expires = members.sign_token(
            Member.objects.select_related("user").get(pk=one.pk), at=timezone.now()
        )
        body = {"lines": [{"sku": mug.code, "quantity": 1}], "address_id": one.addresses.get().pk}
        bodies[token] = [body] * each
    return Shoppers(mall.url, bodies)


def is_quiet() -> bool:
    """Nothing waits for a worker any more."""
    return not (
        OrderEvent.objects.filter(delivered_at=None, dead_at=None).exists()
        or Message.objects.filter(state="waiting").exists()
        or Waybill.objects.filter(state="wanted").exists()
    )


def check(mall: RunningMall, mug: Sku, shopping: Shoppers) -> None:
    """See that every order was acknowledged, is there once, and that everybody was told."""
    assert shopping.refused == []
    assert len(shopping.answered) == sum(map(len, shopping.bodies.values()))
    assert until(is_quiet, seconds=PATIENCE), mall.logs()
    there = Order.objects.filter(lines__sku=mug).values_list("request_id", "number")
    assert sorted(there) == sorted(shopping.answered.items())
    assert Stock.objects.get(sku=mug).reserved == len(shopping.answered)
    told = Message.objects.filter(template="order.confirmed", channel="mail", state="sent")
    assert told.filter(member__orders__lines__sku=mug).distinct().count() == len(shopping.answered)
    broken = {it.law.code: it.offenders for it in desk.read_laws(at=timezone.now()) if it.violations}
    assert broken == {}, mall.logs()
    assert OrderEvent.objects.filter(dead_at__isnull=False).count() == 0


def pack_what_is_there() -> None:
    """Do the warehouse's work, so that workers have carriers to call."""
    worlds.carrier_service()
    for task in PickTask.objects.filter(state="open").order_by("pk")[:5]:
        at, by = timezone.now(), "operator:wang"
        logistics.start_picking([logistics.TaskMove(task.pk, at, by)])
        logistics.pick_all([logistics.TaskMove(task.pk, at, by)])
        logistics.pack([logistics.Packing(task.pk, (logistics.Box(500),), at, by)])


def moments(orders_in_all: int, seed: int) -> Iterator[tuple[int, str]]:
    """After how many acknowledged orders which program is killed."""
    chance = random.Random(seed)
    victims = ["web", "worker", "beat"] * KILLS_EACH
    chance.shuffle(victims)
    yield from zip(sorted(chance.sample(range(1, orders_in_all), len(victims))), victims, strict=True)


def test_nothing_is_lost_when_web_worker_and_beat_are_killed(mall: RunningMall, mug: Sku) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    shopping = shoppers(mall, mug)
    shopping.start()
    for acknowledged, victim in moments(SHOPPERS * ORDERS_EACH, seed):
        assert until(lambda least=acknowledged: len(shopping.answered) >= least, seconds=PATIENCE), (
            mall.logs()
        )
        mall.programs[victim].kill_and_start()
        pack_what_is_there()
    shopping.wait()
    pack_what_is_there()
    check(mall, mug, shopping)
    parcels = Waybill.objects.values_list("number", flat=True)
    assert len(set(parcels)) == len(parcels) > 0


def test_orders_are_accepted_while_redis_is_away_and_delivered_when_it_is_back(
    mall: RunningMall, mug: Sku, broker_away: None
) -> None:
    shopping = shoppers(mall, mug, number=2, each=5)
    shopping.start()
    shopping.wait()
    assert (len(shopping.answered), shopping.refused) == (10, [])
    assert OrderEvent.objects.filter(order__lines__sku=mug, delivered_at=None).count() == 20
    mall.broker.start()
    check(mall, mug, shopping)


def test_nothing_is_lost_when_redis_is_emptied_with_a_backlog(mall: RunningMall, mug: Sku) -> None:
    mall.worker.kill()
    shopping = shoppers(mall, mug, number=2, each=5)
    shopping.start()
    shopping.wait()
    with redis.Redis.from_url(mall.broker.url) as client:
        assert until(lambda: client.llen("celery") > 0, seconds=PATIENCE), mall.logs()
        client.flushall()
        assert client.llen("celery") == 0
    assert OrderEvent.objects.filter(order__lines__sku=mug, delivered_at=None).count() == 20
    mall.worker.start()
    check(mall, mug, shopping)


def test_a_retry_after_a_kill_gets_the_first_answer(mall: RunningMall, mug: Sku) -> None:
    shopping = shoppers(mall, mug, number=1, each=3)
    shopping.start()
    shopping.wait()
    first = dict(shopping.answered)
    mall.web.kill_and_start()
    shopping.start()
    shopping.wait()
    assert shopping.answered == first
    check(mall, mug, shopping)
