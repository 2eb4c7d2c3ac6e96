"""What every page shows of who is signed in, read with them in one statement that is planned once."""

from __future__ import annotations

from functools import cache

from foundation.sql import Statement, columns, loaded, loaded_if_any
from members.models import Channel, Member, PointsAccount, Tier, User

_shown: dict[str, str] = {
    "unread": f"""
        SELECT count(*) FROM members_message x
        WHERE x.member_id = m.id AND x.channel = '{Channel.INBOX.value}' AND x.read_at IS NULL
    """,  # noqa: S608  (a word of our own)
}


def show_with_user(name: str, select: str) -> None:
    """Read one more thing with whoever is signed in, under this name: upper floors say what their pages need.

    :param select: a SELECT of one value, in which `m` is the member
    """
    _shown[name] = select


def signed_in(user_id: int) -> User | None:
    """Return a user with their member, tier and balance, and what is shown with them; None when there is none."""
    statement, names = _reading()
    for row in statement.rows([user_id]):
        values = iter(row)
        user, member = loaded(User, values), loaded_if_any(Member, values)
        tier, account = loaded_if_any(Tier, values), loaded_if_any(PointsAccount, values)
        User._meta.get_field("member").set_cached_value(user, None)  # an operator is nobody's member
        if member is not None:
            member.user = user  # known from both sides, as after select_related
            if tier is not None:
                member.tier = tier
            if account is not None:
                account.member = member
        for name, value in zip(names, values, strict=True):
            setattr(user, name, value)
        return user
    return None


@cache
def _reading() -> tuple[Statement, list[str]]:
    """Put the statement together once, when every floor has said what it needs."""
    read = [columns(User, "u"), columns(Member, "m"), columns(Tier, "t"), columns(PointsAccount, "a")]
    read += [f"({select})" for select in _shown.values()]
    return Statement(
        "signed_in",
        "bigint[]",
        f"""
        SELECT {", ".join(read)}
        FROM members_user u
        LEFT JOIN members_member m ON m.user_id = u.id
        LEFT JOIN members_tier t ON t.id = m.tier_id
        LEFT JOIN members_pointsaccount a ON a.member_id = m.id
        WHERE u.id = ($1)[1]
        """,  # noqa: S608  (names of our own)
    ), list(_shown)
