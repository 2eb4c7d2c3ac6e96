"""What a member reads of an order, and how a rule sounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from orders.models import Order
from orders.models.order import ENDED_EARLY
from orders.rules.reading import steps_of, what_member_reads
from orders.rules.redemption import Limit, Wish
from orders.rules.spoken import spoken

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def order(status: str, **fields: object) -> Order:
    made = Order(points_total=100, deadline_at=AT, **fields)
    made.__dict__["status"] = status  # the machine lets nobody set it from outside
    return made


@pytest.mark.parametrize("status", Order.Status.values)
def test_every_state_has_its_words_in_both_languages(status: str) -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            reading = what_member_reads(order(status))
            assert all(str(words) for words in (reading.label, reading.headline, reading.next))
            assert reading.tone in {"waiting", "moving", "act", "done", "ended"}


@pytest.mark.parametrize("status", Order.Status.values)
def test_an_order_stands_at_one_step_or_is_over(status: str) -> None:
    steps = steps_of(order(status))
    here = [step.is_current for step in steps].count(True)
    if status in ENDED_EARLY:
        assert steps == []
    elif status == "closed":
        assert (here, all(step.is_done for step in steps)) == (0, True)
    else:
        assert here == 1


def test_a_member_who_must_pay_is_not_told_that_somebody_checks() -> None:
    with translation.override("en"):
        here = {
            status: next(str(step.label) for step in steps_of(order(status)) if step.is_current)
            for status in ("under_review", "awaiting_payment")
        }
    assert here == {"under_review": "Checked", "awaiting_payment": "Paying"}


def test_after_sales_come_before_a_stop_and_a_stop_before_the_state() -> None:
    with translation.override("en"):
        assert (
            what_member_reads(order("delivered", open_cases=1, on_hold_reason="x")).label
            == "Refund requested"
        )
        held = what_member_reads(order("ready", on_hold_reason="Checked by customs"))
        assert (held.label, held.next, held.by) == ("On hold", "Checked by customs", None)
        assert what_member_reads(order("signed", points_refunded=100)).label == "Refunded"
        assert what_member_reads(order("signed", points_refunded=99)).label == "Received"


def limit(kind: str, **fields: object) -> Limit:
    values: dict[str, object] = {
        "gift_id": None,
        "category_id": None,
        "tier_rank": None,
        "tier_name": "",
        "quantity": None,
        "period": "",
        "starts_at": None,
        "ends_at": None,
        "channels": (),
    }
    return Limit(kind=kind, **(values | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "earlier", "words", "holds", "left"),
    [
        (
            limit("tier_at_least", tier_rank=3, tier_name="Gold"),
            0,
            "For members of tier Gold and above.",
            False,
            None,
        ),
        (limit("max_per_order", quantity=2), 0, "At most 2 per order.", True, 2),
        (
            limit("max_per_member", quantity=2),
            2,
            "Each member can redeem 2; you can still redeem 0.",
            False,
            0,
        ),
        (
            limit("max_per_period", quantity=2, period="month"),
            1,
            "Each member can redeem 2 per month; you can still redeem 1.",
            True,
            1,
        ),
        (limit("channel", channels=("app",)), 0, "Not through every channel.", False, None),
    ],
)
def test_a_rule_says_what_it_means_for_the_reader(
    rule: Limit, earlier: int, words: str, holds: bool, left: int | None
) -> None:
    with translation.override("en"):
        told = spoken(rule, Wish(1, 1, "Mug", 1), tier_rank=1, channel="portal", earlier=earlier, at=AT)
    assert (told.text, told.holds, told.left) == (words, holds, left)


def test_a_window_names_its_ends() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    wish = Wish(1, 1, "Mug", 1)
    with translation.override("en"):
        told = spoken(limit("window", starts_at=later), wish, tier_rank=1, channel="portal", earlier=0, at=AT)
        assert (told.holds, "Dec" in told.text) == (False, True)
        told = spoken(limit("window", ends_at=later), wish, tier_rank=1, channel="portal", earlier=0, at=AT)
        assert told.holds
