"""Messages to members, and another try for those that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.admin import Cause, Deed, DossierAdmin, Facts, Panel, QueueFilter, badge, in_bulk, link
from members import rules, services, wording
from members.admin.failures import in_words
from members.models import Channel, Message

State = Message.State
TONES = {
    State.WAITING: "work",
    State.UNKNOWN: "late",
    State.SENT: "good",
    State.DELIVERED: "good",
    State.UNDELIVERABLE: "bad",
    State.UNWANTED: "quiet",
    State.DEAD: "bad",
}


def _replay(message: Message, cleaned: dict[str, Any], cause: Cause) -> None:
    services.replay_message(message.pk, at=cause.at, by=cause.by)


REPLAY = Deed(
    name="replay",
    label=_("Try again"),
    permission="members.change_message",
    work=_replay,
    done=_("The message waits for its next try."),
    possible=lambda message: message.state in (State.DEAD, State.UNDELIVERABLE),
)


def _words(message: Message, chosen: wording.Edited | None = None) -> tuple[str, str]:
    """Return title and text; a message whose words cannot be made is here because of that, and is shown raw."""
    try:
        return wording.of(message, chosen)
    except KeyError:
        return message.template, str(message.context)


class MessageQueue(QueueFilter):
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "dead": (_("given up"), Q(state=State.DEAD)),
        "undeliverable": (_("undeliverable"), Q(state=State.UNDELIVERABLE)),
        "waiting": (_("waiting"), Q(state__in=[State.WAITING, State.UNKNOWN])),
        "sent": (_("sent"), Q(state__in=[State.SENT, State.DELIVERED])),
        "unwanted": (_("not wanted"), Q(state=State.UNWANTED)),
    }


class EventFilter(admin.SimpleListFilter):
    """By what happened; the choices are the code's, so that offering them asks nothing."""

    parameter_name = "event"
    title = _("event")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name what members are told of."""
        return [(name, str(said.title)) for name, said in wording.WORDINGS.items() if not said.is_secret]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep messages about one event."""
        return queryset.filter(template=self.value()) if self.value() else queryset


class ProviderFilter(admin.SimpleListFilter):
    parameter_name = "provider"
    title = _("provider")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name those who can send our texts."""
        return [("aliyun", str(_("Aliyun"))), ("tencent", str(_("Tencent Cloud")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what one of them was given."""
        return queryset.filter(provider=self.value()) if self.value() else queryset


class WrittenFilter(admin.SimpleListFilter):
    parameter_name = "written"
    title = _("created at")
    days: ClassVar = {"1": _("today"), "7": _("past 7 days"), "30": _("past 30 days")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the stretches that are asked for."""
        return [(days, str(label)) for days, label in self.days.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was written since the morning of that many days ago, today being one of them."""
        if self.value() not in self.days:
            return queryset
        morning = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(created_at__gte=morning - timedelta(days=int(self.value() or 1) - 1))


def recipient(message: Message) -> str:
    """Return where a message goes, as far as the desk is shown it."""
    if message.channel == Channel.MAIL:
        return rules.masked_mail(message.member.email)
    return rules.masked_phone(message.member.phone) if message.channel == Channel.SMS else ""


@admin.register(Message)
class MessageAdmin(DossierAdmin):
    list_display = [
        "title",
        "member",
        "channel",
        "masked",
        "state_badge",
        "attempts",
        "reason",
        "created_at",
        "sent_at",
    ]
    list_select_related = ["member"]
    list_filter = [MessageQueue, "channel", EventFilter, ProviderFilter, WrittenFilter]
    find_by = ("member__number",)
    search_help_text = _("Member number")
    ordering = ["-pk"]
    deeds = [REPLAY]
    actions = [in_bulk(REPLAY)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Leave out what is secret: nobody at the desk sees that a code was sent, let alone which."""
        return super().get_queryset(request).filter(is_secret=False)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the operators' words once for the whole page."""
        changelist = super().get_changelist_instance(request)
        chosen = wording.edited(get_language() or "")
        for message in changelist.result_list:
            message.chosen = chosen
        return changelist

    @admin.display(description=_("message"))
    def title(self, message: Message) -> str:
        return _words(message, getattr(message, "chosen", None))[0]

    @admin.display(description=_("state"))
    def state_badge(self, message: Message) -> SafeString:
        return badge(message.get_state_display(), TONES[State(message.state)])

    @admin.display(description=_("recipient"))
    def masked(self, message: Message) -> str:
        return recipient(message)

    @admin.display(description=_("reason"))
    def reason(self, message: Message) -> str:
        return str(in_words(message.last_error)) if message.last_error else ""

    def heading(self, request: HttpRequest, obj: Message) -> SafeString:
        return self.state_badge(obj)

    def panels(self, request: HttpRequest, obj: Message) -> Sequence[Panel]:
        """Show what the member is told and how it went."""
        title, body = _words(obj)
        return [
            Facts(
                _("Message"),
                [
                    (_("member"), link(request, obj.member)),
                    (_("channel"), obj.get_channel_display()),
                    (_("recipient"), recipient(obj)),
                    (_("title"), title),
                    (_("text"), body),
                    (_("fact"), obj.dedupe_key),
                    (_("created at"), obj.created_at),
                    (_("attempts"), obj.attempts),
                    (
                        _("next attempt at"),
                        obj.next_attempt_at if obj.state in (State.WAITING, State.UNKNOWN) else None,
                    ),
                    (_("reason"), self.reason(obj)),
                    (_("last error"), obj.last_error),
                    (_("sent at"), obj.sent_at),
                    (_("provider"), f"{obj.provider} {obj.provider_reference}".strip()),
                    (_("delivered at"), obj.delivered_at),
                    (_("tried again at"), obj.replayed_at),
                    (_("tried again by"), obj.replayed_by),
                    (_("read at"), obj.read_at),
                ],
            )
        ]
