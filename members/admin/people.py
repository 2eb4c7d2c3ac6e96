"""Members: found by number, phone or name; one page with all that is known; points granted from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import (
    Cause,
    Deed,
    DeskAdmin,
    DossierAdmin,
    Facts,
    NotPossible,
    Panel,
    Table,
    badge,
    link,
    number,
)
from members import queries, services
from members.admin.forms import GrantForm, MemberForm
from members.models import Address, Member, Region, Tier
from members.rules import masked_phone
from members.services.people import Person

TONES = {Member.Status.ACTIVE: "good", Member.Status.FROZEN: "late", Member.Status.CLOSED: "quiet"}


def _grant(member: Member, cleaned: dict[str, Any], cause: Cause) -> object:
    grant = services.Grant(
        member.pk,
        cleaned["points"],
        cleaned["expires_at"],
        cleaned["reference"],
        cause.at,
        cause.by,
        cleaned["note"],
    )
    if not services.grant_points([grant]):
        raise NotPossible  # the reference has granted before
    return grant


GRANT = Deed(
    name="grant",
    label=_("Grant points"),
    permission="members.add_pointstransaction",
    work=_grant,
    done=_("The points are in the account of %(object)s."),
    form=GrantForm,
)


@admin.register(Member)
class MemberAdmin(DossierAdmin):
    """Members are added as the bank names them; what happens to them later happens through services."""

    list_display = ["number", "name", "masked", "tier", "state", "available", "held", "joined_at"]
    list_filter = ["tier", "status"]
    list_select_related = ["tier", "account"]
    search_fields = ["number", "phone", "name"]
    search_help_text = _("Member number, whole phone number, bank reference or part of a name")
    ordering = ["-pk"]
    form = MemberForm
    deeds = [GRANT]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may add members."""
        return bool(request.user.has_perm("members.add_member"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what is unique first, by name otherwise."""
        term = search_term.strip()
        if not term:
            return queryset, False
        exact = Q(number=term) | Q(phone=term) | Q(bank_reference=term)
        return queryset.filter(exact | Q(number__startswith=term) | Q(name__contains=term)), False

    @admin.display(description=_("phone"))
    def masked(self, member: Member) -> str:
        return masked_phone(member.phone)

    @admin.display(description=_("status"), ordering="status")
    def state(self, member: Member) -> SafeString:
        return badge(member.get_status_display(), TONES[Member.Status(member.status)])

    @admin.display(description=_("available points"), ordering="account__available")
    def available(self, member: Member) -> SafeString:
        return number(member.account.available)

    @admin.display(description=_("held points"), ordering="account__held")
    def held(self, member: Member) -> SafeString:
        return number(member.account.held)

    def heading(self, request: HttpRequest, obj: Member) -> SafeString:
        return self.state(obj)

    def panels(self, request: HttpRequest, obj: Member) -> Sequence[Panel]:
        """Show who the member is, their addresses and, to those who may see them, their points."""
        shown: list[Panel] = [_facts(obj), _addresses(obj)]
        if request.user.has_perm("members.view_pointsaccount"):
            shown += _points(request, obj)
        return shown

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Register a new member."""
        values = form.cleaned_data
        person = Person(
            values["number"],
            values["bank_reference"],
            values["name"],
            values["phone"],
            values["tier"].code,
            values["email"],
            values["language"],
        )
        made = services.register_member(person, password=values["password"] or None, at=timezone.now())
        obj.pk = made.pk


def _facts(member: Member) -> Facts:
    return Facts(
        _("Member"),
        [
            (_("member number"), member.number),
            (_("name"), member.name),
            (_("phone"), masked_phone(member.phone)),
            (_("e-mail"), member.email),
            (_("tier"), member.tier.label),
            (_("bank customer reference"), member.bank_reference),
            (_("language"), member.language),
            (_("joined at"), member.joined_at),
        ],
    )


def _addresses(member: Member) -> Table:
    rows = Address.objects.filter(member=member).order_by("retired_at", "-is_default", "-pk")[:20]
    return Table(
        _("Addresses"),
        [_("recipient"), _("phone"), _("address"), _("since"), _("until")],
        [
            (a.recipient, masked_phone(a.phone), f"{a.region_name}{a.detail}", a.created_at, a.retired_at)
            for a in rows
        ],
    )


def _points(request: HttpRequest, member: Member) -> list[Panel]:
    account = queries.points_of(member.pk)
    return [
        Facts(_("Points"), [(_("available points"), account.available), (_("held points"), account.held)]),
        Table(
            _("Points lots"),
            [_("reference"), _("issued points"), _("remaining points"), _("held points"), _("expires at")],
            [
                (lot.reference, lot.issued, lot.remaining, lot.held, lot.expires_at)
                for lot in account.lots.all()
            ],
        ),
        Table(
            _("Statement"),
            [_("at"), _("kind"), _("reference"), _("available points"), _("held points"), _("by"), _("note")],
            [
                (
                    line.transaction.at,
                    line.transaction.get_kind_display(),
                    link(request, line.transaction, line.transaction.reference),
                    line.available,
                    line.held,
                    line.transaction.by,
                    line.transaction.note,
                )
                for line in queries.statement_of(account.pk, size=30).lines
            ],
        ),
    ]


@admin.register(Tier)
class TierAdmin(DeskAdmin):
    list_display = ["label", "code", "rank"]


@admin.register(Region)
class RegionAdmin(DeskAdmin):
    """The official divisions; operators say which are served."""

    list_display = ["code", "name", "parent", "is_served"]
    list_select_related = ["parent"]
    list_filter = ["is_served"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "parent", "is_served"]
    readonly_fields = ["code", "name", "parent"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The divisions are the state's."""
        return False
