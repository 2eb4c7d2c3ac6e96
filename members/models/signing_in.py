"""How people prove who they are: counted tries, codes by SMS, signed-in devices, new mail addresses."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.people import Member, User


class TryCount(models.Model):
    """How often something was tried since its count began; over at `ends_at`, when it begins again.

    `subject` is a keyed digest: who or what is counted cannot be read from it.
    """

    scope = models.SlugField(_("limit"), max_length=40, db_index=False)
    subject = models.CharField(_("digest of who is counted"), max_length=64)
    used = models.PositiveIntegerField(_("tries"))
    ends_at = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")
        constraints = [
            models.UniqueConstraint(fields=["scope", "subject"], name="one_count_per_limit_and_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.used}"


class SignInCode(models.Model):
    """Six digits that one phone number was sent; kept as a keyed digest, burnt by five wrong tries.

    It belongs to the browser that asked and ends by nothing that others do; so a number may have several.

    A number that nobody has gets such a row, too, so that nobody learns which numbers are known.
    """

    MOST_TRIES = 5

    token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True)
    number_digest = models.CharField(_("digest of the number"), max_length=64)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member"))
    code_digest = models.CharField(_("digest of the code"), max_length=64)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    ended_at = models.DateTimeField(_("used or burnt at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="a_code_is_tried_five_times_at_most"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="a_code_expires_after_it_was_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class CodePause(models.Model):
    """The hour's budget of codes by SMS was used up; none goes out until it ends or an operator lifts it."""

    began_at = models.DateTimeField(_("since"))
    ends_at = models.DateTimeField(_("until"))
    sent = models.PositiveIntegerField(_("codes sent in that hour"))
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    seen_by = models.CharField(_("seen by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("pause of SMS codes")
        verbose_name_plural = _("pauses of SMS codes")
        indexes = [models.Index(fields=["began_at"], condition=Q(seen_at=None), name="pauses_to_be_seen")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by="") | (Q(seen_at__isnull=False) & ~Q(seen_by="")),
                name="a_seen_pause_has_its_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class Device(models.Model):
    """A browser in which somebody is signed in, for as long as its session lasts. The session's key stays unknown."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices", verbose_name=_("user"))
    session_digest = models.CharField(_("SHA-256 of the session's key"), max_length=64, unique=True)
    browser = models.CharField(_("browser"), max_length=20, blank=True)
    system = models.CharField(_("system"), max_length=20, blank=True)
    address = models.CharField(_("part of the network address"), max_length=45, blank=True)
    first_seen_at = models.DateTimeField(_("signed in at"))
    last_seen_at = models.DateTimeField(_("last seen at"))
    expires_at = models.DateTimeField(_("signed out by"), db_index=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-last_seen_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("first_seen_at")),
                name="a_device_is_seen_after_its_first_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.browser} {self.system}"


class MailChange(models.Model):
    """A mail address that a member wants to be written to from now on, until its owner has said yes."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="mail_changes", verbose_name=_("member"))
    address = models.EmailField(_("new address"))
    token_digest = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    class Meta:
        verbose_name = _("change of mail address")
        verbose_name_plural = _("changes of mail addresses")
        constraints = [
            models.UniqueConstraint(fields=["member"], name="one_change_of_address_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Letter(models.Model):
    """A mail to an address that is not yet, or no longer, the member's. The row is the job; done, it names nobody."""

    class Kind(models.TextChoices):
        CONFIRM = "mail.confirm", _("confirm a mail address")
        CHANGED = "mail.changed", _("mail address changed")

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    address = models.EmailField(_("address"), blank=True)
    link = models.CharField(_("link"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(sent_at=None, dead_at=None), name="letters_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(sent_at=None) & ~Q(address="")) | Q(sent_at__isnull=False, address="", link=""),
                name="a_sent_letter_names_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"
