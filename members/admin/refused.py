"""Sign-ins that were refused, to be read and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.admin import DossierAdmin, Facts, Panel, QueueFilter, link, moment
from members.models import RefusedSignIn, User


class Refused(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "throttled": (_("no more tries"), Q(action=RefusedSignIn.Action.THROTTLED)),
        "failed": (_("wrong"), Q(action=RefusedSignIn.Action.FAILED)),
    }


@admin.register(RefusedSignIn)
class RefusedSignInAdmin(DossierAdmin):
    list_display = ["at", "action", "way", "user_id", "network", "limit", "until"]
    list_filter = [Refused]
    ordering = ["-pk"]

    def name(self, obj: RefusedSignIn) -> str:
        return moment(obj.at)

    def panels(self, request: HttpRequest, obj: RefusedSignIn) -> Sequence[Panel]:
        """Show whose account, from where, and until when nothing more is taken."""
        user = User.objects.filter(pk=obj.user_id or 0).first()
        return [
            Facts(
                _("Refused sign-in"),
                [
                    (_("at"), obj.at),
                    (_("what happened"), obj.get_action_display()),
                    (_("signed in by"), obj.get_way_display()),
                    (_("account"), link(request, user) if user else _("nobody's")),
                    (_("network address"), obj.network),
                    (_("limit"), obj.limit),
                    (_("until"), obj.until),
                ],
            )
        ]
