"""Web, worker, beat and Redis killed while orders flow over HTTP: nothing that was acknowledged is lost, nothing
is done twice (laws 1 to 9)."""

from __future__ import annotations

import os
import random
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import redis
from django.db import connection

from inventory.models import Stock
from logistics.models import Parcel
from members.models import PointsTransaction
from orders.models import Order, OrderEvent
from tests.kills import small_mall
from tests.kills.buyers import Answer, Buyer, Click, Shoppers, contradictions
from tests.kills.rig import Mall, until
from tests.kills.small_mall import World
from tests.kills.warehouse import Clerk
from tests.races.racing import blocked, holding

pytestmark = [pytest.mark.xdist_group("kills")]

KILLED = ["web"] * 3 + ["worker"] * 3 + ["beat"] * 2
CLICKS_A_KILL = 28


def ask_again(clicks: list[Click], url: str) -> None:
    """Send clicks again that have their answer; it must be the same one, which the checker sees."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as web:
        for click in clicks:
            click.insist(web)


def wait_for_a_moment(name: str, shoppers: Shoppers, dice: random.Random) -> None:
    """Wait for a random moment at which the program is at work, told by its work, so that no machine is too slow."""
    if name == "worker":
        goal = small_mall.delivered() + dice.randint(1, 12)
        until(lambda: small_mall.delivered() >= goal, "facts being delivered")
    else:
        goal = shoppers.answered() + dice.randint(2, 12)
        until(lambda: shoppers.answered() >= goal, "clicks being answered")


def test_kills_at_random_lose_nothing_and_repeat_nothing(mall: Mall) -> None:
    seed = int(os.environ.get("KILLS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"KILLS_SEED={seed}")
    dice = random.Random(seed)
    order_of_death = dice.sample(KILLED, len(KILLED))
    world = small_mall.build(4)
    mall.start("simulators", "worker", "beat", "web")

    with Clerk(40) as clerk, Shoppers(mall.url, world.buyers, world.codes, seed=seed) as shoppers:
        for name in order_of_death:
            shoppers.allow(CLICKS_A_KILL)
            wait_for_a_moment(name, shoppers, dice)
            mall.restart_after_kill(name)
        until(shoppers.is_done, "an answer to every click")
        until(lambda: clerk.is_idle() and small_mall.is_quiet(), "quiet")
    until(small_mall.is_quiet, "quiet")

    clicks = shoppers.clicks
    ask_again(
        [click for click in clicks if click.number and (click.unanswered or dice.random() < 0.1)], mall.url
    )
    tell(clicks)
    assert contradictions(clicks, small_mall.stored()) == []
    assert {answer.status for click in clicks for answer in click.answers} <= {201, 409}
    assert {answer.body["code"] for click in clicks for answer in click.answers if answer.status == 409} <= {
        "out_of_stock"
    }
    assert sum(click.unanswered for click in clicks) > 0, "no kill was ever felt"
    assert len(clicks) == len(KILLED) * CLICKS_A_KILL
    small_mall.check_jobs()
    small_mall.check_books(world)
    check_waybills(mall)


def tell(clicks: list[Click]) -> None:
    """Print what the kills did to the buyers."""
    answers = [answer for click in clicks for answer in click.answers]
    print(
        f"{len(clicks)} clicks, {Order.objects.count()} orders, "
        f"{sum(click.unanswered > 0 for click in clicks)} clicks that heard nothing at first, "
        f"{sum(click.answers[0].is_replay for click in clicks)} of them stored all the same, "
        f"{len(answers)} answers"
    )


def check_waybills(mall: Mall) -> None:
    """Check that the carriers' provider gave each parcel one waybill, and that it is the one we wrote down."""
    known = httpx.get(f"{mall.outside}/control/kdniao/effects", trust_env=False).json()
    parcels = dict(Parcel.objects.values_list("number", "waybill__number"))
    issued = {reference: times["issued"] for reference, times in known.items() if "issued" in times}
    assert issued == dict.fromkeys(parcels, 1)
    assert len(set(parcels.values())) == len(parcels) > 0


def test_web_killed_before_it_commits_leaves_nothing_behind(mall: Mall) -> None:
    world, click = first_click()
    stock = Stock.objects.get(sku=world.skus["plenty"])
    mall.start("web")
    with (
        httpx.Client(base_url=mall.url, timeout=60, trust_env=False) as web,
        ThreadPoolExecutor(1) as pool,
    ):
        with holding(Stock._meta.db_table, stock.pk):
            heard = pool.submit(click.attempt, web)
            until(lambda: blocked() == 1, "the order to stand before its stock")
            mall.kill("web")
            assert heard.result(60) is False
        until(mall.has_left, "the database to forget the order")
        assert not Order.objects.exists()
        assert not PointsTransaction.objects.exclude(kind=PointsTransaction.Kind.GRANT).exists()

        mall.start("web")
        click.insist(web)
    assert [answer.is_replay for answer in click.answers] == [False]
    assert contradictions([click], small_mall.stored()) == []
    small_mall.check_books(world)


def test_web_killed_after_it_commits_gives_the_same_order_again(mall: Mall) -> None:
    world, click = first_click()
    mall.start("web")
    with httpx.Client(base_url=mall.url, timeout=60, trust_env=False) as web:
        with socket.create_connection(("127.0.0.1", mall.port)) as wire:  # whoever sends here never listens
            sent = web.build_request("POST", **click.request)
            head = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
            wire.sendall(f"POST {sent.url.path} HTTP/1.1\r\n{head}\r\n".encode() + sent.content)
            until(Order.objects.exists, "the order to be stored")
            mall.kill("web")
        mall.start("web")
        click.insist(web)
        assert [answer.is_replay for answer in click.answers] == [True]
        assert contradictions([click], small_mall.stored()) == []
        small_mall.check_books(world)

        # The control: a program that takes a new key for its retry buys twice, and the checker sees it.
        Click(click.buyer, click.skus).insist(web)
    assert len(contradictions([click], small_mall.stored())) == 1


def first_click() -> tuple[World, Click]:
    """A world and one wish in it."""
    world = small_mall.build(1)
    return world, Click(world.buyers[0], {world.skus["plenty"].code: 1})


def buy(mall: Mall, world: World, clicks: int) -> list[Click]:
    """Place orders that must all be taken."""
    with Shoppers(mall.url, world.buyers, [world.skus["plenty"].code] * 2, seed=1) as shoppers:
        shoppers.allow(clicks)
        until(shoppers.is_done, "an answer to every click")
    assert [answer.status for click in shoppers.clicks for answer in click.answers] == [201] * clicks
    assert not any(click.unanswered for click in shoppers.clicks)
    return shoppers.clicks


def test_redis_lost_and_emptied_loses_no_job(mall: Mall) -> None:
    world = small_mall.build(3)
    mall.start("worker", "beat", "web")
    clicks = buy(mall, world, 5)
    until(small_mall.is_quiet, "a worker at work")

    mall.kill_redis()
    clicks += buy(mall, world, 20)
    assert OrderEvent.objects.filter(delivered_at=None).exists(), "nobody can have been woken"
    mall.redis.start()

    def is_quiet_again() -> bool:
        mall.look_after()
        return small_mall.is_quiet()

    until(is_quiet_again, "quiet after Redis came back")

    mall.kill("worker")
    clicks += buy(mall, world, 20)
    with redis.Redis.from_url(mall.redis.url) as broker:
        until(lambda: int(broker.llen("celery")) > 0, "a backlog")
        broker.flushall()
        mall.start("worker")
        until(small_mall.is_quiet, "quiet after the backlog was lost")

        broker.flushall()  # under everybody's feet: also what says which queue a message goes to
        clicks += buy(mall, world, 5)
        until(small_mall.is_quiet, "quiet after everybody's Redis was emptied")

    assert contradictions(clicks, small_mall.stored()) == []
    small_mall.check_jobs()
    small_mall.check_books(world)


# --- The checker itself

ASKED = Click(Buyer("member:1", "", 1), {"A": 1}, key="k")
ROW = ("member:1", "k", "26")
RECEIPT = Answer(201, {"number": "26"}, is_replay=False)
REFUSED = Answer(409, {"code": "out_of_stock"}, is_replay=False)


@pytest.mark.parametrize(
    ("answers", "rows", "found"),
    [
        ([RECEIPT, RECEIPT], [ROW], 0),
        ([REFUSED], [], 0),
        ([RECEIPT], [], 1),
        ([RECEIPT], [ROW, ("member:1", "k", "27")], 1),
        ([RECEIPT], [("member:1", "k", "27")], 1),
        ([RECEIPT], [ROW, ("member:1", "other", "27")], 1),
        ([RECEIPT], [ROW, ("member:2", "k", "27")], 1),
        ([RECEIPT, Answer(201, {"number": "26", "status": "other"}, is_replay=True)], [ROW], 1),
        ([REFUSED], [ROW], 1),
        ([], [], 1),
    ],
    ids=[
        "told twice",
        "refused",
        "lost",
        "stored twice",
        "another number",
        "nobody asked",
        "somebody else's",
        "two receipts",
        "refused but stored",
        "never answered",
    ],
)
def test_contradictions(answers: list[Answer], rows: list[tuple[str, str, str]], found: int) -> None:
    click = Click(ASKED.buyer, ASKED.skus, ASKED.key, answers)
    assert len(contradictions([click], rows)) == found


@pytest.mark.django_db
def test_check_books_sees_a_unit_that_is_missing() -> None:
    world = small_mall.build(1)
    small_mall.check_books(world)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{all}'")
        Stock.objects.filter(sku=world.skus["plenty"]).update(on_hand=9_999)
    with pytest.raises(AssertionError):
        small_mall.check_books(world)
