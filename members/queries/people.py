"""Who members are, where they live, and what they were told."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from members.models import Address, Member, Message, Region


def member_in_full(member_id: int) -> Member:
    """Return a member with tier and user, in one statement."""
    return Member.objects.select_related("tier", "user").get(pk=member_id)


def addresses_of(member_id: int) -> list[Address]:
    """Return where a member has gifts sent, the default first."""
    return list(Address.objects.filter(member_id=member_id, retired_at=None))


def default_address_of(member_id: int) -> Address | None:
    """Return the address that is offered first, with its county and city; None when there is none."""
    mine = Address.objects.filter(member_id=member_id, is_default=True)
    return mine.select_related("region__parent").first()


def member_and_address(number: str) -> tuple[int, int | None] | None:
    """Return a member's id and the id of the default address, by member number; None when there is no such member."""
    default = Address.objects.filter(member=OuterRef("pk"), is_default=True).values("pk")
    return (
        Member.objects.filter(number=number)
        .annotate(default=Subquery(default))
        .values_list("pk", "default")
        .first()
    )


def inbox_of(member_id: int, *, before: int | None = None, size: int = 20) -> list[Message]:
    """Return a member's messages, newest first; one more than a page when there are more."""
    messages = Message.objects.filter(member_id=member_id, channel=Message.Channel.INBOX)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    return list(messages.order_by("-pk")[: size + 1])


def regions_within(parent: str | None) -> list[Region]:
    """Return the provinces, or what a province or a city is divided into."""
    return list(Region.objects.filter(parent=parent or None).order_by("code"))


def region_names() -> list[tuple[str, str]]:
    """Return code and name of every region: some thousand short rows, for reading an address out of a text."""
    return list(Region.objects.values_list("code", "name"))
