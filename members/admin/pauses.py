"""Pauses of SMS codes: how they came about, and an end to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.admin import Cause, Deed, DossierAdmin, Facts, Panel, QueueFilter, moment
from members import services
from members.models import CodePause


def _see(pause: CodePause, cleaned: dict[str, Any], cause: Cause) -> None:
    services.see_pause(pause.pk, at=cause.at, by=cause.by)


SEE = Deed(
    name="see",
    label=_("Seen, let codes go out again"),
    permission="members.change_codepause",
    work=_see,
    done=_("Codes go out again."),
    possible=lambda pause: pause.seen_at is None,
    hint=_(
        "Look first who asked for so many: a flood of strange numbers costs money and annoys their owners."
    ),
)


class PauseQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "unseen": (_("not seen yet"), Q(seen_at=None)),
        "seen": (_("seen"), Q(seen_at__isnull=False)),
    }


@admin.register(CodePause)
class CodePauseAdmin(DossierAdmin):
    list_display = ["began_at", "ends_at", "sent", "seen_at", "seen_by"]
    list_filter = [PauseQueue]
    ordering = ["-pk"]
    deeds = [SEE]

    def name(self, obj: CodePause) -> str:
        return moment(obj.began_at)

    def panels(self, request: HttpRequest, obj: CodePause) -> Sequence[Panel]:
        """Show when, and after how many."""
        return [
            Facts(
                _("Pause of SMS codes"),
                [
                    (_("since"), obj.began_at),
                    (_("until"), obj.ends_at),
                    (_("codes sent in that hour"), obj.sent),
                    (_("seen at"), obj.seen_at),
                    (_("seen by"), obj.seen_by),
                ],
            )
        ]
