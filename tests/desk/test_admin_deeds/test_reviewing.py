"""Reviewers approve and reject, one by one and in bulk."""

from __future__ import annotations

import pytest
from django.test import Client

from inventory.models import Sku
from members.models import Member, User
from orders.models import ReviewTask
from tests import worlds
from tests.desk.operators import browser, page, refusals, told
from tests.desk.test_admin_deeds.deeds import CHECKBOX, do, status_of

pytestmark = pytest.mark.django_db


def test_a_reviewer_approves_and_goes_on_to_the_next(lin: Member, mug: Sku) -> None:
    first, second = worlds.under_review(lin, (mug, 1)), worlds.under_review(lin, (mug, 2))
    response = do(browser("reviewer"), "orders.reviewtask", "approve", first.review_task.pk)
    assert response["Location"] == page("orders.reviewtask", "change", second.review_task.pk)
    assert (status_of(first), status_of(second)) == ("ready", "under_review")
    task = ReviewTask.objects.get(order=first)
    assert (task.decision, task.decided_by) == ("approved", "operator:reviewer")
    assert list(first.events.values_list("kind", "by"))[-1] == ("order.approved", "operator:reviewer")


def test_a_reject_without_a_reason_is_refused_in_place(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    for reason in ("", "   "):
        response = do(
            browser("reviewer", name=f"r{len(reason)}"),
            "orders.reviewtask",
            "reject",
            order.review_task.pk,
            reason=reason,
        )
        assert (response.status_code, refusals(response)) == (400, ["This field is required."])
    assert (status_of(order), order.events.count(), worlds.points_of(lin)) == (
        "under_review",
        2,
        (9_900, 100),
    )


def test_a_reject_gives_everything_back_and_says_why(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    response = do(
        browser("reviewer"), "orders.reviewtask", "reject", order.review_task.pk, reason="address unclear"
    )
    assert response["Location"] == page("orders.reviewtask")
    assert (status_of(order), worlds.points_of(lin), worlds.stock_of(mug)) == (
        "rejected",
        (10_000, 0),
        (20, 0),
    )
    assert order.events.latest("pk").reason == "address unclear"


def test_a_maker_is_no_checker(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1), requested_by="operator:reviewer")
    response = do(browser("reviewer"), "orders.reviewtask", "approve", order.review_task.pk)
    assert response.status_code == 403
    assert refusals(response) == ["You placed this order yourself; somebody else has to review it."]
    assert status_of(order) == "under_review"


def test_a_deed_done_twice_is_refused_the_second_time(lin: Member, mug: Sku) -> None:
    client, order = browser("reviewer"), worlds.under_review(lin, (mug, 1))
    do(client, "orders.reviewtask", "approve", order.review_task.pk)
    response = do(client, "orders.reviewtask", "approve", order.review_task.pk)
    assert response.status_code == 409
    assert refusals(response) == ["This cannot be done now: the order is “ready to pick”."]
    assert order.events.count() == 3


def test_a_deed_wants_a_post_a_role_and_a_token(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    pk = order.review_task.pk
    assert browser("reviewer").get(page("orders.reviewtask", "approve", pk))["Location"] == page(
        "orders.reviewtask", "change", pk
    )
    for role in ("warehouse", "service_desk", "finance", "auditor"):
        assert do(browser(role), "orders.reviewtask", "approve", pk).status_code == 403
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(username="reviewer"))
    assert do(careful, "orders.reviewtask", "approve", pk).status_code == 403
    assert status_of(order) == "under_review"


def test_reviews_are_decided_in_bulk_after_a_page_to_confirm(lin: Member, mug: Sku) -> None:
    client = browser("reviewer")
    good = [worlds.under_review(lin, (mug, 1)) for _ in range(2)]
    own = worlds.under_review(lin, (mug, 1), requested_by="operator:reviewer")
    chosen = {"action": "approve", CHECKBOX: [order.review_task.pk for order in [*good, own]]}
    asked = client.post(page("orders.reviewtask"), {**chosen, "index": "0"})
    assert (asked.status_code, [status_of(order) for order in good]) == (200, ["under_review"] * 2)
    assert all(order.number in asked.content.decode() for order in [*good, own])
    done = client.post(page("orders.reviewtask"), {**chosen, "confirmed": "1"}, follow=True)
    assert told(done) == [
        f"{own.number}: You placed this order yourself; somebody else has to review it.",
        "Approve: 2 done.",
    ]
    assert [status_of(order) for order in [*good, own]] == ["ready", "ready", "under_review"]


def test_a_bulk_reject_asks_for_its_reason(lin: Member, mug: Sku) -> None:
    client, order = browser("reviewer"), worlds.under_review(lin, (mug, 1))
    chosen = {"action": "reject", CHECKBOX: [order.review_task.pk], "confirmed": "1"}
    assert refusals(client.post(page("orders.reviewtask"), {**chosen, "reject-reason": " "})) == [
        "This field is required."
    ]
    assert status_of(order) == "under_review"
    client.post(page("orders.reviewtask"), {**chosen, "reject-reason": "duplicate"})
    assert status_of(order) == "rejected"


def test_actions_of_others_are_not_offered(lin: Member, mug: Sku) -> None:
    order = worlds.under_review(lin, (mug, 1))
    chosen = {"action": "approve", CHECKBOX: [order.review_task.pk], "confirmed": "1"}
    client = browser("auditor")
    assert 'value="approve"' not in client.get(page("orders.reviewtask")).content.decode()
    client.post(page("orders.reviewtask"), chosen)
    assert status_of(order) == "under_review"
