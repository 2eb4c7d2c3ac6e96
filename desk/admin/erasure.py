"""Members who want to be forgotten: what stands in the way, and the two answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk import services
from desk.models import ErasureRequest
from foundation.admin import Cause, Deed, DeedForm, DossierAdmin, Facts, Panel, QueueFilter, badge, link

State = ErasureRequest.State
TONES = {State.WAITING: "work", State.FULFILLED: "good", State.DECLINED: "quiet", State.WITHDRAWN: "quiet"}


class SureForm(DeedForm):
    is_sure = forms.BooleanField(
        label=_("I have checked that this is the member's own wish. It cannot be undone."),
        error_messages={"required": _("Tick this first: what is forgotten does not come back.")},
    )


class ReasonForm(DeedForm):
    reason = forms.CharField(
        label=_("Reason, as the member reads it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in a sentence the member understands.")},
    )


def _fulfil(request: ErasureRequest, cleaned: dict[str, Any], cause: Cause) -> None:
    services.fulfil_erasure(request.pk, at=cause.at, by=cause.by)


def _decline(request: ErasureRequest, cleaned: dict[str, Any], cause: Cause) -> None:
    services.decline_erasure(request.pk, reason=cleaned["reason"], at=cause.at, by=cause.by)


def _is_waiting(request: ErasureRequest) -> bool:
    return request.state == State.WAITING


FULFIL = Deed(
    name="fulfil",
    label=_("Forget this member"),
    permission="desk.change_erasurerequest",
    work=_fulfil,
    done=_("The member is forgotten; the account is closed."),
    possible=_is_waiting,
    form=SureForm,
    tone="danger",
    hint=_(
        "Name, phone, mail, addresses, recipients of orders, messages and words are removed; points left expire; "
        "every device is signed out. Ledger and orders stay without a name."
    ),
)
DECLINE = Deed(
    name="decline",
    label=_("Decline"),
    permission="desk.change_erasurerequest",
    work=_decline,
    done=_("The request is declined, and the member is told why."),
    possible=_is_waiting,
    form=ReasonForm,
    tone="plain",
)


class ErasureQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "waiting": (_("waiting"), Q(state=State.WAITING)),
        "done": (_("decided"), ~Q(state=State.WAITING)),
    }


@admin.register(ErasureRequest)
class ErasureRequestAdmin(DossierAdmin):
    list_display = ["member_number", "state_badge", "asked_at", "due_at", "decided_at", "decided_by"]
    list_select_related = ["member"]
    list_filter = [ErasureQueue]
    find_by = ("member__number",)
    search_help_text = _("Member number")
    ordering = ["due_at"]
    settled = frozenset({"done"})
    deeds = [FULFIL, DECLINE]

    @admin.display(description=_("member number"))
    def member_number(self, request: ErasureRequest) -> str:
        return request.member.number

    @admin.display(description=_("state"))
    def state_badge(self, request: ErasureRequest) -> SafeString:
        return badge(request.get_state_display(), TONES[State(request.state)])

    def name(self, obj: ErasureRequest) -> str:
        return obj.member.number

    def heading(self, request: HttpRequest, obj: ErasureRequest) -> SafeString:
        return self.state_badge(obj)

    def panels(self, request: HttpRequest, obj: ErasureRequest) -> Sequence[Panel]:
        """Show what was asked, and what stands in the way now."""
        waits = obj.state == State.WAITING
        found = services.obstacles(obj.member_id, gives_up_points=obj.gives_up_points) if waits else []
        return [
            Facts(
                _("Erasure request"),
                [
                    (_("member"), link(request, obj.member)),
                    (_("asked at"), obj.asked_at),
                    (_("due by"), obj.due_at if waits else None),
                    (_("agrees to lose the points"), _("yes") if obj.gives_up_points else _("no")),
                    (_("in the way"), " ".join(str(refusal) for refusal in found)),
                    (_("decided at"), obj.decided_at),
                    (_("decided by"), obj.decided_by),
                    (_("answer to the member"), obj.answer),
                ],
            )
        ]
