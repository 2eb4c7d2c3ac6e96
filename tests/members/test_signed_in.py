"""Who is signed in is read in one statement with all that every page shows of them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Message, User
from members.services.signing_in import MemberBackend
from orders import services as orders
from tests import worlds
from tests.worlds import AT

pytestmark = pytest.mark.django_db


def test_a_member_comes_with_tier_balance_unread_and_cart_in_one_statement() -> None:
    member, other, lamp = worlds.member(points=500), worlds.member(points=70), worlds.sku(stock=5)
    orders.put_in_cart(member.pk, lamp.code, 2, at=AT)
    Message.objects.all().delete()
    for n, (whose, channel, read) in enumerate(
        [
            (member, "inbox", None),
            (member, "inbox", AT),
            (member, "mail", None),
            (other, "inbox", None),
        ]
    ):
        Message.objects.create(
            member=whose,
            channel=channel,
            template="order_placed",
            dedupe_key=str(n),
            created_at=AT,
            next_attempt_at=AT,
            read_at=read,
        )
    MemberBackend().get_user(member.user_id)
    with CaptureQueriesContext(connection) as reads:
        user = MemberBackend().get_user(member.user_id)
        assert user is not None
        assert user.member == member
        assert user.member.tier.label
        assert user.member.account.available == 500
        assert user.member.user is user
        assert (user.unread, user.in_cart) == (1, 1)  # type: ignore[attr-defined]
    assert len(reads) == 1
    for field in User._meta.concrete_fields:
        assert getattr(user, field.attname) == getattr(User.objects.get(pk=user.pk), field.attname)


def test_an_operator_is_nobodys_member_and_nobody_is_nobody() -> None:
    operator = User.objects.create_user("lin", is_staff=True)
    with CaptureQueriesContext(connection) as reads:
        user = MemberBackend().get_user(operator.pk)
        assert user is not None
        assert getattr(user, "member", None) is None
    assert len([read for read in reads if not read["sql"].startswith("PREPARE")]) == 1
    assert MemberBackend().get_user(operator.pk + 1000) is None


def test_who_may_not_sign_in_is_signed_out() -> None:
    member = worlds.member()
    assert MemberBackend().get_user(member.user_id) is not None
    type(member).objects.filter(pk=member.pk).update(status="closed")
    assert MemberBackend().get_user(member.user_id) is None
