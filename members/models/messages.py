"""What members are told: one row per fact, member and channel; the row is the job (law 8)."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.people import Member


class Topic(models.TextChoices):
    """What messages are about: members choose by topic, and within it by event, for each channel."""

    ORDER = "order", _("Order progress")
    DELIVERY = "delivery", _("Shipping and arrival")
    AFTERSALES = "aftersales", _("Refunds and after-sales")
    POINTS = "points", _("Points about to expire")


class Channel(models.TextChoices):
    """How a message reaches a member."""

    INBOX = "inbox", _("inbox")
    MAIL = "mail", _("mail")
    SMS = "sms", _("SMS")


class Message(models.Model):
    """A message to a member, waiting, sent, or given up on in view of an operator.

    A secret one (a sign-in code) is shown nowhere, and what it says is wiped as soon as it is of no more use.
    """

    Channel = Channel

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        UNKNOWN = "unknown", _("outcome unknown")  # the provider may have sent it: no second one without need
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        UNDELIVERABLE = "undeliverable", _("undeliverable")
        UNWANTED = "unwanted", _("not wanted")
        DEAD = "dead", _("given up")

    member = models.ForeignKey(Member, models.PROTECT, related_name="messages", verbose_name=_("member"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    template = models.CharField(_("template"), max_length=40)
    context = models.JSONField(_("context"), default=dict)
    dedupe_key = models.CharField(_("fact"), max_length=120)
    is_secret = models.BooleanField(_("secret"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    provider = models.CharField(_("provider"), max_length=10, blank=True)
    provider_reference = models.CharField(_("provider's number"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    replayed_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    replayed_by = models.CharField(_("tried again by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                condition=Q(state__in=["waiting", "unknown"]),
                name="messages_to_deliver",
            ),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="messages_given_up"),
            models.Index(fields=["member", "-id"], condition=Q(channel="inbox"), name="inbox_of_a_member"),
            models.Index(
                fields=["provider_reference"],
                condition=~Q(provider_reference=""),
                name="messages_by_their_number",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key", "member", "channel"], name="one_message_per_fact_member_channel"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="a_sent_message_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False),
                name="a_delivered_message_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_secret=False) | Q(state__in=["waiting", "unknown"]) | Q(context={}),
                name="a_spent_secret_is_wiped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.channel} {self.state}"


class MessageTemplate(models.Model):
    """Words that an operator chose for one event, channel and language; without a row the house's own hold."""

    event = models.CharField(_("event"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=80, blank=True)
    body = models.TextField(_("text"), max_length=1000)
    provider_code = models.CharField(
        _("provider's template"),
        max_length=40,
        blank=True,
        help_text=_("SMS only: the number under which the provider approved this text."),
    )
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.CharField(_("changed by"), max_length=80)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "channel", "language"], name="one_template_per_event_channel_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.language}"


class QuietHours(models.Model):
    """When a member is not to be disturbed, in Shanghai's time; both empty: never. Without a row the default holds."""

    DEFAULT = (time(22), time(8))

    member = models.OneToOneField(
        Member, models.PROTECT, related_name="quiet_hours", verbose_name=_("member")
    )
    begins = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(begins=None, ends=None)
                | (Q(begins__isnull=False, ends__isnull=False) & ~Q(begins=models.F("ends"))),
                name="quiet_hours_begin_and_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.begins}-{self.ends}"


class Unsubscription(models.Model):
    """What a member does not want to hear of on a channel: one event, or a topic with all it has and will have.

    Taken away when they want it again.
    """

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="unsubscriptions", verbose_name=_("member")
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices, blank=True)
    event = models.CharField(_("message"), max_length=40, blank=True, default="", db_default="")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("unsubscription")
        verbose_name_plural = _("unsubscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "topic", "event", "channel"], name="one_no_per_topic_or_event_and_channel"
            ),
            models.CheckConstraint(
                condition=(Q(topic="") & ~Q(event="")) | (~Q(topic="") & Q(event="")),
                name="a_no_is_about_a_topic_or_an_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic or self.event} {self.channel}"


class SmsReceipt(models.Model):
    """What a provider says became of an SMS, as it came in; applied to the message by a worker. The row is the job."""

    provider = models.CharField(_("provider"), max_length=10)
    digest = models.CharField(_("SHA-256 of the receipt"), max_length=64, unique=True)
    message_id = models.BigIntegerField(_("message"), null=True, blank=True)
    provider_reference = models.CharField(_("provider's number"), max_length=80)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    succeeded = models.BooleanField(_("arrived"))
    code = models.CharField(_("code"), max_length=80, blank=True)
    received_at = models.DateTimeField(_("received at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("SMS receipt")
        verbose_name_plural = _("SMS receipts")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(applied_at=None, dead_at=None),
                name="receipts_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, dead_at=None) | Q(phone=""),
                name="a_settled_receipt_names_nobody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_reference}"
