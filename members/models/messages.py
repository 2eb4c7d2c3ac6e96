"""What members are told: one row per fact, member and channel; the row is the job (law 8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.people import Member


class Message(models.Model):
    """A message to a member, waiting, sent, or given up on in view of an operator."""

    class Channel(models.TextChoices):
        INBOX = "inbox", _("inbox")
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    member = models.ForeignKey(Member, models.PROTECT, related_name="messages", verbose_name=_("member"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    template = models.CharField(_("template"), max_length=40)
    context = models.JSONField(_("context"), default=dict)
    dedupe_key = models.CharField(_("fact"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="messages_waiting"),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="messages_given_up"),
            models.Index(fields=["member", "-id"], condition=Q(channel="inbox"), name="inbox_of_a_member"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key", "member", "channel"], name="one_message_per_fact_member_channel"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="a_sent_message_has_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.channel} {self.state}"
