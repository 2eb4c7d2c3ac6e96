"""A member is forgotten while a click of theirs is on its way: nothing they write comes to stand after that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from aftersales import services as aftersales
from aftersales.models import Complaint, GiftReview
from aftersales.services import forgetting
from desk import services as desk
from foundation.refusals import NotFound
from members import services as members
from members.models import Member, QuietHours, Unsubscription
from orders import services as orders
from orders.models import CartLine, Order
from tests.desk.lived_in import deliver_all
from tests.races.racing import Guards, Meeting, race, row_locks, tally
from tests.worlds import AT, member, move, signed, sku

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def customer() -> tuple[Member, Order]:
    """A member whose one order is over, and of whom nobody will be told anything any more."""
    somebody = member(points=300)
    order = signed(somebody, (sku(stock=3, price=100), 1))
    orders.close_orders([move(order, by="clock")])
    deliver_all()
    return somebody, order


def complain(somebody: Member, order: Order) -> Callable[[], object]:
    return partial(
        aftersales.file_complaint, somebody.pk, category="other", words="我叫李雷", request_id="1", at=AT,
        by=f"member:{somebody.number}",
    )  # fmt: skip


def review(somebody: Member, order: Order) -> Callable[[], object]:
    opinion = aftersales.Opinion(stars=5, words="我叫李雷")
    return partial(
        aftersales.review_gift, order.lines.get().pk, opinion, at=AT, by=f"member:{somebody.number}"
    )


def put_in_cart(somebody: Member, order: Order) -> Callable[[], object]:
    return partial(orders.put_in_cart, somebody.pk, order.lines.get().sku_code, 1, at=AT)


def choose(somebody: Member, order: Order) -> Callable[[], object]:
    return partial(members.save_wishes, somebody.pk, members.Wishes(), language="en", at=AT)


WRITES: dict[str, tuple[Callable[[Member, Order], Callable[[], object]], Any, str]] = {
    "complaint": (complain, Complaint.objects, "bulk_create"),
    "review": (review, GiftReview, "save"),
    "cart": (put_in_cart, CartLine.objects, "create"),
    "wishes": (choose, QuietHours.objects, "update_or_create"),
}


def left_of(somebody: Member) -> list[object]:
    """What there is of a member that a click of theirs wrote."""
    return [
        *Complaint.objects.filter(member=somebody).exclude(words=forgetting.GONE),
        *GiftReview.objects.filter(member=somebody).exclude(words=""),
        *CartLine.objects.filter(member=somebody),
        *QuietHours.objects.filter(member=somebody),
        *Unsubscription.objects.filter(member=somebody),
    ]


def forgotten_while(what: str, patch: pytest.MonkeyPatch) -> tuple[bool, list[object]]:
    """The click has looked at who asks and is about to write, while an operator forgets them."""
    click, place, name = WRITES[what]
    somebody, order = customer()
    request = desk.ask_erasure(somebody.pk, gives_up_points=True, at=AT)
    meeting = Meeting(2)
    meeting.before(patch, place, name)
    meeting.before(patch, desk.erasure, "_decide")
    forget = partial(desk.fulfil_erasure, request.pk, at=AT, by="operator:lin")
    outcomes = tally(race(click(somebody, order), forget, meeting=meeting))
    assert set(outcomes) <= {"done", "not_found", "cases_open"}
    is_gone = Member.objects.get(pk=somebody.pk).status == Member.Status.CLOSED
    return is_gone, left_of(somebody)


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_of_who_was_forgotten(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    is_gone, left = forgotten_while(what, monkeypatch)
    assert not (is_gone and left)


@pytest.mark.parametrize("what", WRITES)
def test_without_the_lock_of_the_member_it_is_written(
    what: str, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards.off(row_locks)
    is_gone, left = forgotten_while(what, monkeypatch)
    assert is_gone
    assert left


# --- After it


@pytest.mark.parametrize("what", WRITES)
def test_a_click_that_comes_afterwards_is_answered_as_if_there_were_nobody(what: str) -> None:
    somebody, order = customer()
    request = desk.ask_erasure(somebody.pk, gives_up_points=True, at=AT)
    click = WRITES[what][0](somebody, order)
    desk.fulfil_erasure(request.pk, at=AT, by="operator:lin")
    with pytest.raises(NotFound):
        click()
    assert left_of(somebody) == []
