"""Who somebody is: operators by their name, members by member number or phone, both by password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.http import HttpRequest

from members.models import Member, Message, User

_UNREAD = Q(
    member__messages__channel=Message.Channel.INBOX,
    member__messages__read_at=None,
)

LONGEST_NAME, LONGEST_PASSWORD = 150, 1024


class MemberBackend(ModelBackend):
    """Django's own backend, which also knows phone numbers, and reads what every page shows in one statement."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  (Django's signature)
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """Return the user that a name and a password belong to; an unknown name costs the same time as a wrong one."""
        if not username or not password or len(password) > LONGEST_PASSWORD:
            return None
        user = _user_named(username)
        if user is None:
            User().set_password(
                password
            )  # the same work as checking, so that nobody learns which names exist
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Tell whether somebody may be signed in; a closed member may not, from their next request on."""
        member = getattr(user, "member", None)
        is_closed = member is not None and member.status == Member.Status.CLOSED
        return super().user_can_authenticate(user) and not is_closed

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, with their member, tier, balance and number of unread messages (`unread`)."""
        users = User.objects.select_related("member__account", "member__tier")
        users = users.annotate(unread=Count("member__messages", filter=_UNREAD))
        user = users.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def _user_named(name: str) -> User | None:
    """Return who logs in by this name: two look-ups by index, where one with OR would read every member."""
    if len(name) > LONGEST_NAME or "\0" in name:
        return None
    users = User.objects.select_related("member")
    return users.filter(username=name).first() or users.filter(member__phone=name).first()
