"""The points ledger: what is granted, held, captured, released, refunded and expired, to the last lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from foundation.refusals import InvalidInput, NotFound
from members import services as members
from members.models import Member, PointsAccount, PointsLot, PointsPosting, PointsTransaction
from members.rules import GRACE_DAYS, masked_phone, revived_until
from members.services.ledger import AVAILABLE, HELD, SYSTEM
from tests.worlds import AT, address, grant, member, points_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def saver() -> Member:
    """A member with 100 points that expire in ten days and 50 that expire in five."""
    one = member()
    grant(one, 100, days=10, reference="late")
    grant(one, 50, days=5, reference="early")
    return one


def lots_of(one: Member) -> dict[str, tuple[int, int]]:
    """What remains and what is held of each lot, by its reference."""
    lots = PointsLot.objects.filter(account__member=one)
    return {lot.reference: (lot.remaining, lot.held) for lot in lots}


def books() -> tuple[object, ...]:
    """Everything the ledger holds, to compare before and after."""
    return (
        list(PointsAccount.objects.order_by("pk").values_list()),
        list(PointsLot.objects.order_by("pk").values_list()),
        list(PointsPosting.objects.order_by("pk").values_list()),
        PointsTransaction.objects.count(),
    )


def hold(
    one: Member, points: int, reference: str = "A", *, at: datetime = AT, captured: bool = False
) -> None:
    """Hold points as placing an order does."""
    wallet = members.lock_wallets([(one.pk, 0)])[one.pk]
    parts = wallet.take(points, at)
    members.hold_points([members.Hold(reference, wallet.account_id, parts, at, "test", captured)])


def moved(reference: str = "A", *, at: datetime = AT) -> list[members.PointsMove]:
    return [members.PointsMove(reference, at, "test")]


def refund(points: int, reference: str, *, origin: str = "A", at: datetime = AT) -> None:
    members.refund_points([members.PointsRefund(origin, reference, points, at, "test")])


def postings(kind: str, reference: str) -> list[tuple[int | None, str, str, int]]:
    """The postings of a transaction: whose, which bucket, of which lot, how many."""
    rows = PointsPosting.objects.filter(transaction__kind=kind, transaction__reference=reference).order_by(
        "pk"
    )
    return list(rows.values_list("account__member", "bucket", "lot__reference", "amount"))


# --- Granted


def test_grant_points_makes_a_lot_of_its_own_and_balances(saver: Member) -> None:
    assert (points_of(saver), lots_of(saver)) == ((150, 0), {"late": (100, 0), "early": (50, 0)})
    assert postings("grant", "late") == [(None, SYSTEM, "late", -100), (saver.pk, AVAILABLE, "late", 100)]


def test_grant_points_gives_once_for_each_reference(saver: Member) -> None:
    again = members.Grant(saver.pk, 100, AT + 10 * DAY, "late", AT, "bank")
    fresh = members.Grant(saver.pk, 7, AT + 10 * DAY, "fresh", AT, "bank")
    assert members.grant_points([again, fresh, fresh]) == 1
    assert points_of(saver) == (157, 0)


@pytest.mark.parametrize(
    ("points", "expires_at", "field"),
    [(0, AT + DAY, "points"), (-1, AT + DAY, "points"), (1, AT, "expires_at"), (1, AT - DAY, "expires_at")],
)
def test_grant_points_refuses_nothing_and_the_past(
    saver: Member, points: int, expires_at: datetime, field: str
) -> None:
    before = books()
    good = members.Grant(saver.pk, 5, AT + DAY, "good", AT, "bank")
    with pytest.raises(InvalidInput) as refused:
        members.grant_points([good, members.Grant(saver.pk, points, expires_at, "bad", AT, "bank")])
    assert (refused.value.detail, books()) == ({"field": field}, before)


def test_grant_points_refuses_somebody_unknown(saver: Member) -> None:
    before = books()
    with pytest.raises(NotFound):
        members.grant_points([members.Grant(saver.pk + 1000, 5, AT + DAY, "x", AT, "bank")])
    assert books() == before


def test_grant_once_tells_a_repetition_from_another_grant(saver: Member) -> None:
    given = members.Grant(saver.pk, 5, AT + DAY, "bank/1", AT, "bank", "welcome")
    assert [members.grant_once(given), members.grant_once(given)] == [True, False]
    before = books()
    for other in (
        members.Grant(saver.pk, 6, AT + DAY, "bank/1", AT, "bank", "welcome"),
        members.Grant(saver.pk, 5, AT + 2 * DAY, "bank/1", AT, "bank", "welcome"),
        members.Grant(saver.pk, 5, AT + DAY, "bank/1", AT, "bank", "farewell"),
        members.Grant(member().pk, 5, AT + DAY, "bank/1", AT, "bank", "welcome"),
    ):
        with pytest.raises(members.ReferenceUsed):
            members.grant_once(other)
    assert books()[2:] == before[2:]


# --- Held, captured, released


def test_hold_points_takes_the_lots_that_expire_first(saver: Member) -> None:
    hold(saver, 70)
    assert (points_of(saver), lots_of(saver)) == ((80, 70), {"late": (100, 20), "early": (50, 50)})
    assert postings("hold", "A") == [
        (saver.pk, AVAILABLE, "early", -50),
        (saver.pk, HELD, "early", 50),
        (saver.pk, AVAILABLE, "late", -20),
        (saver.pk, HELD, "late", 20),
    ]


def test_hold_points_captures_in_the_same_breath_when_told_so(saver: Member) -> None:
    hold(saver, 70, captured=True)
    assert (points_of(saver), lots_of(saver)) == ((80, 0), {"late": (80, 0), "early": (0, 0)})
    assert postings("capture", "A") == [
        (saver.pk, HELD, "early", -50),
        (None, SYSTEM, "early", 50),
        (saver.pk, HELD, "late", -20),
        (None, SYSTEM, "late", 20),
    ]


def test_hold_points_refuses_a_reference_twice(saver: Member) -> None:
    hold(saver, 10)
    before = books()
    with pytest.raises(IntegrityError, match="one_points_transaction_per_reference"), transaction.atomic():
        hold(saver, 10)
    assert books() == before


def test_take_passes_by_a_lot_at_the_moment_it_expires(saver: Member) -> None:
    wallet = members.lock_wallets([(saver.pk, 0)])[saver.pk]
    assert [wallet.free(AT + 5 * DAY - timedelta(microseconds=1)), wallet.free(AT + 5 * DAY)] == [150, 100]
    early, late = (lot.id for lot in wallet.lots)
    assert wallet.take(10, AT + 5 * DAY) == [(late, 10)]
    assert wallet.take(60, AT) == [(early, 50), (late, 10)]


def test_take_refuses_more_than_there_is_and_takes_nothing(saver: Member) -> None:
    wallet = members.lock_wallets([(saver.pk, 0)])[saver.pk]
    with pytest.raises(members.InsufficientPoints) as refused:
        wallet.take(151, AT)
    assert refused.value.detail == {"needed": 151, "available": 150}
    assert [lot.free for lot in wallet.lots] == [50, 100]


def test_lock_wallets_leaves_out_addresses_that_are_not_the_members_own(saver: Member) -> None:
    other = member()
    mine, foreign = saver.addresses.get(), other.addresses.get()
    retired = members.retire_address(saver.pk, address(saver).pk, at=AT)
    pairs = [(saver.pk, mine.pk), (saver.pk, foreign.pk), (saver.pk, retired.pk), (0, mine.pk)]
    wallets = members.lock_wallets(pairs)
    assert {pk: list(wallet.addresses) for pk, wallet in wallets.items()} == {saver.pk: [mine.pk]}


def test_capture_points_takes_what_was_held_and_once(saver: Member) -> None:
    hold(saver, 70)
    members.capture_points(moved())
    assert (points_of(saver), lots_of(saver)) == ((80, 0), {"late": (80, 0), "early": (0, 0)})
    before = books()
    with pytest.raises(IntegrityError), transaction.atomic():
        members.capture_points(moved())
    assert books() == before


def test_release_points_gives_back_to_the_same_lots_and_once(saver: Member) -> None:
    hold(saver, 70)
    members.release_points(moved())
    assert (points_of(saver), lots_of(saver)) == ((150, 0), {"late": (100, 0), "early": (50, 0)})
    before = books()
    with pytest.raises(IntegrityError), transaction.atomic():
        members.release_points(moved())
    assert books() == before


def test_release_points_revives_a_lot_that_expired_meanwhile(saver: Member) -> None:
    hold(saver, 60)
    later = AT + 6 * DAY
    members.release_points(moved(at=later))
    expiries = dict(PointsLot.objects.filter(account__member=saver).values_list("reference", "expires_at"))
    assert expiries == {"early": later + GRACE_DAYS * DAY, "late": AT + 10 * DAY}


@pytest.mark.parametrize("second", [members.capture_points, members.release_points])
def test_points_are_either_captured_or_released(
    saver: Member, second: Callable[[Sequence[members.PointsMove]], None]
) -> None:
    first = members.release_points if second is members.capture_points else members.capture_points
    hold(saver, 70)
    first(moved())
    before = books()
    with pytest.raises(IntegrityError, match="held"), transaction.atomic():
        second(moved())
    assert books() == before


# --- Refunded


def test_refund_points_gives_back_latest_expiry_first_up_to_what_was_captured(saver: Member) -> None:
    hold(saver, 70, captured=True)
    seen = []
    for n, points in enumerate((15, 25, 30)):
        refund(points, f"R{n}")
        seen.append((points_of(saver), lots_of(saver)))
    assert seen == [
        ((95, 0), {"late": (95, 0), "early": (0, 0)}),
        ((120, 0), {"late": (100, 0), "early": (20, 0)}),
        ((150, 0), {"late": (100, 0), "early": (50, 0)}),
    ]


@pytest.mark.parametrize(("before", "asked", "left"), [([], 71, 70), ([60], 11, 10), ([70], 1, 0)])
def test_refund_points_refuses_more_than_was_captured(
    saver: Member, before: Sequence[int], asked: int, left: int
) -> None:
    hold(saver, 70, captured=True)
    for n, points in enumerate(before):
        refund(points, f"R{n}")
    known = books()
    with pytest.raises(members.RefundExceeds) as refused, transaction.atomic():
        refund(asked, "too much")
    assert (refused.value.detail, books()) == ({"left": left}, known)


def test_refund_points_in_one_call_share_what_was_captured(saver: Member) -> None:
    hold(saver, 70, captured=True)
    both = [members.PointsRefund("A", f"R{n}", 40, AT, "test") for n in (1, 2)]
    before = books()
    with pytest.raises(members.RefundExceeds), transaction.atomic():
        members.refund_points(both)
    assert books() == before


def test_refund_points_knows_nothing_of_a_hold_that_was_not_captured(saver: Member) -> None:
    hold(saver, 70)
    before = books()
    with pytest.raises(members.RefundExceeds), transaction.atomic():
        refund(1, "R")
    assert books() == before


def test_refund_points_of_nothing_writes_nothing(saver: Member) -> None:
    hold(saver, 70, captured=True)
    before = books()
    refund(0, "R")
    assert books() == before


def test_refund_points_revives_a_lot_that_expired_meanwhile(saver: Member) -> None:
    hold(saver, 70, captured=True)
    later = AT + 20 * DAY
    members.expire_points(at=later, by="clock")
    refund(70, "R", at=later)
    revived = later + GRACE_DAYS * DAY
    lots = PointsLot.objects.filter(account__member=saver)
    assert {lot.reference: (lot.remaining, lot.expires_at) for lot in lots} == {
        "late": (20, revived),
        "early": (50, revived),
    }
    assert members.expire_points(at=revived, by="clock") == 2
    assert points_of(saver) == (0, 0)


@pytest.mark.parametrize("way", ["released", "refunded"])
def test_points_that_come_back_to_an_expired_lot_carry_no_others_along(saver: Member, way: str) -> None:
    hold(saver, 20, captured=way == "refunded")
    later = AT + 5 * DAY  # 30 of the early lot's points were never spent, and nobody has expired them yet
    if way == "released":
        members.release_points(moved(at=later))
    else:
        refund(20, "R", at=later)
    assert (points_of(saver), lots_of(saver)) == ((120, 0), {"late": (100, 0), "early": (20, 0)})


def test_grant_points_gives_nothing_to_a_member_who_left(saver: Member) -> None:
    before = points_of(saver)
    Member.objects.filter(pk=saver.pk).update(status="closed")
    with pytest.raises(members.points.AccountClosed):
        members.grant_points([members.Grant(saver.pk, 5, AT + DAY, "late", AT, "bank")])
    assert points_of(saver) == before


# --- Expired


def test_expire_points_takes_what_is_left_of_lots_whose_time_is_over(saver: Member) -> None:
    hold(saver, 20)
    assert members.expire_points(at=AT + 5 * DAY - timedelta(microseconds=1), by="clock") == 0
    assert [members.expire_points(at=AT + 5 * DAY, by="clock") for _ in range(2)] == [
        1,
        0,
    ]  # what is held stays
    assert (points_of(saver), lots_of(saver)) == ((100, 20), {"late": (100, 0), "early": (20, 20)})
    (reference,) = PointsTransaction.objects.filter(kind="expire").values_list("reference", flat=True)
    assert postings("expire", reference) == [
        (saver.pk, AVAILABLE, "early", -30),
        (None, SYSTEM, "early", 30),
    ]


def test_expire_points_is_done_when_it_has_run(saver: Member) -> None:
    at = AT + 10 * DAY
    assert [members.expire_points(at=at, by="clock") for _ in range(2)] == [2, 0]


def test_expire_points_takes_members_in_portions() -> None:
    for _ in range(5):
        grant(member(), 10, days=1)
    counts = [members.expire_points(at=AT + DAY, by="clock", limit=2) for _ in range(4)]
    assert counts == [2, 2, 1, 0]


# --- The ledger itself


def test_post_refuses_what_does_not_balance(saver: Member) -> None:
    lot = PointsLot.objects.filter(account__member=saver).first()
    assert lot is not None
    crooked = members.Posting(saver.account.pk, AVAILABLE, lot.pk, 5)
    before = books()
    with pytest.raises(AssertionError, match="does not balance"):
        members.post([members.Entry("adjust", "X", AT, "test", (crooked,))])
    assert books() == before


def test_every_transaction_of_a_life_sums_to_zero(saver: Member) -> None:
    hold(saver, 70, captured=True)
    refund(30, "R")
    hold(saver, 10, "B")
    members.release_points(moved("B"))
    members.expire_points(at=AT + 10 * DAY, by="clock")
    totals = PointsTransaction.objects.annotate(total=Sum("postings__amount"))
    assert set(totals.values_list("total", flat=True)) == {0}


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (PointsAccount, {"available": -1}),
        (PointsAccount, {"held": -1}),
        (PointsAccount, {"kind": "issued"}),
        (PointsLot, {"held": -1}),
        (PointsLot, {"held": 101}),
        (PointsLot, {"remaining": 101}),
    ],
)
def test_the_database_refuses_balances_that_cannot_be(
    model: type[PointsAccount | PointsLot], changes: dict[str, object]
) -> None:
    one = member(points=100)
    mine = {"member": one} if model is PointsAccount else {"account__member": one}
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(**mine).update(**changes)


def test_the_malls_own_accounts_carry_no_balance() -> None:
    with pytest.raises(IntegrityError, match="only_member_accounts_carry_a_balance"), transaction.atomic():
        PointsAccount.objects.filter(pk=PointsAccount.ISSUED).update(available=1)
    kinds = PointsAccount.objects.filter(member=None).order_by("-pk").values_list("pk", "kind")
    assert list(kinds) == [(-1, "issued"), (-2, "redeemed"), (-3, "expired"), (-4, "adjusted")]


def test_rules_of_points() -> None:
    assert revived_until(AT) == AT + 30 * DAY
    assert [masked_phone(phone) for phone in ("13912345678", "12345678", "1234567", "")] == [
        "139****5678",
        "123****5678",
        "****",
        "****",
    ]
